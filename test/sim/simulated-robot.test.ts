import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { PERFECT_TELEMETRY } from "../../sim/sensor-model.ts";
import { openSimulatedRobot, type SimulatedRobotOptions } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import { GaitsmithError } from "../../src/errors.ts";
import type { RobotEvent } from "../../src/robot/robot.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { HAND_TUNED_TROT, OPTIMISED_TROT } from "../gait/body.ts";
import { advance, onWire, order, reach, startWalk } from "./walks.ts";

const TROT = "foot-cpg:trot";
const MILD: SimulatedRobotOptions = { variant: "nominal", variation: "mild" };
const QUIET: SimulatedRobotOptions = { variant: "nominal", variation: "none", telemetry: PERFECT_TELEMETRY };

/** Hash over everything a station sees of a walk, times relative to its first frame. */
async function fingerprint(
  robot: Awaited<ReturnType<typeof openSimulatedRobot>>,
  seen: { digest: ReturnType<typeof createHash>; start: number },
  suggestion: number,
): Promise<string> {
  await robot.place({ seed: 11, suggestion, carryOver: null });
  seen.digest = createHash("sha256");
  seen.start = Number.NaN;
  await startWalk(robot, TROT, OPTIMISED_TROT);
  await advance(robot, 120);
  return seen.digest.digest("hex");
}

async function fingerprinted(): Promise<(suggestion: number) => Promise<string>> {
  const robot = await openSimulatedRobot(MILD);
  const seen = { digest: createHash("sha256"), start: Number.NaN };
  await reach(robot, (values, _, frame) => {
    if (Number.isNaN(seen.start)) seen.start = frame.tRobot;
    const times = new Float64Array([frame.tRobot - seen.start, frame.tArrival - frame.tRobot]);
    seen.digest.update(new Uint8Array(times.buffer));
    seen.digest.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  });
  return (suggestion) => fingerprint(robot, seen, suggestion);
}

test("a walk is keyed by seed and suggestion: bit for bit the same again, in another order, in another robot", async () => {
  const one = await fingerprinted();
  const [first, second] = [await one(1), await one(2)];
  assert.notEqual(first, second);
  assert.equal(await one(1), first);
  const other = await fingerprinted();
  assert.equal(await other(2), second);
  assert.equal(await other(1), first);
});

test("frames are counted, in order, stamped 10 ms apart, and late by the channel's latency", async () => {
  const robot = await openSimulatedRobot({
    ...MILD,
    telemetry: { rate: 100, latency: 0.02, jitter: 0.004, loss: 0.1 },
  });
  const frames: { seq: number; tRobot: number; tArrival: number }[] = [];
  await reach(robot, (_, __, { seq, tRobot, tArrival }) => frames.push({ seq, tRobot, tArrival }));
  await advance(robot, 1000);
  assert.equal(frames.length, 1000);
  let [gaps, lateness] = [0, 0];
  for (let index = 1; index < frames.length; index++) {
    const [before, now] = [frames[index - 1]!, frames[index]!];
    const steps = now.seq - before.seq;
    assert.ok(steps >= 1 && now.tArrival >= before.tArrival);
    assert.ok(Math.abs(now.tRobot - before.tRobot - 0.01 * steps) < 2e-6);
    gaps += steps - 1;
    lateness += now.tArrival - now.tRobot;
  }
  const loss = gaps / (gaps + frames.length);
  assert.ok(Math.abs(loss - 0.1) < 0.03, `${loss} of the frames lost`);
  assert.ok(Math.abs(lateness / 999 - 0.024) < 0.002, `${lateness / 999} s late`);
});

test("a lockstep robot moves the station's clock to each arrival and only then", async () => {
  const stationClock = new ManualClock();
  stationClock.advance(3.7);
  const robot = await openSimulatedRobot({ ...MILD, stationClock });
  let arrived = 0;
  await reach(robot, (_, __, frame) => {
    arrived = frame.tArrival;
    assert.equal(stationClock.now(), frame.tArrival);
  });
  await advance(robot, 10);
  assert.ok(arrived > 4.1 && arrived < 4.2, `${arrived}`);
  await order(robot, { kind: "arm" });
  assert.equal(stationClock.now(), arrived);
});

test("stage, commit and start are refused with the reason unless they come in order and match", async () => {
  const robot = await openSimulatedRobot(QUIET);
  await reach(robot);
  const refusal = async (command: Parameters<typeof order>[1]): Promise<string> => {
    const { accepted, reason } = await order(robot, command);
    assert.equal(accepted, false);
    return reason;
  };
  const set = onWire(TROT, OPTIMISED_TROT);
  const ramps = { rampIn: 0.5, rampOut: 0.5 };
  assert.match(await refusal({ kind: "commit", hash: "00000000" }), /nothing is staged/);
  assert.match(
    await refusal({ kind: "stage", parameters: { ...set, gait: "moonwalk" }, ...ramps }),
    /no gait "moonwalk"/,
  );
  const extra = { gait: TROT, values: [...set.values, ["wings", 1] as const] };
  assert.match(await refusal({ kind: "stage", parameters: extra, ...ramps }), /no parameter "wings"/);
  const long = onWire(TROT, { ...OPTIMISED_TROT, step_length: 0.15 });
  assert.match(await refusal({ kind: "stage", parameters: long, ...ramps }), /beyond reach/);
  const missing = { gait: TROT, values: set.values.slice(1) };
  assert.match(
    await refusal({ kind: "stage", parameters: missing, ...ramps }),
    /ground_clearance is missing/,
  );

  const { hash } = await order(robot, { kind: "stage", parameters: set, ...ramps });
  assert.match(await refusal({ kind: "commit", hash: "deadbeef" }), /hash is [0-9a-f]{8}, not deadbeef/);
  assert.ok((await order(robot, { kind: "commit", hash: hash! })).accepted);
  assert.match(await refusal({ kind: "start" }), /cannot start while off/);
  assert.match(await refusal({ kind: "targets", positions: new Float64Array(8) }), /takes no targets/);
});

test("neutral ramps out and stands; settle damps, then lets go; cut lets go at once", async () => {
  const robot = await openSimulatedRobot(QUIET);
  const torque = { peak: 0 };
  await reach(robot, (values, at, frame) => {
    const now = Array.from({ length: 8 }, (_, motor) =>
      Math.abs(values[at(channelName.motorTorque(MOTORS[motor]!))]!),
    );
    torque.peak = Math.max(...now);
    void frame;
  });
  const walkThenStop = async (level: "neutral" | "settle" | "cut", suggestion: number): Promise<void> => {
    await robot.place({ seed: 1, suggestion, carryOver: null });
    await startWalk(robot, TROT, OPTIMISED_TROT);
    await advance(robot, 200);
    const { confirmed } = await robot.stop(level);
    assert.ok(confirmed);
  };
  await walkThenStop("neutral", 1);
  await advance(robot, 150);
  const before = robot.truth();
  await advance(robot, 100);
  assert.ok(Math.hypot(robot.truth().x - before.x, robot.truth().y - before.y) < 0.005, "it stands");
  assert.ok(torque.peak > 0.1 && before.height > 0.12, "on powered legs");
  assert.ok((await order(robot, { kind: "disarm" })).accepted);

  await walkThenStop("settle", 2);
  await advance(robot, 40);
  assert.ok(torque.peak > 0.05, "damped for half a second");
  await advance(robot, 15);
  assert.ok(torque.peak < 0.12, `then off: ${torque.peak} N·m`);

  await walkThenStop("cut", 3);
  await advance(robot, 1);
  assert.ok(torque.peak < 0.12, `off within one frame: ${torque.peak} N·m`);
  assert.equal((await order(robot, { kind: "disarm" })).accepted, true);
});

const MOTORS = ["FR_hip", "FR_knee", "FL_hip", "FL_knee", "RR_hip", "RR_knee", "RL_hip", "RL_knee"];

test("a stop during the ramp-in leaves from where the blend had come to", async () => {
  const robot = await openSimulatedRobot(QUIET);
  const targets: number[] = [];
  await reach(robot, (values, at) => targets.push(values[at(channelName.motorTarget("FR_hip"))]!));
  await startWalk(robot, TROT, HAND_TUNED_TROT, { rampIn: 2, rampOut: 1 });
  await advance(robot, 60);
  await robot.stop("neutral");
  const stopped = targets.length;
  await advance(robot, 150);
  const jump = Math.abs(targets[stopped]! - targets[stopped - 1]!);
  assert.ok(jump < 0.03, `the target jumps by ${jump} rad`);
  assert.equal(targets.at(-1), targets.at(-30), "it stands");
});

test("a harder stop is never softened by a milder one", async () => {
  const robot = await openSimulatedRobot(QUIET);
  await reach(robot);
  await startWalk(robot, TROT, OPTIMISED_TROT);
  await advance(robot, 100);
  await robot.stop("cut");
  await robot.stop("neutral");
  assert.match((await order(robot, { kind: "start" })).reason, /cannot start while off/);
});

test("an empty battery does not arm; one that gives out during a walk reboots the robot", async () => {
  const robot = await openSimulatedRobot({ ...QUIET, returning: { rest: 0, exchangeBelow: 0 } });
  const events: RobotEvent[] = [];
  robot.onEvent((event) => events.push(event));
  await reach(robot);
  const temperatures = Array(8).fill(23);
  await robot.place({ seed: 1, suggestion: 1, carryOver: { charge: 0.01, temperatures } });
  assert.match((await order(robot, { kind: "arm" })).reason, /battery is empty/);
  await robot.place({ seed: 1, suggestion: 2, carryOver: { charge: 0.0203, temperatures } });
  await startWalk(robot, TROT, OPTIMISED_TROT);
  for (let frame = 0; frame < 30_000 && events.length === 0; frame++) await robot.advance();
  assert.equal(events[0]?.kind, "rebooted");
  assert.match((await order(robot, { kind: "start" })).reason, /no parameter set is committed/);
});

test("walking heats the motors and drains the battery; a hot motor is not armed", async () => {
  const robot = await openSimulatedRobot({ ...QUIET, returning: { rest: 0, exchangeBelow: 0.2 } });
  await reach(robot);
  await startWalk(robot, TROT, OPTIMISED_TROT);
  await advance(robot, 500);
  const left = robot.carryOver();
  assert.ok(left.charge < 1 && left.charge > 0.99);
  assert.ok(left.temperatures.every((temperature) => temperature > 23.1 && temperature < 30));
  await robot.place({ seed: 1, suggestion: 1, carryOver: JSON.parse(JSON.stringify(left)) });
  assert.deepEqual(robot.carryOver(), left);
  await robot.place({ seed: 1, suggestion: 1, carryOver: { ...left, temperatures: Array(8).fill(90) } });
  assert.match((await order(robot, { kind: "arm" })).reason, /cut out at 90 °C/);
});

test("the button on the robot's back takes the torque away and is seen", async () => {
  const robot = await openSimulatedRobot(QUIET);
  let button = 0;
  await reach(robot, (values, at) => {
    button = values[at(channelName.stopButton)]!;
  });
  await startWalk(robot, TROT, OPTIMISED_TROT);
  await advance(robot, 100);
  assert.equal(button, 0);
  robot.pressStopButton(true);
  await advance(robot, 1);
  assert.equal(button, 1);
  assert.match((await order(robot, { kind: "start" })).reason, /while off/);
  assert.match((await order(robot, { kind: "arm" })).reason, /stop button/);
});

test("an armed robot with a dead-man settles by itself when it hears nothing", async () => {
  const robot = await openSimulatedRobot({ ...QUIET, deadMan: 0.3 });
  const events: RobotEvent[] = [];
  robot.onEvent((event) => events.push(event));
  await reach(robot);
  await order(robot, { kind: "arm" });
  await advance(robot, 29);
  assert.equal(events.length, 0);
  await advance(robot, 2);
  assert.deepEqual(
    events.map((event) => event.kind === "fault" && event.code),
    ["DEAD_MAN"],
  );
  await advance(robot, 60);
  assert.match((await order(robot, { kind: "disarm" })).reason, /^$/);
});

test("one program at a time holds the lease, and without it nothing is driven", async () => {
  const robot = await openSimulatedRobot(QUIET);
  await robot.open();
  assert.equal((await order(robot, { kind: "arm" })).reason, "no lease");
  const first = await robot.acquireLease("one");
  await assert.rejects(
    robot.acquireLease("two"),
    (error) => error instanceof GaitsmithError && error.code === "ROBOT_BUSY",
  );
  assert.ok((await robot.acquireLease("one")).epoch > first.epoch);
  await robot.close();
  await robot.close();
  await assert.rejects(robot.advance(), (error) => error instanceof GaitsmithError);
  assert.equal((await robot.stop("cut")).confirmed, false);
});

test("in real time frames come by themselves at their rate", async () => {
  // Its own clock, twenty times as fast: two seconds of robot time in a tenth.
  const origin = performance.now();
  const stationClock = { now: () => (20 * (performance.now() - origin)) / 1000, date: () => new Date(0) };
  const robot = await openSimulatedRobot({ ...QUIET, clock: "realtime", stationClock });
  const stamps: number[] = [];
  const enough = new Promise<void>((resolve) => {
    robot.onFrame((frame) => {
      stamps.push(frame.tRobot);
      if (stamps.length === 200) resolve();
    });
  });
  assert.equal((await robot.open()).clock, "realtime");
  await enough;
  await robot.close();
  assert.ok(Math.abs(stamps[199]! - stamps[0]! - 1.99) < 1e-5);
  await assert.rejects(robot.advance());
});

test("a streamed robot holds its last target, and settles when none has come for its time-out", async () => {
  const timeout = 0.15;
  const robot = await openSimulatedRobot({ ...QUIET, streamed: { timeout } });
  const events: RobotEvent[] = [];
  robot.onEvent((event) => events.push(event));
  const newest = { positions: new Float64Array(8), targets: new Float64Array(8) };
  const { joints, runsGait, targets } = await reach(robot, (values, at) => {
    MOTORS.forEach((joint, index) => {
      newest.positions[index] = values[at(channelName.jointPosition(joint))]!;
      newest.targets[index] = values[at(channelName.motorTarget(joint))]!;
    });
  });
  assert.deepEqual([runsGait, targets], [false, { rate: 100, timeout }]);
  await robot.place({ seed: 1, suggestion: 0, carryOver: null });
  await advance(robot, 5);
  const hold = newest.positions.slice();
  assert.ok((await order(robot, { kind: "arm" })).accepted);
  const moved = hold.with(0, hold[0]! + 0.05);
  const sent = moved.slice();
  assert.ok((await order(robot, { kind: "targets", positions: sent })).accepted);
  sent.fill(0);
  await advance(robot, 10);
  assert.equal(newest.targets[0], moved[0], "copied when it was sent, and held");
  assert.equal(robot.state, "standing");
  await advance(robot, 10);
  assert.equal(robot.state, "settling");
  assert.deepEqual(
    events.map((event) => event.kind === "fault" && event.code),
    ["TARGETS_MISSING"],
  );
  await advance(robot, 60);
  assert.equal(robot.state, "off");
  for (const [command, words] of [
    [{ kind: "targets", positions: hold }, /takes no targets while off/],
    [{ kind: "start" }, /runs no gait/],
  ] as const)
    assert.match((await order(robot, command)).reason, words);
  assert.ok((await order(robot, { kind: "arm" })).accepted);
  for (const [positions, words] of [
    [hold.subarray(1), /8 targets are needed, not 7/],
    [hold.with(3, Number.NaN), /target 3 .* out of the joint's range/],
    [hold.with(0, 1.7), /target 0 .* out of the joint's range/],
  ] as const)
    assert.match((await order(robot, { kind: "targets", positions })).reason, words);
  assert.equal(joints.length, 8);
});
