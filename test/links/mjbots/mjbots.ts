/** A pretended mjbots quad and its link, for tests. */
import type { QuadServer } from "../../../sim/mjbots/quad-server.ts";
import { systemClock } from "../../../src/clock.ts";
import { MjbotsRobot } from "../../../src/links/mjbots/mjbots-robot.ts";
import type { Cleared, Command } from "../../../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../../../src/robot/parameters.ts";
import type { Acknowledgement, Robot } from "../../../src/robot/robot.ts";

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

/** The suite stands in for the gate. */
export type Open = Omit<Robot, "send"> & { send(command: Command): Promise<Acknowledgement> };

export function mjbotsRobot({ url }: Pick<QuadServer, "url">): MjbotsRobot & Open {
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

/** Opens, arms and starts it. */
export async function walk(robot: Open, gait: ParameterSetOnWire = STROLL): Promise<void> {
  await robot.open();
  await robot.acquireLease("test");
  for (const command of [
    { kind: "arm" },
    { kind: "stage", parameters: gait, rampIn: 0.3, rampOut: 0.5 },
    { kind: "commit", hash: parameterHash(gait) },
    { kind: "start" },
  ] as const) {
    const { accepted, reason } = await robot.send(command);
    if (!accepted) throw new Error(`${command.kind}: ${reason}`);
  }
}
