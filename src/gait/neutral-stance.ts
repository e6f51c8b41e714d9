/** The stance every gait starts from and ends in: each foot straight under its hip. */
import type { BodyGeometry } from "./gait.ts";
import { inverseKinematics } from "./leg-kinematics.ts";

/** Joint targets, rad: hip, knee, leg by leg. */
export function neutralStance(body: BodyGeometry): Float64Array {
  const angles = { hip: 0, knee: 0 };
  inverseKinematics(body.leg, 0, -body.stanceHeight, angles);
  return Float64Array.from({ length: 2 * body.legs.length }, (_, joint) =>
    joint % 2 === 0 ? angles.hip : angles.knee,
  );
}
