/** The simulated robot behind a rosbridge server is a robot: both clocks, both kinds of ROS. */
import { openRosbridgePeer } from "../../../sim/rosbridge/rosbridge-peer.ts";
import { openSimulatedRobot } from "../../../sim/simulated-robot.ts";
import { ManualClock, systemClock } from "../../../src/clock.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { robotConformance } from "../../../src/conformance/robot.ts";
import { RosbridgeRobot } from "../../../src/links/rosbridge/rosbridge-robot.ts";
import type { ParameterSetOnWire } from "../../../src/robot/parameters.ts";
import type { ClockKind } from "../../../src/robot/robot.ts";
import { linkOf } from "./simulated-link.ts";

const SAFE: ParameterSetOnWire = {
  gait: "foot-cpg:trot",
  values: [
    ["ground_clearance", 0.03],
    ["ground_penetration", 0.005],
    ["step_length", 0.04],
    ["swing_frequency", 2.5],
    ["stance_frequency", 2.38],
  ],
};

const config = readHardwareConfig("hardware-configs/simulated-rosbridge.yaml");

/** In lockstep both kinds of ROS report the same, bit for bit: `same-as-in-process.test.ts`. */
const KINDS: readonly (readonly [ClockKind, 1 | 2])[] = [
  ["lockstep", 1],
  ["realtime", 2],
];

for (const [kind, ros] of KINDS)
  robotConformance(
    `the simulated robot behind rosbridge (${kind}, ROS ${ros})`,
    async () => {
      const clock = (): ManualClock | typeof systemClock =>
        kind === "lockstep" ? new ManualClock() : systemClock;
      const stationClock = clock();
      const body = await openSimulatedRobot({
        variant: "nominal",
        variation: "mild",
        clock: kind,
        stationClock,
      });
      const peer = await openRosbridgePeer(body, { clock: stationClock, ros });
      const robot = new RosbridgeRobot({
        link: linkOf(config, { url: peer.url, clock: kind }),
        robotId: config.robot.id,
        joints: config.robot.joints,
        gait: { name: config.gait.name, parameters: {} },
        speedSource: config.speedSource,
        walkSeconds: 10,
        clock: clock(),
      });
      return { robot, safe: SAFE, remove: () => peer.close() };
    },
    { atOnce: kind === "realtime" ? 3 : 1 },
  );
