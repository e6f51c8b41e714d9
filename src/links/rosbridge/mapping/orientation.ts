/** Angles of an orientation: roll, pitch and yaw about x, y and z of the body, in the order z, y, x (REP 103). */

export type Angle = "roll" | "pitch" | "yaw";

/** Of a unit quaternion 1. Further off than this it is no orientation; in between it is scaled. */
const LENGTH_TOLERANCE = 0.1;

/** @returns rad; NaN when the four numbers are no orientation, all zero for example */
export function angleOf(angle: Angle, x: number, y: number, z: number, w: number): number {
  const square = x * x + y * y + z * z + w * w;
  if (!(Math.abs(Math.sqrt(square) - 1) <= LENGTH_TOLERANCE)) return Number.NaN;
  if (angle === "roll") return Math.atan2(2 * (w * x + y * z), w * w - x * x - y * y + z * z);
  if (angle === "yaw") return Math.atan2(2 * (w * z + x * y), w * w + x * x - y * y - z * z);
  const sine = (2 * (w * y - x * z)) / square;
  return Math.asin(Math.max(-1, Math.min(1, sine)));
}
