/** What the targets of a robot must keep to: its limits, and its body where it has no sensor for them. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { BodyGeometry } from "../gait/gait.ts";
import { type TargetLimits, targetLimits } from "../safety/target-limits.ts";

/** Joints are hip and knee, leg by leg. */
export function streamLimits({ envelope, robot }: HardwareConfig, body: BodyGeometry): TargetLimits {
  const { hipRange, kneeRange } = body.leg;
  const abilities = robot.joints.map((_, joint) => {
    const [low, high] = joint % 2 === 0 ? hipRange : kneeRange;
    return { low, high, speed: body.motorSpeed };
  });
  return targetLimits(envelope, robot.joints, abilities);
}
