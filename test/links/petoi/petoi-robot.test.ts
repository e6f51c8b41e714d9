import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { PetoiFaults } from "../../../sim/petoi/faults.ts";
import { openPetoiPeer, type PetoiPeer } from "../../../sim/petoi/petoi-peer.ts";
import type { PetoiLinkConfig } from "../../../src/config/petoi-link.ts";
import { GaitsmithError } from "../../../src/errors.ts";
import type { RobotEvent } from "../../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { until, walk } from "../walk.ts";
import { petoiGait, petoiRobot, SMALL } from "./petoi.ts";

/** Its cycle takes 0.63 s. */
const SLOW = petoiGait(20, 0, 5, -8, 4, 3, 1, 2, 35, 1, 35, 1);

interface Met {
  readonly peer: PetoiPeer;
  readonly robot: ReturnType<typeof petoiRobot>;
  readonly events: readonly RobotEvent[];
  readonly frames: readonly TelemetryFrame[];
}

async function start(
  t: TestContext,
  faults: Partial<PetoiFaults> = {},
  change: Partial<PetoiLinkConfig> = {},
): Promise<Met> {
  const peer = await openPetoiPeer({ bootTime: 0.2, faults });
  const robot = petoiRobot(peer, change);
  const events: RobotEvent[] = [];
  const frames: TelemetryFrame[] = [];
  robot.onEvent((event) => events.push(event));
  robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
  t.after(async () => {
    await robot.close();
    peer.close();
  });
  return { peer, robot, events, frames };
}

/** A walk that a lost or spoilt answer may keep from beginning, as it should: then another robot is tried. */
async function walkAtLast(t: TestContext, faults: Partial<PetoiFaults>): Promise<Met> {
  for (let seed = 1; ; seed++) {
    const met = await start(t, { ...faults, seed });
    try {
      await walk(met.robot, SMALL);
      return met;
    } catch (error) {
      if (seed === 6) throw error;
      await met.robot.close();
      assert.equal(met.peer.firmware.doing === "gait", false, "what did not begin does not go on");
    }
  }
}

describe("a Petoi robot", { concurrency: 8 }, () => {
  it("is left doing nothing by itself: on opening, standing and lying", async (t) => {
    const { peer, robot } = await start(t);
    await robot.open();
    const still = { balance: false, random: false };
    await until(() => !peer.firmware.actsByItself.balance, 1);
    assert.deepEqual(peer.firmware.actsByItself, still);
    await robot.acquireLease("test");
    assert.ok((await robot.send({ kind: "arm" })).accepted);
    assert.deepEqual(peer.firmware.actsByItself, still);
    assert.ok((await robot.send({ kind: "disarm" })).accepted);
    await until(() => !peer.firmware.actsByItself.balance, 1);
    assert.equal(peer.firmware.powered, false);
  });

  it("hears a stop at the end of its cycle, and is asked nothing that would end its walk", async (t) => {
    const { peer, robot } = await start(t);
    await walk(robot, SLOW);
    await pause(2500);
    assert.equal(peer.firmware.doing, "gait", "the battery is not asked after while it walks");
    const asked = performance.now();
    const { confirmed } = await robot.stop("settle");
    assert.ok(confirmed && performance.now() - asked < 2000);
    await until(() => !peer.firmware.powered, 1.5);
    assert.equal(peer.firmware.doing, "nothing");
  });

  it("loses no stop to another that is still unread", async (t) => {
    const { peer, robot } = await start(t);
    await walk(robot, SLOW);
    await pause(300);
    const stops = await Promise.all([robot.stop("neutral"), robot.stop("settle"), robot.stop("cut")]);
    assert.deepEqual(
      stops.map(({ confirmed }) => confirmed),
      [true, true, true],
    );
    await until(() => !peer.firmware.powered, 2);
    await pause(300);
    assert.equal(peer.firmware.powered, false);
  });

  it("is cut off in mid-stride and not driven any more", async (t) => {
    const { peer, robot } = await start(t);
    await walk(robot, SMALL);
    assert.ok((await robot.stop("cut")).confirmed);
    assert.equal(peer.firmware.powered, false);
    assert.ok((await robot.stop("cut")).confirmed && (await robot.stop("settle")).confirmed);
    await pause(300);
    assert.equal(peer.firmware.powered, false);
    assert.ok((await robot.send({ kind: "arm" })).accepted, "and rises again when it is asked to");
    assert.equal(peer.firmware.powered, true);
  });

  it("refuses gaits during which it would be deaf for too long, and numbers that are not whole", async (t) => {
    const { robot } = await start(t, {}, { longestCycle: 0.5 });
    await robot.open();
    await robot.acquireLease("test");
    const stage = (parameters: typeof SLOW) =>
      robot.send({ kind: "stage", parameters, rampIn: 0, rampOut: 0 });
    assert.match((await stage(SLOW)).reason, /hears no stop.*0\.5 s/);
    assert.match((await stage(petoiGait(20.5, 0, 5, -8, 4, 2, 1, 2, 35, 1, 35, 1))).reason, /whole/);
  });

  it("walks on when the cable is pulled: it has no dead-man", async (t) => {
    const { peer, robot, events } = await start(t);
    await walk(robot, SMALL);
    peer.unplug();
    await until(() => events.some(({ kind }) => kind === "link-lost"), 1);
    await pause(1000);
    assert.equal(peer.firmware.doing, "gait");
    assert.equal((await robot.stop("cut")).confirmed, false);
    await assert.rejects(robot.send({ kind: "arm" }), (error: unknown) => {
      assert.ok(error instanceof GaitsmithError && error.code === "LINK_LOST");
      assert.match(error.remedy ?? "", /does not stop by itself/);
      return true;
    });
  });

  it("is stopped by whoever opens it next", async (t) => {
    const { peer, robot } = await start(t);
    await walk(robot, SMALL);
    peer.unplug();
    await robot.close();
    await peer.replug();
    assert.equal(peer.firmware.doing, "gait");
    const next = petoiRobot(peer);
    await next.open();
    assert.equal(peer.firmware.powered, false);
    await next.close();
  });

  it("says that it rebooted, lies still, and may be armed again", async (t) => {
    const { peer, robot, events, frames } = await start(t, { reboot: 1 });
    await walk(robot, SMALL);
    await until(() => events.length > 0, 4);
    assert.equal(events[0]!.kind, "rebooted");
    assert.equal((await robot.stop("settle")).confirmed, false, "it hears nothing while it starts");
    assert.match((await robot.send({ kind: "arm" })).reason, /starting/);
    const heard = frames.length;
    await until(() => frames.length > heard + 5, 6);
    assert.equal(peer.firmware.doing, "nothing");
    assert.ok((await robot.send({ kind: "arm" })).accepted);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["rebooted"],
    );
  });

  it("says that its battery is low, and does not pretend to stand", async (t) => {
    const { robot, events } = await start(t, { voltage: 7.05, drain: 0.1 });
    await walk(robot, SMALL);
    await until(() => events.length > 0, 5);
    const [event] = events;
    assert.ok(event?.kind === "fault" && event.code === "low-battery");
    assert.match(event.reason, /^Low power: 6\.\d+V\. The robot won't move\.$/);
    assert.ok((await robot.stop("settle")).confirmed);
    const { accepted, reason } = await robot.send({ kind: "arm" });
    assert.ok(!accepted && /battery is low/.test(reason), reason);
  });

  it("falls silent when its IMU's lines end: no frame is made up", async (t) => {
    const { robot, frames } = await start(t, { imuStops: 0.8 });
    await walk(robot, SMALL);
    await pause(1500);
    const heard = frames.length;
    await pause(1500);
    assert.equal(frames.length, heard);
    assert.ok((await robot.stop("settle")).confirmed);
  });

  it("takes spoilt lines for none, and never one for a value", async (t) => {
    const { peer, robot, frames } = await walkAtLast(t, { garbage: 0.05 });
    await pause(2000);
    assert.ok(frames.length > 5);
    for (const { values } of frames) {
      assert.ok(values.every(Number.isFinite));
      assert.ok(Math.abs(values[0]!) < 0.8 && values[6]! > 7 && values[6]! < 9, `${values}`);
    }
    assert.ok(((await robot.diagnostics!())["otherLines"] ?? 0) > 0);
    await robot.stop("settle");
    await until(() => !peer.firmware.powered, 4);
  });

  it("is brought to rest although answers are lost", async (t) => {
    const { peer, robot } = await walkAtLast(t, { loseEcho: 0.15 });
    // It says which posture it moves to, before the token that may be lost.
    assert.ok((await robot.stop("settle")).confirmed);
    await until(() => !peer.firmware.powered, 5);
  });

  it("refuses another model", async (t) => {
    const { robot } = await start(t, {}, { model: "Nybble Q" });
    await assert.rejects(robot.open(), (error: unknown) => {
      assert.ok(error instanceof GaitsmithError && error.code === "ROBOT_MISMATCH");
      assert.match(error.message, /Bittle X, not a Nybble Q/);
      return true;
    });
  });
});
