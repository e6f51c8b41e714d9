import assert from "node:assert/strict";
import { test } from "node:test";
import type { BodyFault, Fault, SensorFault } from "../../sim/faults.ts";
import { PERFECT_TELEMETRY } from "../../sim/sensor-model.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import type { RobotEvent } from "../../src/robot/robot.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { OPTIMISED_TROT } from "../gait/body.ts";
import { advance, order, reach, startWalk } from "./walks.ts";

const robotWith = (faults: readonly Fault[], stationClock = new ManualClock()) =>
  openSimulatedRobot({
    variant: "nominal",
    variation: "none",
    telemetry: PERFECT_TELEMETRY,
    faults,
    stationClock,
  });

test("a silent robot lets the station's clock run and sends nothing, then goes on counting", async () => {
  const clock = new ManualClock();
  const robot = await robotWith([{ kind: "silence", at: 0.5, duration: 0.2 }], clock);
  const arrivals: number[] = [];
  const seqs: number[] = [];
  await reach(robot, (_, __, frame) => {
    arrivals.push(frame.tArrival);
    seqs.push(frame.seq);
  });
  await advance(robot, 100);
  assert.equal(arrivals.length, 80);
  const longest = Math.max(...arrivals.map((time, index) => time - (arrivals[index - 1] ?? time)));
  assert.ok(Math.abs(longest - 0.21) < 1e-5, `${longest} s`);
  assert.ok(Math.abs(clock.now() - 1) < 1e-5);
  assert.equal(seqs.at(-1), 79, "what was never sent is no lost frame");
});

test("a frozen channel repeats, a broken one is no number, and others are untouched", async () => {
  const robot = await robotWith([
    { kind: "frozen", at: 0.3, channel: channelName.pitch },
    { kind: "not-a-number", at: 0.4, duration: 0.1, channel: channelName.height },
  ]);
  const seen = { pitch: [] as number[], roll: [] as number[], height: [] as number[] };
  await reach(robot, (values, at) => {
    for (const name of ["pitch", "roll", "height"] as const) seen[name].push(values[at(channelName[name])]!);
  });
  await advance(robot, 80);
  assert.equal(new Set(seen.pitch.slice(30)).size, 1);
  assert.equal(new Set(seen.roll).size, 80);
  assert.equal(seen.height.filter(Number.isNaN).length, 10);
});

test("a reboot takes torque and memory, and only in the walk it is meant for", async () => {
  const robot = await robotWith([{ kind: "reboot", at: 1, suggestion: 2 }]);
  const events: RobotEvent[] = [];
  robot.onEvent((event) => events.push(event));
  await reach(robot);
  for (const suggestion of [1, 2]) {
    await robot.place({ seed: 1, suggestion, carryOver: null });
    await startWalk(robot, "foot-cpg:trot", OPTIMISED_TROT);
    await advance(robot, 100);
    assert.equal(events.length, suggestion - 1);
  }
  assert.equal(events[0]?.kind, "rebooted");
  await order(robot, { kind: "arm" });
  assert.match((await order(robot, { kind: "start" })).reason, /no parameter set/);
});

test("a hard shove throws the robot over", async () => {
  const robot = await robotWith([{ kind: "shove", at: 1.5, velocity: [0, 2.5, 0.5] }]);
  await reach(robot);
  await startWalk(robot, "foot-cpg:trot", OPTIMISED_TROT);
  let tilt = 0;
  for (let frame = 0; frame < 250; frame++) {
    await robot.advance();
    tilt = Math.max(tilt, robot.truth().tilt);
  }
  assert.ok(tilt > Math.PI / 4, `${tilt} rad`);
});

test("a fault in a channel the robot lacks is a mistake of the test", async () => {
  await assert.rejects(robotWith([{ kind: "frozen", at: 0, channel: "nose" }]), /nose/);
});

test("a channel that spikes, drifts or has the wrong sign says so from then on, and the others do not", async () => {
  const robot = await robotWith([
    { kind: "spike", at: 0.3, duration: 0.02, channel: channelName.roll, value: 3 },
    { kind: "drift", at: 0.2, channel: channelName.pitch, rate: 10 },
    { kind: "inverted", at: 0.4, channel: channelName.height },
  ]);
  const seen = { roll: [] as number[], pitch: [] as number[], height: [] as number[] };
  await reach(robot, (values, at) => {
    for (const name of ["roll", "pitch", "height"] as const) seen[name].push(values[at(channelName[name])]!);
  });
  await advance(robot, 60);
  assert.equal(seen.roll.filter((roll) => roll === 3).length, 2);
  const drifted = seen.pitch.at(-1)! - seen.pitch[18]!;
  assert.ok(Math.abs(drifted - 4) < 0.2, `${drifted} rad`);
  assert.ok(seen.height[38]! > 0 && seen.height.slice(40).every((height) => height < 0));
});

/** What a walking robot truly does in the second after something has befallen it. */
async function befallen(...faults: readonly (SensorFault | BodyFault)[]) {
  const robot = await robotWith([]);
  await reach(robot);
  await startWalk(robot, "foot-cpg:trot", OPTIMISED_TROT);
  await advance(robot, 100);
  for (const fault of faults) robot.befall(fault);
  const states: (ReturnType<typeof robot.truth> & { readonly mode: string })[] = [];
  robot.onPeriod = () => states.push({ ...robot.truth(), mode: robot.mode });
  await advance(robot, 150);
  return states;
}

test("a lifted robot hangs in the hand, whatever its legs do", async () => {
  const states = await befallen({ kind: "lifted", height: 0.4 });
  assert.ok(states.slice(100).every(({ height }) => Math.abs(height - 0.4) < 0.03));
});

test("a robot that is thrown over lies on its back", async () => {
  const states = await befallen({ kind: "shove", velocity: [0, 0, 2], spin: [8, 0, 0] });
  assert.ok(states.at(-1)!.tilt > Math.PI / 2, `${states.at(-1)!.tilt} rad`);
});

test("a lame leg and a seized gear change the walk, a motor's heat and an empty battery end it", async () => {
  const [whole, lame, jammed] = await Promise.all([
    befallen(),
    befallen({ kind: "lame", leg: 0 }),
    befallen({ kind: "jammed", motor: 3 }),
  ]);
  for (const one of [lame, jammed]) assert.ok(Math.abs(one.at(-1)!.x - whole.at(-1)!.x) > 0.02);
  const drained = await befallen({ kind: "drained", charge: 0 });
  assert.equal(drained.at(-1)!.mode, "off", "the computer resets for want of voltage");
});

test("a fault that was not planned is over with its walk", async () => {
  const robot = await robotWith([]);
  let pitch = 0;
  await reach(robot, (values, at) => {
    pitch = values[at(channelName.pitch)]!;
  });
  robot.befall({ kind: "not-a-number", channel: channelName.pitch, duration: 9 });
  await advance(robot, 3);
  assert.ok(Number.isNaN(pitch));
  await robot.place({ seed: 1, suggestion: 0, carryOver: null });
  await advance(robot, 3);
  assert.ok(Number.isFinite(pitch));
});
