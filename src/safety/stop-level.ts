/** How hard to stop. One rule for every cause, because the robot's posture decides what a stop does to it. */
import type { Envelope } from "./limit.ts";

/** What is known of how the robot stands. */
export interface Posture {
  /** Newest plausible angle between the trunk's vertical and gravity, rad; NaN when unknown. */
  readonly tilt: number;
  /** Newest plausible trunk height, m; NaN when unknown. */
  readonly height: number;
  /** Roll and pitch are plausible in the newest frame and no inertial channel is frozen. */
  readonly imuTrusted: boolean;
}

/**
 * Whether the robot stands on its feet as far as anyone can tell: the IMU is to be trusted, it is not tilted beyond its
 * limit and it is not lifted. Unknown tilt is not upright; unknown height is no evidence of lifting.
 */
export function isUpright(posture: Posture, envelope: Envelope): boolean {
  return posture.imuTrusted && posture.tilt <= envelope.tilt.high && !(posture.height > envelope.height.high);
}

/**
 * The level of a stop for safety's sake: settle, but cut at once when the limit asks for it or when the robot is tilted,
 * lifted or its IMU is not to be trusted. Anything but torque off could drive a fallen robot, or one in a person's hands.
 *
 * @param action what the breached limit asks for; `settle` where no limit is the cause
 */
export function safeStopLevel(
  action: "settle" | "cut",
  posture: Posture,
  envelope: Envelope,
): "settle" | "cut" {
  return action === "cut" || !isUpright(posture, envelope) ? "cut" : "settle";
}

/** The level of a controlled stop, as at the end of a walk: into the neutral stance, if the robot can stand in it. */
export function controlledStopLevel(posture: Posture, envelope: Envelope): "neutral" | "cut" {
  return isUpright(posture, envelope) ? "neutral" : "cut";
}
