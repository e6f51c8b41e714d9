/** The links that are measured, each with a robot of twelve joints at its other end. */
import { systemClock } from "../../../src/clock.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { RosbridgeRobot } from "../../../src/links/rosbridge/rosbridge-robot.ts";
import { SerialRobot } from "../../../src/links/serial/serial-robot.ts";
import type { Robot } from "../../../src/robot/robot.ts";
import type { Envelope, LimitName } from "../../../src/safety/limit.ts";
import { linkOf } from "../../links/rosbridge/mapping/example-link.ts";
import { JOINTS } from "../serial/bench-layout.ts";
import type { BenchRobotOptions } from "../serial/bench-robot.ts";
import { forkPeer, type Peer } from "./peer-process.ts";
import type { RosbridgeRobotOptions } from "./rosbridge-robot.ts";
import { topicsAt } from "./rosbridge-telemetry.ts";

export const LINKS = {
  serial: "serial (pty)",
  json: "rosbridge JSON",
  "cbor-raw": "rosbridge cbor-raw",
} as const;
export type LinkName = keyof typeof LINKS;

export interface LinkEnd {
  readonly peer: Peer;
  /** Not open yet. */
  readonly robot: Robot;
  /** As the link's config would say it. */
  readonly config: HardwareConfig;
}

/** @param example whose limits and gait the robot has @param rate Hz */
export async function startLink(
  name: LinkName,
  example: HardwareConfig,
  rate: number,
  ros: 1 | 2,
): Promise<LinkEnd> {
  const config = { ...example, robot: { ...example.robot, joints: JOINTS } };
  if (name === "serial") {
    // A line that takes no time, as USB: more than a UART carries.
    const options: BenchRobotOptions = { baud: null, rate };
    const peer = await forkPeer(new URL("../serial/bench-robot.ts", import.meta.url), options);
    const link = { kind: "serial", clock: "realtime", path: peer.address, baud: 1e9 } as const;
    return { peer, config, robot: new SerialRobot({ link, robotId: "bench", clock: systemClock }) };
  }
  const options: RosbridgeRobotOptions = { rate, ros };
  const peer = await forkPeer(new URL("./rosbridge-robot.ts", import.meta.url), options);
  const node = { kind: "node", namespace: "/gaitsmith" } as const;
  const link = linkOf(topicsAt(rate, name), { url: peer.address, ros, control: node, watchdog: node });
  const robot = new RosbridgeRobot({
    ...{ link, robotId: "bench", joints: JOINTS, clock: systemClock },
    gait: { name: config.gait.name, parameters: {} },
    speedSource: config.speedSource,
    walkSeconds: 10,
  });
  const envelope = withoutSensors(config.envelope, ["motor-speed", "motor-temperature"]);
  return { peer, robot, config: { ...config, envelope } };
}

function withoutSensors(envelope: Envelope, names: readonly LimitName[]): Envelope {
  const open = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const unwatched = names.map((name) => {
    const { joints: _, softLow: _low, softHigh: _high, ...limit } = envelope[name];
    return [name, { ...limit, ...open, unwatched: "the robot has no such sensor" }];
  });
  return { ...envelope, ...Object.fromEntries(unwatched) };
}
