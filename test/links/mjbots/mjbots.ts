/** A pretended mjbots quad and its link, for tests. */
import type { QuadServer } from "../../../sim/mjbots/quad-server.ts";
import { systemClock } from "../../../src/clock.ts";
import type { RobotUnderTest } from "../../../src/conformance/robot.ts";
import { MjbotsRobot } from "../../../src/links/mjbots/mjbots-robot.ts";
import type { Cleared, Command } from "../../../src/robot/command.ts";
import type { ParameterSetOnWire } from "../../../src/robot/parameters.ts";
import type { Acknowledgement } from "../../../src/robot/robot.ts";

export const JOINTS = ["FL", "FR", "RL", "RR"].flatMap((leg) =>
  ["femur", "tibia", "shoulder"].map((part) => `${leg}_${part}`),
);

export const STROLL: ParameterSetOnWire = {
  gait: "own",
  values: [
    ["speed", 0.3],
    ["sideways_speed", 0],
    ["turn_rate", 0],
    ["step_height", 1],
    ["maximize_flight", 0],
  ],
};

export function mjbotsRobot({ url }: Pick<QuadServer, "url">): MjbotsRobot & RobotUnderTest {
  const robot = new MjbotsRobot({
    link: {
      kind: "mjbots",
      clock: "realtime",
      url,
      telemetryRate: 100,
      deadMan: "none: a test",
      reconnectWithin: 0,
    },
    robotId: "mjbots-quad",
    joints: JOINTS,
    clock: systemClock,
  });
  return robot as typeof robot & { send(command: Cleared<Command> | Command): Promise<Acknowledgement> };
}
