/** A robot behind the simulated rosbridge server that publishes at a rate and agrees to everything. In a process of its own. */
import { openRosbridgePeer } from "../../../sim/rosbridge/rosbridge-peer.ts";
import type { Body } from "../../../sim/serial/protocol-server.ts";
import type { Clock } from "../../../src/clock.ts";
import { parameterHash } from "../../../src/robot/parameters.ts";
import { ChannelLayout } from "../../../src/robot/telemetry-frame.ts";
import { machineTime } from "../machine-clock.ts";
import { JOINTS } from "../serial/bench-layout.ts";
import { messagesOf, topicsAt } from "./rosbridge-telemetry.ts";
import { Talking } from "./talking.ts";

export interface RosbridgeRobotOptions {
  /** Hz */
  readonly rate: number;
  readonly ros: 1 | 2;
}

const { rate, ros }: RosbridgeRobotOptions = JSON.parse(process.argv[2]!);
const clock: Clock = { now: machineTime, date: () => new Date() };

/** Its telemetry is published beside it. */
const body: Body = {
  state: "walking",
  get time() {
    return machineTime();
  },
  open: async () => ({
    robotId: "bench",
    clock: "realtime",
    layout: new ChannelLayout([]),
    telemetryRate: rate,
    joints: JOINTS,
    firmware: "bench",
    runsGait: true,
    returnsByItself: false,
  }),
  acquireLease: async (owner) => ({ owner, epoch: 1 }),
  onFrame: () => {},
  onEvent: () => {},
  send: async (command) =>
    command.kind === "stage"
      ? { accepted: true, reason: "", hash: parameterHash(command.parameters) }
      : { accepted: true, reason: "" },
  stop: async (level) => ({ confirmed: true, level, tRobot: machineTime() }),
  advance: async () => {},
  place: async () => {},
  carryOver: () => null,
  close: async () => {},
};

const peer = await openRosbridgePeer(body, { clock, ros });
const publishers = topicsAt(rate, "json").map(({ topic, type }) =>
  peer.graph.advertise("/robot", topic, type),
);
const talking = new Talking((seq) => {
  for (const [index, message] of messagesOf(seq, machineTime()).entries())
    publishers[index]!.publish(message);
});
talking.start(rate);
process.once("disconnect", () => void peer.close().then(() => process.exit(0)));
process.send?.(peer.url);
