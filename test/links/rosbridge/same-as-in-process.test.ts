/** In lockstep a robot behind rosbridge reports, bit for bit, what it reports in this process. */
import assert from "node:assert/strict";
import { before, it } from "node:test";
import type { Fault } from "../../../sim/faults.ts";
import { openRosbridgePeer } from "../../../sim/rosbridge/rosbridge-peer.ts";
import { openSimulatedRobot } from "../../../sim/simulated-robot.ts";
import { ManualClock } from "../../../src/clock.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import type { RobotUnderTest } from "../../../src/conformance/robot.ts";
import { RosbridgeRobot } from "../../../src/links/rosbridge/rosbridge-robot.ts";
import { type ParameterSetOnWire, parameterHash } from "../../../src/robot/parameters.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { linkOf } from "./simulated-link.ts";

const TROT: ParameterSetOnWire = {
  gait: "foot-cpg:trot",
  values: [
    ["ground_clearance", 0.03],
    ["ground_penetration", 0.005],
    ["step_length", 0.04],
    ["swing_frequency", 2.5],
    ["stance_frequency", 2.38],
  ],
};

interface Recorded {
  readonly seq: number;
  readonly tRobot: number;
  readonly tArrival: number;
  readonly station: number;
  /** By channel, alphabetically: two links may order them differently. */
  readonly values: readonly number[];
}

async function twoWalks(
  robot: RobotUnderTest,
  clock: ManualClock,
): Promise<{ readonly records: Recorded[]; readonly silent: number[] }> {
  const records: Recorded[] = [];
  let order: number[] = [];
  robot.onFrame(({ seq, tRobot, tArrival, values }) => {
    records.push({
      seq,
      tRobot,
      tArrival,
      station: clock.now(),
      values: order.map((index) => values[index]!),
    });
  });
  const { layout } = await robot.open();
  order = layout.channels
    .map(({ name }, index) => ({ name, index }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ index }) => index);
  await robot.acquireLease("test");
  const silent: number[] = [];
  for (let suggestion = 0; suggestion < 2; suggestion++) {
    await robot.place({ seed: 7, suggestion, carryOver: suggestion === 0 ? null : robot.carryOver() });
    const stand = async (frames: number): Promise<void> => {
      for (let count = 0; count < frames; count++) {
        const before = records.length;
        await robot.advance();
        if (records.length === before) silent.push(clock.now());
      }
    };
    await stand(5);
    await robot.send({ kind: "arm" });
    await stand(130);
    await robot.send({ kind: "stage", parameters: TROT, rampIn: 0.5, rampOut: 0.5 });
    await robot.send({ kind: "commit", hash: parameterHash(TROT) });
    assert.equal((await robot.send({ kind: "start" })).accepted, true);
    await stand(60);
    await robot.stop("neutral");
    await stand(90);
    assert.equal((await robot.send({ kind: "disarm" })).accepted, true);
  }
  assert.ok(silent.length > 10, "the robot was silent for a while");
  return { records, silent };
}

const faults: readonly Fault[] = [
  { kind: "silence", at: 1, duration: 0.1 },
  { kind: "not-a-number", at: 1.2, duration: 0.2, channel: channelName.roll },
  { kind: "not-a-number", at: 1.3, duration: 0.1, channel: channelName.jointPosition("FR_knee") },
  { kind: "frozen", at: 2, channel: channelName.batteryVoltage, suggestion: 1 },
];
const options = { variant: "nominal", variation: "mild", faults } as const;
const config = readHardwareConfig("hardware-configs/simulated-rosbridge.yaml");

let expected: Awaited<ReturnType<typeof twoWalks>>;
before(async () => {
  const here = new ManualClock();
  here.advance(0.3);
  const direct = await openSimulatedRobot({ ...options, stationClock: here });
  expected = await twoWalks(direct, here);
  await direct.close();
});

for (const ros of [1, 2] as const)
  it(`in lockstep rosbridge changes nothing (ROS ${ros})`, async () => {
    const robotClock = new ManualClock();
    const peer = await openRosbridgePeer(await openSimulatedRobot({ ...options, stationClock: robotClock }), {
      clock: robotClock,
      ros,
    });
    const there = new ManualClock();
    there.advance(0.3);
    const robot = new RosbridgeRobot({
      link: linkOf(config, { url: peer.url, clock: "lockstep" }),
      robotId: config.robot.id,
      joints: config.robot.joints,
      gait: { name: config.gait.name, parameters: {} },
      speedSource: config.speedSource,
      walkSeconds: 10,
      clock: there,
    });
    const found = await twoWalks(robot, there);
    await robot.close();
    await peer.close();
    assert.deepEqual(found.silent, expected.silent);
    assert.equal(found.records.length, expected.records.length);
    for (const [index, frame] of expected.records.entries())
      assert.deepStrictEqual(found.records[index], frame, `frame ${index}`);
  });
