import assert from "node:assert/strict";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { test } from "node:test";
import { openSerialPeer, type SerialPeer } from "../../sim/serial/serial-peer.ts";
import { openSimulatedRobot, type SimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock, systemClock } from "../../src/clock.ts";
import type { SerialLinkConfig } from "../../src/config/hardware-config.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import type { Cleared, Command } from "../../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../../src/robot/parameters.ts";
import type { Acknowledgement, ClockKind, RobotEvent } from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";

const ROBOT_ID = "simulated-elastic-quadruped";
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

interface Bench {
  readonly robot: SerialRobot;
  /** What stands at the other end. */
  readonly body: SimulatedRobot;
  readonly peer: SerialPeer;
  readonly frames: TelemetryFrame[];
  readonly events: RobotEvent[];
  send(command: Command): ReturnType<SerialRobot["send"]>;
  close(): Promise<void>;
}

async function bench(clock: ClockKind = "lockstep", deadMan = { settle: 0.3, cut: 0.8 }): Promise<Bench> {
  const bodyClock = clock === "lockstep" ? new ManualClock() : systemClock;
  const options = { variant: "nominal", variation: "mild", clock, stationClock: bodyClock } as const;
  const body = await openSimulatedRobot(options);
  const peer = await openSerialPeer(body, { clock: bodyClock, deadMan });
  const link: SerialLinkConfig = { kind: "serial", clock, path: peer.path, baud: 921600 };
  const stationClock = clock === "lockstep" ? new ManualClock() : systemClock;
  const robot = new SerialRobot({ link, robotId: ROBOT_ID, clock: stationClock });
  const frames: TelemetryFrame[] = [];
  const events: RobotEvent[] = [];
  robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
  robot.onEvent((event) => events.push(event));
  return {
    robot,
    body,
    peer,
    frames,
    events,
    // The gate is not under test here; on the robot's side of it commands are plain.
    send: (command) => robot.send(command as Cleared<Command>),
    close: async () => {
      await robot.close();
      await peer.close();
    },
  };
}

async function advance(robot: SerialRobot, frames: number): Promise<void> {
  for (let frame = 0; frame < frames; frame++) await robot.advance();
}

/** Asks until the robot says yes: it takes its own time, and a busy machine takes more. */
async function insist(ask: () => Promise<Acknowledgement>): Promise<void> {
  for (let answer = await ask(); !answer.accepted; answer = await ask()) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Armed and walking. */
async function walking({ robot, send }: Bench, clock: ClockKind = "lockstep"): Promise<void> {
  await robot.acquireLease("test");
  await robot.place({ seed: 1, suggestion: 0, carryOver: null });
  assert.deepEqual(await send({ kind: "arm" }), { accepted: true, reason: "" });
  if (clock === "lockstep") await advance(robot, 130);
  const staged = await send({ kind: "stage", parameters: TROT, rampIn: 0.5, rampOut: 0.5 });
  assert.deepEqual(staged, { accepted: true, reason: "", hash: parameterHash(TROT) });
  assert.equal((await send({ kind: "commit", hash: parameterHash(TROT) })).accepted, true);
  await insist(() => send({ kind: "start" }));
}

test("a walk over the wire, from arming to the stand", async () => {
  const at = await bench();
  try {
    const capabilities = await at.robot.open();
    assert.equal(capabilities.robotId, ROBOT_ID);
    assert.equal(capabilities.joints.length, 8);
    assert.ok(capabilities.layout.has("pose.x"));
    await walking(at);
    await advance(at.robot, 300);
    const poseX = capabilities.layout.indexOf("pose.x");
    const last = at.frames.at(-1)!;
    assert.ok(last.values[poseX]! > 0.1, `it is at ${last.values[poseX]} m`);
    const stopped = await at.robot.stop("neutral");
    assert.ok(stopped.confirmed && stopped.level === "neutral" && stopped.tRobot > 4);
    await advance(at.robot, 80);
    assert.equal((await at.send({ kind: "disarm" })).accepted, true);
    assert.deepEqual(at.events, []);
    for (const [index, frame] of at.frames.entries()) {
      assert.equal(frame.values.length, capabilities.layout.length);
      assert.ok(frame.tArrival >= frame.tRobot && frame.tArrival - frame.tRobot < 0.5, "an age makes sense");
      if (index > 0) assert.ok(frame.seq > at.frames[index - 1]!.seq);
    }
    const carried = at.robot.carryOver() as { charge: number };
    assert.ok(carried.charge > 0.9 && carried.charge < 1, "the walk has drawn on the battery");
  } finally {
    await at.close();
  }
});

test("over the wire and in process the same walk gives the same telemetry, but for single precision", async () => {
  const at = await bench();
  const inProcess = await openSimulatedRobot({ variant: "nominal", variation: "mild" });
  const direct: TelemetryFrame[] = [];
  inProcess.onFrame((frame) => direct.push({ ...frame, values: frame.values.slice() }));
  try {
    await at.robot.open();
    await walking(at);
    await advance(at.robot, 60);
    await inProcess.open();
    await inProcess.acquireLease("test");
    await inProcess.place({ seed: 1, suggestion: 0, carryOver: null });
    const send = (command: Command): unknown => inProcess.send(command as Cleared<Command>);
    await send({ kind: "arm" });
    for (let frame = 0; frame < 130; frame++) await inProcess.advance();
    await send({ kind: "stage", parameters: TROT, rampIn: 0.5, rampOut: 0.5 });
    await send({ kind: "commit", hash: parameterHash(TROT) });
    await send({ kind: "start" });
    for (let frame = 0; frame < 60; frame++) await inProcess.advance();
    assert.equal(at.frames.length, direct.length);
    for (const [index, frame] of direct.entries()) {
      const wired = at.frames[index]!;
      assert.equal(wired.seq, frame.seq);
      assert.ok(
        Math.abs(wired.tRobot - frame.tRobot) < 1e-6 && Math.abs(wired.tArrival - frame.tArrival) < 2e-6,
      );
      assert.deepEqual(wired.values, Float64Array.from(frame.values, Math.fround));
    }
  } finally {
    await at.close();
    await inProcess.close();
  }
});

test("garbage on the line costs at most the frame it hits", async () => {
  const at = await bench();
  try {
    await at.robot.open();
    await walking(at);
    const garbage = Uint8Array.from({ length: 3000 }, (_, index) => (index * 37 + (index >> 3)) % 251);
    for (let round = 0; round < 20; round++) {
      at.peer.disturb(garbage.subarray(0, 100 + 140 * round));
      await at.robot.advance();
    }
    assert.ok(at.robot.dropped > 0);
    const before = at.frames.length;
    await advance(at.robot, 20);
    assert.equal(at.frames.length, before + 20, "after the noise nothing is lost");
    assert.ok((await at.robot.stop("settle")).confirmed);
    assert.deepEqual(at.events, []);
  } finally {
    await at.close();
  }
});

test("a peer that vanishes in mid-walk is a lost link, told once; closing twice is closing once", async () => {
  const at = await bench();
  try {
    await at.robot.open();
    await walking(at);
    await advance(at.robot, 20);
    const lost = new Promise<RobotEvent>((resolve) => at.robot.onEvent(resolve));
    const pending = at.robot.advance();
    at.peer.unplug();
    const settled = assert.rejects(pending, { code: "LINK_LOST" });
    const event = await lost;
    assert.equal(event.kind, "link-lost");
    await settled;
    await assert.rejects(at.send({ kind: "start" }), { code: "LINK_LOST" });
    const stop = await at.robot.stop("cut");
    assert.deepEqual(stop, { confirmed: false, level: "cut", tRobot: Number.NaN });
    await at.robot.close();
    await at.robot.close();
  } finally {
    await at.close();
  }
});

test("a second program, a wrong robot and a wrong clock are refused", async () => {
  const at = await bench();
  try {
    await at.robot.open();
    await at.robot.acquireLease("first");
    await assert.rejects(at.robot.acquireLease("second"), { code: "ROBOT_BUSY", message: /leased to first/ });
    const link: SerialLinkConfig = { kind: "serial", clock: "lockstep", path: at.peer.path, baud: 921600 };
    const again = new SerialRobot({ link, robotId: ROBOT_ID, clock: new ManualClock() });
    await assert.rejects(again.open(), { code: "LINK_UNAVAILABLE", message: /another program/ });
    await at.robot.close();
    const stranger = new SerialRobot({ link, robotId: "bert", clock: new ManualClock() });
    await assert.rejects(stranger.open(), { code: "ROBOT_MISMATCH", message: /describes bert/ });
    const hasty = new SerialRobot({
      link: { ...link, clock: "realtime" },
      robotId: ROBOT_ID,
      clock: systemClock,
    });
    await assert.rejects(hasty.open(), { code: "ROBOT_MISMATCH", message: /clock is lockstep/ });
    const nowhere = new SerialRobot({
      link: { ...link, path: "/dev/no-such-tty" },
      robotId: ROBOT_ID,
      clock: new ManualClock(),
    });
    await assert.rejects(nowhere.open(), { code: "LINK_UNAVAILABLE" });
  } finally {
    await at.close();
  }
});

test("a host that leaves gives the lease back, and a robot with torque settles", async () => {
  const at = await bench();
  try {
    await at.robot.open();
    await walking(at);
    await at.robot.close();
    const link: SerialLinkConfig = { kind: "serial", clock: "lockstep", path: at.peer.path, baud: 921600 };
    const next = new SerialRobot({ link, robotId: ROBOT_ID, clock: new ManualClock() });
    await next.open();
    assert.equal((await next.acquireLease("next")).owner, "next");
    await advance(next, 80);
    assert.equal((await next.send({ kind: "arm" } as Cleared<Command>)).accepted, true);
    await next.close();
  } finally {
    await at.close();
  }
});

test("a request that noise has eaten is asked again and carried out once", async () => {
  const at = await bench();
  const noise = openSync(at.peer.path, constants.O_WRONLY | constants.O_NOCTTY);
  try {
    await at.robot.open();
    assert.equal((await at.robot.acquireLease("test")).epoch, 1);
    // No zero at its end: what comes next is taken for the rest of it.
    writeSync(noise, Uint8Array.of(9, 9, 9, 9));
    assert.equal((await at.robot.acquireLease("test")).epoch, 2);
    writeSync(noise, Uint8Array.of(9, 9, 9, 9));
    assert.ok((await at.robot.stop("cut")).confirmed);
  } finally {
    closeSync(noise);
    await at.close();
  }
});

test("in real time, frames come by themselves and listening to them keeps the robot alive", async () => {
  const at = await bench("realtime", { settle: 1, cut: 2 });
  try {
    await at.robot.open();
    await walking(at, "realtime");
    const start = at.frames.at(-1)!.tRobot;
    while (at.frames.at(-1)!.tRobot < start + 1.5) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(at.events, [], "no dead-man while telemetry is listened to");
    assert.ok((await at.robot.stop("settle")).confirmed);
  } finally {
    await at.close();
  }
});

test("in real time, a robot whose cable is pulled stops by itself", async () => {
  const at = await bench("realtime");
  try {
    await at.robot.open();
    await walking(at, "realtime");
    at.peer.unplug();
    const arm = (): Promise<Acknowledgement> => at.body.send({ kind: "arm" } as Cleared<Command>);
    assert.match((await arm()).reason, /while walking/);
    // Only a robot without torque arms.
    await insist(arm);
  } finally {
    await at.close();
  }
});
