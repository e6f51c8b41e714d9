/** What must hold before the station may run the gait of a robot that only follows joint targets. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Capabilities } from "../robot/robot.ts";
import { type ChannelLayout, channelName } from "../robot/telemetry-frame.ts";
import { targetLimitProblems } from "../safety/target-limits.ts";
import { streamLimits } from "./stream-limits.ts";

/** The robot must wait for at least so many periods: one late target is no reason to fall. */
const FEWEST_PERIODS = 2;

/** @returns everything that forbids it, in words; empty for a robot that runs the gait by itself */
export function streamProblems(config: HardwareConfig, capabilities: Capabilities): string[] {
  const { runsGait, targets } = capabilities;
  if (runsGait) return [];
  if (targets === undefined)
    return [
      "the robot does not run gaits by itself, and nothing says at what rate it takes joint targets and after what time without one it comes to rest by itself",
    ];
  const { body } = config.gait;
  if (body === null) return ["of the robot's own gait gaitsmith does not know how it moves the joints"];
  const { rate, timeout } = targets;
  const { joints } = config.robot;
  const limits = streamLimits(config, body);
  const problems = targetLimitProblems(limits, joints);
  if (!(rate > 0 && Number.isFinite(rate))) problems.push(`joint targets cannot be sent at ${rate} Hz`);
  if (!(timeout * rate >= FEWEST_PERIODS && Number.isFinite(timeout)))
    problems.push(
      `the robot's time-out for joint targets (${timeout} s) is not at least ${FEWEST_PERIODS} periods of ${rate} Hz`,
    );
  const { hipRange, kneeRange } = body.leg;
  joints.forEach((joint, index) => {
    const [low, high] = index % 2 === 0 ? hipRange : kneeRange;
    if (!(low >= limits.low[index]! && high <= limits.high[index]!))
      problems.push(
        `gait.body lets ${joint} go from ${low} to ${high} rad, its limit joint-position only from ${limits.low[index]} to ${limits.high[index]} rad`,
      );
  });
  return problems;
}

/**
 * @returns what is to be said of joints that do not say where they are: nobody knows where their rise begins; null when
 * there are none
 */
export function blindRise(joints: readonly string[], layout: ChannelLayout): string | null {
  const blind = joints.filter((joint) => !layout.has(channelName.jointPosition(joint)));
  if (blind.length === 0) return null;
  const whose = blind.length === joints.length ? "its joints are" : `${blind.join(", ")} is`;
  return `the robot does not say where ${whose}: it goes into its neutral stance as fast as it can`;
}
