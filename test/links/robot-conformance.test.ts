import { BareBody } from "../../sim/serial/bare-body.ts";
import { openCPeer } from "../../sim/serial/c-peer.ts";
import { openSerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import { robotConformance } from "../../src/conformance/robot.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import type { ParameterSetOnWire } from "../../src/robot/parameters.ts";
import { WITHOUT_CC } from "../firmware-protocol/c-program.ts";

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

robotConformance("the simulated robot in process", async () => ({
  robot: await openSimulatedRobot({ variant: "nominal", variation: "mild" }),
  safe: SAFE,
  remove: async () => {},
}));

robotConformance("the simulated robot that follows joint targets", async () => ({
  robot: await openSimulatedRobot({ variant: "nominal", variation: "mild", streamed: { timeout: 0.2 } }),
  safe: SAFE,
  remove: async () => {},
}));

robotConformance("the simulated robot behind a serial line", async () => {
  const clock = new ManualClock();
  const body = await openSimulatedRobot({ variant: "nominal", variation: "mild", stationClock: clock });
  const peer = await openSerialPeer(body, { clock });
  return {
    robot: new SerialRobot({
      link: { kind: "serial", clock: "lockstep", path: peer.path, baud: 921600 },
      robotId: "simulated-elastic-quadruped",
      clock: new ManualClock(),
    }),
    safe: SAFE,
    remove: () => peer.close(),
  };
});

if (!WITHOUT_CC)
  robotConformance("the C library behind a serial line", async () => {
    const body = await BareBody.load({ variant: "nominal", variation: "mild" });
    const robotId = "simulated-elastic-quadruped";
    const peer = await openCPeer(body, { robotId, clock: "lockstep" });
    return {
      robot: new SerialRobot({
        link: { kind: "serial", clock: "lockstep", path: peer.path, baud: 921600 },
        robotId,
        clock: new ManualClock(),
      }),
      safe: SAFE,
      remove: () => peer.close(),
    };
  });
