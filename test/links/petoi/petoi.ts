/** A pretended Petoi robot and its link, for tests. */
import type { PetoiPeer } from "../../../sim/petoi/petoi-peer.ts";
import { systemClock } from "../../../src/clock.ts";
import { PETOI_GAIT } from "../../../src/config/known-gaits.ts";
import type { PetoiLinkConfig } from "../../../src/config/petoi-link.ts";
import type { RobotUnderTest } from "../../../src/conformance/robot.ts";
import { PetoiRobot } from "../../../src/links/petoi/petoi-robot.ts";
import type { Cleared, Command } from "../../../src/robot/command.ts";
import type { ParameterSetOnWire } from "../../../src/robot/parameters.ts";
import type { Acknowledgement } from "../../../src/robot/robot.ts";

/** @param numbers the twelve, in the firmware's order */
export function petoiGait(...numbers: readonly number[]): ParameterSetOnWire {
  return { gait: "own", values: Object.keys(PETOI_GAIT).map((name, index) => [name, numbers[index]!]) };
}

/** The firmware's `small`, a little quicker: a cycle takes 0.42 s. */
export const SMALL = petoiGait(20, 0, 5, -8, 4, 2, 1, 2, 35, 1, 35, 1);

export function petoiRobot(
  peer: Pick<PetoiPeer, "path">,
  change: Partial<PetoiLinkConfig> = {},
): PetoiRobot & RobotUnderTest {
  const robot = new PetoiRobot({
    link: {
      kind: "petoi",
      clock: "realtime",
      path: peer.path,
      baud: 115_200,
      telemetryRate: 25,
      longestCycle: 0.7,
      deadMan: "none: a test",
      reconnectWithin: 0,
      ...change,
    },
    robotId: "petoi-bittle",
    joints: ["left_front_shoulder"],
    clock: systemClock,
  });
  return robot as typeof robot & { send(command: Cleared<Command> | Command): Promise<Acknowledgement> };
}
