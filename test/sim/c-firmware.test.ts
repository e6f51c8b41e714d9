/** The C library drives the simulated body: what is told here of the robot is what the body truly did. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../../sim/faults.ts";
import { BareBody } from "../../sim/serial/bare-body.ts";
import { type CPeer, type CPeerOptions, openCPeer } from "../../sim/serial/c-peer.ts";
import { NO_FAULTS } from "../../sim/serial/line-faults.ts";
import { ManualClock } from "../../src/clock.ts";
import { SerialRobot } from "../../src/links/serial/serial-robot.ts";
import type { Cleared, Command } from "../../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../../src/robot/parameters.ts";
import type { RobotEvent } from "../../src/robot/robot.ts";
import { serialConfig, start, workFolder } from "../cli/gaitsmith.ts";
import { C_FOLDER, compile, librarySources, WITHOUT_CC } from "../firmware-protocol/c-program.ts";

const ID = "simulated-elastic-quadruped";
const PERIOD = 0.01;
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

async function place(
  t: TestContext,
  options: Partial<CPeerOptions> = {},
  faults: readonly Fault[] = [],
): Promise<{ body: BareBody; peer: CPeer }> {
  const { clock = "lockstep" } = options;
  const body = await BareBody.load({ variant: "nominal", variation: "mild", clock, faults });
  const peer = await openCPeer(body, { robotId: ID, clock, ...options });
  t.after(() => peer.close());
  return { body, peer };
}

/** A host in lockstep, with the lease. */
async function host(t: TestContext, peer: CPeer) {
  const link = { kind: "serial", clock: "lockstep", path: peer.path, baud: 921_600 } as const;
  const robot = new SerialRobot({ link, robotId: ID, clock: new ManualClock() });
  t.after(() => robot.close());
  const events: RobotEvent[] = [];
  robot.onEvent((event) => events.push(event));
  const send = (command: Command) => robot.send(command as Cleared<Command>);
  const advance = async (periods: number): Promise<void> => {
    for (let period = 0; period < periods; period++) await robot.advance();
  };
  const stage = async (set: ParameterSetOnWire): Promise<void> => {
    const staged = await send({ kind: "stage", parameters: set, rampIn: 0.2, rampOut: 0.2 });
    assert.equal(staged.hash, parameterHash(set), staged.reason);
    assert.equal((await send({ kind: "commit", hash: staged.hash! })).accepted, true);
  };
  await robot.open();
  await robot.acquireLease("test");
  return { robot, events, send, advance, stage };
}

/** Armed and walking. */
async function walking(t: TestContext, peer: CPeer) {
  const all = await host(t, peer);
  const { robot, send, advance, stage } = all;
  await robot.place({ seed: 1, suggestion: 0, carryOver: null });
  await advance(5);
  assert.deepEqual(await send({ kind: "arm" }), { accepted: true, reason: "" });
  await advance(130);
  await stage(TROT);
  assert.equal((await send({ kind: "start" })).accepted, true);
  await advance(100);
  assert.equal(peer.active.length, 1);
  return all;
}

/** The program tells of what it has done a little later than its host. */
async function until(condition: () => boolean): Promise<void> {
  for (let wait = 0; wait < 1000 && !condition(); wait++) await delay(5);
}

/** The body's clock when it first met `condition`, s; watched every millisecond. */
async function timeUntil(body: BareBody, condition: () => boolean, patience: number): Promise<number> {
  for (const limit = body.time + patience; !condition(); await delay(1))
    assert.ok(body.time < limit, `still ${body.mode} after ${patience} s`);
  return body.time;
}

describe("the C firmware on the simulated body", { skip: WITHOUT_CC, concurrency: false }, () => {
  it("compiles without a warning", () => {
    const files = readdirSync(join(C_FOLDER, "host")).filter((file) => file.endsWith(".c"));
    const host = files.map((file) => join(C_FOLDER, "host", file));
    compile("robot", [...librarySources(/./), ...host], ["-O1"]);
  });

  it("walks with exactly the parameters that were sent", async (t) => {
    const { body, peer } = await place(t);
    const { robot, send, advance, stage, events } = await walking(t, peer);
    await advance(200);
    assert.ok(body.truth().x > 0.1 && body.truth().tilt < 0.3, `${body.truth().x} m`);
    assert.equal((await robot.stop("neutral")).confirmed, true);
    await advance(60);
    const other: ParameterSetOnWire = {
      ...TROT,
      values: TROT.values.map(([name, value]) => [name, 0.9 * value]),
    };
    await stage(other);
    await until(() => peer.active.length === 2);
    assert.deepEqual(
      peer.active.map(({ gait, hash, values }) => [gait, hash.toString(16), [...values.slice(0, 5)]]),
      [TROT, other].map((set) => [set.gait, parameterHash(set), set.values.map(([, value]) => value)]),
    );
    assert.equal((await send({ kind: "disarm" })).accepted, true);
    const carried = robot.carryOver() as { charge: number };
    assert.deepEqual(carried, body.carryOver());
    assert.deepEqual(events, []);
  });

  it("takes power from a robot that overturns, whatever the host does", async (t) => {
    const shove: Fault = { kind: "shove", at: 3, velocity: [0, 3, 2] };
    const { body, peer } = await place(t, {}, [shove]);
    const { advance, events } = await walking(t, peer);
    await advance(200);
    assert.ok(body.truth().tilt > 1.2);
    assert.equal(body.mode, "off");
    assert.ok(
      events.some((event) => event.kind === "fault" && /tilt/.test(event.reason)),
      JSON.stringify(events),
    );
  });

  it("is latched by its stop button until a person clears it", async (t) => {
    const { body, peer } = await place(t);
    const { send, advance } = await walking(t, peer);
    body.pressButton(true);
    assert.equal(body.mode, "off");
    await advance(3);
    body.pressButton(false);
    await advance(3);
    assert.equal(body.mode, "off");
    assert.match((await send({ kind: "arm" })).reason, /latched/);
  });

  it("forgets everything when its computer resets in mid-walk", async (t) => {
    const { body, peer } = await place(t, {}, [{ kind: "reboot", at: 3 }]);
    const { robot, advance, events } = await walking(t, peer);
    await assert.rejects(advance(80), { code: "LINK_LOST" });
    assert.equal(body.mode, "off");
    assert.ok(events.some(({ kind }) => kind === "rebooted"));
    await robot.close();
    const next = await host(t, peer);
    assert.match((await next.send({ kind: "start" })).reason, /no parameter set/);
  });

  it("commits nothing wrong and loses no stop on a line with faults", async (t) => {
    const shares = { flip: 0.02, shorten: 0.02, lose: 0.02, duplicate: 0.02, reorder: 0.02 };
    const { body, peer } = await place(t, { faults: { ...NO_FAULTS, ...shares, seed: 2 } });
    const { robot, send, stage } = await host(t, peer);
    const sent: ParameterSetOnWire[] = [];
    for (let round = 0; round < 8; round++) {
      const [first, ...others] = TROT.values;
      const set = { ...TROT, values: [[first![0], 0.02 + 0.001 * round] as const, ...others] };
      await stage(set);
      sent.push(set);
      assert.deepEqual(await send({ kind: "arm" }), { accepted: true, reason: "" });
      // The answer comes over the line, what the motors do over the body's pipe: either may be first.
      await until(() => body.mode === "follow");
      assert.equal(body.mode, "follow");
      assert.equal((await robot.stop("cut")).confirmed, true);
      await until(() => body.mode === "off");
      assert.equal(body.mode, "off");
    }
    await until(() => peer.active.length === sent.length);
    assert.deepEqual(
      peer.active.map(({ hash }) => hash.toString(16).padStart(8, "0")),
      sent.map(parameterHash),
    );
    const { toRobot, toHost } = peer.statistics;
    for (const { frames, ...befell } of [toRobot, toHost])
      assert.ok(frames > 100 && Object.values(befell).reduce((sum, count) => sum + count) > 0);
  });

  it("ends with its program: no torque, no device, and a new start", async (t) => {
    const { body, peer } = await place(t);
    const { events } = await walking(t, peer);
    assert.equal(body.mode, "follow");
    process.kill(peer.pid!, "SIGKILL");
    await until(() => peer.restarts > 0);
    assert.equal(body.mode, "off");
    await until(() => peer.pid !== undefined);
    assert.ok(events.some(({ kind }) => kind === "link-lost"));
    await delay(50);
    const link = { kind: "serial", clock: "lockstep", path: peer.path, baud: 921_600 } as const;
    const again = new SerialRobot({ link, robotId: ID, clock: new ManualClock() });
    assert.equal((await again.open()).robotId, ID);
    await again.close();
  });

  it("stops by itself within the dead-man time when the station is killed in mid-walk", async (t) => {
    const { body, peer } = await place(t, { clock: "realtime", baud: 921_600 });
    const folder = workFolder(t);
    const file = serialConfig(folder, peer.path, "realtime");
    const tune = start(folder, "tune", file, "--trials", "2", "--no-dashboard", "--no-recording");
    tune.saw(/never/).catch(() => {});
    await timeUntil(body, () => peer.active.length > 0 && body.mode === "follow", 60);
    const before = body.truth().x;
    // On its feet and on its way.
    await timeUntil(body, () => body.truth().x > before + 0.1, 20);
    // By the body's own periods: a machine that is busy lets several go by before anybody looks, and hands over late what the
    // station had said before.
    let [last, damped, off] = [0, 0, 0];
    peer.tap.toRobot = (bytes) => {
      last = body.time;
      return bytes;
    };
    body.onPeriod = () => {
      // It was so from the beginning of the period on.
      if (body.mode !== "follow") damped ||= body.time - PERIOD;
      if (body.mode === "off") off ||= body.time - PERIOD;
    };
    process.kill(-(tune.process.pid ?? 0), "SIGKILL");
    const killed = body.time;
    await timeUntil(body, () => off > 0, 5);
    const since = Math.max(killed, last);
    t.diagnostic(`damped after ${(damped - since).toFixed(2)} s, off after ${(off - since).toFixed(2)} s`);
    // The body's clock is seen in whole periods, at both ends.
    assert.ok(damped - since <= 0.3 + PERIOD + PERIOD, `${damped - since} s`);
    assert.ok(off - since <= 0.8 + PERIOD + PERIOD, `${off - since} s`);
    assert.ok(since - killed < 0.3, `it heard the station for ${since - killed} s`);
    await delay(500);
    const rest = body.truth();
    await delay(300);
    assert.ok(Math.hypot(body.truth().x - rest.x, body.truth().y - rest.y) < 0.002, "it lies still");
    await tune.finished;
  });
});
