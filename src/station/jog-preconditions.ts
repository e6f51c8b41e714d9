/** Which robots can be jogged: those that follow joint targets of gaitsmith's, and say where their joints are. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Capabilities } from "../robot/robot.ts";
import { channelName } from "../robot/telemetry-frame.ts";

/** @returns why it cannot be jogged, in words; null when it can */
export function jogProblem(
  { robot, gait }: HardwareConfig,
  { runsGait, targets, layout }: Capabilities,
): string | null {
  if (runsGait || targets === undefined)
    return "the robot runs its gait by itself and takes no joint targets, so its joints cannot be moved one by one";
  if (gait.body === null) return "of the robot's own gait gaitsmith does not know the joints' ranges";
  const blind = robot.joints.filter(
    (joint) => !layout.has(channelName.jointPosition(joint)) && !layout.has(channelName.motorPosition(joint)),
  );
  return blind.length === 0 ? null : `the robot does not say where ${blind.join(", ")} is`;
}
