import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault } from "../../sim/faults.ts";
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
