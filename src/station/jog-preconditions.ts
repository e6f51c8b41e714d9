/** Which robots can be jogged: those that follow joint targets of gaitsmith's, and say where their joints are. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Capabilities } from "../robot/robot.ts";
import { type ChannelLayout, channelName } from "../robot/telemetry-frame.ts";

/** The robot reports it, and it is no wish. */
export function isMeasured(layout: ChannelLayout, name: string): boolean {
  return layout.channels[layout.indexOf(name)]?.source === "measured";
}

/** @returns why it cannot be jogged, in words; null when it can */
export function jogProblem(
  { robot, gait }: HardwareConfig,
  { runsGait, targets, layout }: Capabilities,
): string | null {
  if (runsGait || targets === undefined)
    return "the robot runs its gait by itself and takes no joint targets, so its joints cannot be moved one by one";
  if (gait.body === null) return "of the robot's own gait gaitsmith does not know the joints' ranges";
  const blind = robot.joints.filter(
    (joint) =>
      !isMeasured(layout, channelName.jointPosition(joint)) &&
      !isMeasured(layout, channelName.motorPosition(joint)),
  );
  return blind.length === 0 ? null : `the robot does not measure where ${blind.join(", ")} is`;
}
