/** The simulated robot behind rosbridge, asked by hand. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openRosbridgePeer, type RosbridgePeer } from "../../../sim/rosbridge/rosbridge-peer.ts";
import { openSimulatedRobot, type SimulatedRobot } from "../../../sim/simulated-robot.ts";
import { ManualClock, systemClock } from "../../../src/clock.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import type { ClockKind } from "../../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { gaitParameters } from "../../../src/service/feasibility.ts";
import { StationClient } from "./station-client.ts";

const config = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
const SEED_GAIT = {
  gait: config.gait.name,
  values: Object.entries(gaitParameters(config, config.seedGait)),
};
const ROBOT = { variant: "nominal", variation: "mild" } as const;

async function peerOf(
  t: TestContext,
  clock: ClockKind,
  options: { ros?: 1 | 2; times?: { settleAfter: number; cutAfter: number } } = {},
): Promise<{ peer: RosbridgePeer; body: SimulatedRobot }> {
  const stationClock = clock === "lockstep" ? new ManualClock() : systemClock;
  const body = await openSimulatedRobot({ ...ROBOT, clock, stationClock });
  const peer = await openRosbridgePeer(body, { clock: stationClock, ...options });
  t.after(() => peer.close());
  return { peer, body };
}

async function station(t: TestContext, { url }: RosbridgePeer, owner?: string): Promise<StationClient> {
  const client = await StationClient.open(url, owner);
  t.after(() => client.close());
  return client;
}

interface Published {
  readonly topic: string;
  readonly msg: Record<string, never>;
}

describe("the simulated robot behind rosbridge", () => {
  for (const ros of [1, 2] as const)
    it(`in lockstep walks the same walk as in process, bit for bit (ROS ${ros})`, async (t) => {
      const placement = { seed: 3, suggestion: 5, carryOver: null };
      const frames: { seq: number; time: number; arrival: number; exact: number[]; joints: number[] }[] = [];
      const alone = await openSimulatedRobot({ ...ROBOT, stationClock: new ManualClock() });
      t.after(() => alone.close());
      const { layout, joints } = await alone.open();
      const pick = ({ values }: TelemetryFrame, names: readonly string[]): number[] =>
        names.map((name) => values[layout.indexOf(name)]!);
      const exactNames = ["trunk.height", "battery.voltage", "battery.current"];
      const jointNames = joints.map((joint) => `joint.${joint}.position`);
      alone.onFrame((frame) => {
        const { seq, tRobot: time, tArrival: arrival } = frame;
        frames.push({ seq, time, arrival, exact: pick(frame, exactNames), joints: pick(frame, jointNames) });
      });
      await alone.acquireLease("test");
      const walk = async (ask: (kind: string, fields?: object) => Promise<unknown>): Promise<void> => {
        await ask("place", placement);
        await ask("arm");
        for (let frame = 0; frame < 60; frame++) await ask("advance");
        await ask("stage", { ...SEED_GAIT, rampIn: 0.5, rampOut: 0.5 });
        await ask("commit");
        await ask("start");
        for (let frame = 0; frame < 100; frame++) await ask("advance");
        await ask("stop", { level: "cut" });
      };
      let hash = "";
      await walk(async (kind) => {
        if (kind === "advance") return alone.advance();
        if (kind === "place") return alone.place(placement);
        if (kind === "stop") return alone.stop("cut");
        const parameters = SEED_GAIT;
        const command = { kind, parameters, rampIn: 0.5, rampOut: 0.5, hash } as never;
        const answer = await alone.send(command);
        assert.ok(answer.accepted, `${kind}: ${answer.reason}`);
        hash = answer.hash ?? hash;
      });

      const { peer } = await peerOf(t, "lockstep", { ros });
      const client = await station(t, peer);
      for (const topic of ["/body/exact", "/joint_states"]) client.raw.send({ op: "subscribe", topic });
      assert.ok((await client.ask("hello")).accepted);
      await client.ask("acquire-lease");
      const said: unknown[] = [];
      let carryOver: unknown;
      hash = "";
      await walk(async (kind, fields) => {
        const answer = await client.ask(kind, kind === "commit" ? { hash } : fields);
        assert.ok(answer.accepted, `${kind}: ${answer.code} ${answer.reason}`);
        if (kind === "stage") hash = answer.hash as string;
        if (kind === "advance") said.push(answer.frame);
        if (kind === "stop") carryOver = answer.carryOver;
      });
      assert.deepEqual(
        said,
        frames.map(({ seq, time, arrival }) => ({ seq, time, arrival })),
      );
      const on = (topic: string): Record<string, never>[] =>
        client.raw.received
          .map((one) => JSON.parse(one as string) as Published)
          .flatMap((one) => (one.topic === topic ? [one.msg] : []));
      assert.deepEqual(
        on("/body/exact").map(({ data }) => data),
        frames.map(({ exact }) => exact),
      );
      assert.deepEqual(
        on("/joint_states").map(({ position }) => position),
        frames.map((frame) => frame.joints),
      );
      assert.deepEqual(carryOver, JSON.parse(JSON.stringify(alone.carryOver())));
    });

  it("publishes its topics in their order, under one stamp, joint states last", async (t) => {
    const { peer } = await peerOf(t, "lockstep");
    const client = await station(t, peer);
    await client.ask("hello");
    const topics = peer.graph.topics.flatMap(({ name }) =>
      peer.graph.publishersOf(name).includes("/robot") && !name.startsWith("/gaitsmith") ? [name] : [],
    );
    for (const topic of topics) client.raw.send({ op: "subscribe", topic });
    await client.ask("acquire-lease");
    const { frame } = await client.ask("advance");
    const published = client.raw.received
      .map((one) => JSON.parse(one as string) as Published)
      .filter(({ topic }) => !topic.startsWith("/gaitsmith"));
    assert.deepEqual(
      published.map(({ topic }) => topic),
      [
        ...["/imu/data", "/imu/rpy", "/trunk/height", "/pose", "/pose/rpy", "/odom", "/odom/rpy"],
        ...["/motor_states", "/motor_targets", "/motor_currents", "/motor_temperatures", "/foot_contacts"],
        ...["/battery_state", "/body/exact", "/stop_button", "/joint_states"],
      ],
    );
    const { time } = frame as { time: number };
    for (const { topic, msg } of published) {
      const { header } = msg as { header?: { stamp: { secs: number; nsecs: number } } };
      if (header === undefined) continue;
      assert.ok(Math.abs(header.stamp.secs + header.stamp.nsecs * 1e-9 - time) < 1e-9, topic);
    }
    const battery = published.find(({ topic }) => topic === "/battery_state")!.msg as Record<string, unknown>;
    assert.equal(battery.percentage, null, "NaN is published as null");
    assert.equal(battery.voltage, Math.fround(battery.voltage as number));
  });

  it("refuses in words: another's lease, wrong order, wrong hash, what no gait has", async (t) => {
    const { peer } = await peerOf(t, "lockstep");
    const [ann, bob] = [await station(t, peer, "ann"), await station(t, peer, "bob")];
    assert.equal((await ann.ask("arm")).code, "lease");
    await ann.ask("acquire-lease");
    const busy = await bob.ask("acquire-lease");
    assert.deepEqual([busy.code, /ann/.test(busy.reason)], ["busy", true]);
    assert.equal((await ann.ask("start")).code, "order");
    assert.equal((await ann.ask("commit", { hash: "00000000" })).code, "order");
    const ramps = { rampIn: 1, rampOut: 1 };
    assert.equal((await ann.ask("stage", { ...ramps, gait: "moonwalk", values: [] })).code, "range");
    assert.equal(
      (await ann.ask("stage", { ...ramps, gait: SEED_GAIT.gait, values: [["x", null]] })).code,
      "range",
    );
    assert.ok((await ann.ask("stage", { ...SEED_GAIT, ...ramps })).accepted);
    assert.equal((await ann.ask("commit", { hash: "00000000" })).code, "hash");
    assert.equal((await ann.ask("place", { seed: 0.5 })).code, "range");
    assert.equal((await ann.ask("frobnicate")).code, "unknown");
  });

  it("in real time is armed only as long as it is fed, then settles, cuts and says so", async (t) => {
    const { peer, body } = await peerOf(t, "realtime", { times: { settleAfter: 0.2, cutAfter: 0.9 } });
    const client = await station(t, peer);
    await client.synchronise();
    await client.ask("acquire-lease");
    assert.equal((await client.ask("advance")).code, "unknown", "only in lockstep");
    assert.ok((await client.ask("arm")).accepted);
    const feeding = setInterval(() => client.keepalive(), 50);
    await sleep(500);
    assert.equal(body.state, "standing");
    clearInterval(feeding);
    const from = client.raw.received.length;
    const fault = await client.heard("event", ({ event }) => event === "fault", from);
    assert.equal(fault.code, "DEAD_MAN");
    await client.heard("state", ({ state, dead }) => state === "settling" && dead === "settle", from);
    const off = await client.heard("state", ({ state, dead }) => state === "off" && dead === "cut", from);
    assert.equal(off.armed, false);
    const copies = client.raw.received.filter(
      (one) => String(one).includes("DEAD_MAN") && String(one).includes("settle"),
    );
    assert.ok(copies.length >= 3, `${copies.length} copies`);
    assert.ok((await client.ask("arm")).accepted, "it may be armed anew");
    const stopped = await client.ask("stop", { level: "cut" });
    assert.deepEqual([stopped.accepted, stopped.level], [true, "cut"]);
  });

  it("without a gait of its own follows joint targets while it is armed", async (t) => {
    const clock = new ManualClock();
    const body = await openSimulatedRobot({ ...ROBOT, stationClock: clock, streamed: { timeout: 5 } });
    const peer = await openRosbridgePeer(body, { clock });
    t.after(() => peer.close());
    const client = await station(t, peer);
    const { commands, joints } = (await client.ask("hello")) as unknown as Record<string, string[]>;
    assert.ok(commands!.includes("arm") && !commands!.includes("start"));
    await client.ask("acquire-lease");
    await client.ask("arm");
    for (let frame = 0; frame < 80; frame++) await client.ask("advance");
    const { raw } = client;
    raw.send({ op: "advertise", topic: "/joint_targets", type: "std_msgs/Float64MultiArray" });
    raw.send({ op: "advertise", topic: "/joint_trajectory", type: "trajectory_msgs/JointTrajectory" });
    raw.send({ op: "subscribe", topic: "/motor_targets" });
    const standing = await motorTargets();
    assert.ok(standing.every(Number.isFinite));
    const moved = standing.map((angle, joint) => angle + (joint === 0 ? 0.1 : 0));
    raw.send({ op: "publish", topic: "/joint_targets", msg: { data: moved } });
    raw.send({ op: "publish", topic: "/joint_targets", msg: { data: [1] } });
    assert.ok(Math.abs((await later())[0]! - moved[0]!) < 0.02);
    const back = { joint_names: joints!.toReversed(), points: [{ positions: standing.toReversed() }] };
    raw.send({ op: "publish", topic: "/joint_trajectory", msg: back });
    assert.ok(Math.abs((await later())[0]! - standing[0]!) < 0.02);

    /** Once the drives have got there. */
    async function later(): Promise<number[]> {
      for (let frame = 0; frame < 10; frame++) await client.ask("advance");
      return motorTargets();
    }

    /** Link-side angles of the joints, of the motors' targets: knees are driven against the trunk. */
    async function motorTargets(): Promise<number[]> {
      const from = raw.received.length;
      await client.ask("advance");
      const { msg } = await raw.find<Published>(({ topic }) => topic === "/motor_targets", from);
      const { data } = msg as unknown as { data: number[] };
      return data.map((angle, joint) => (joint % 2 === 1 ? angle - data[joint - 1]! : angle));
    }
  });

  it("a command that took too long is late", async (t) => {
    const { peer } = await peerOf(t, "realtime");
    const client = await station(t, peer);
    await client.synchronise();
    await client.ask("acquire-lease");
    assert.equal((await client.ask("arm", { sent: client.clock() - 0.8 })).code, "late");
    assert.equal((await client.ask("arm", { sent: null })).code, "late");
  });
});
