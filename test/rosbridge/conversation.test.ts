/** The node conversation with the sample robot, over a real rosbridge server. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Topic } from "roslib";
import { parameterHash } from "../../src/robot/parameters.ts";
import { GAIT, letWalk } from "./let-walk.ts";
import { needsServer, serverUrl } from "./real-server.ts";
import { RoslibStation } from "./roslib-station.ts";

describe("a sample robot behind a real rosbridge server", needsServer, () => {
  let station: RoslibStation;
  let hello: Awaited<ReturnType<RoslibStation["connect"]>>;

  before(async () => {
    station = new RoslibStation(serverUrl);
    hello = await station.connect();
  });

  afterEach(async () => {
    await station.ask("stop", { level: "cut" });
    station.keepAlive(false);
    await station.ask("release-lease");
  });

  after(() => station?.close());

  it("introduces itself", () => {
    assert.equal(hello.accepted, true);
    assert.equal(hello.robot, "sample-robot");
    assert.equal(hello.clock, "realtime");
    assert.equal(hello.runsGait, true);
    assert.deepEqual([hello.settleAfter, hello.cutAfter], [0.5, 1.5]);
    assert.equal((hello.joints as string[]).length, 8);
  });

  it("publishes its sensors, a hundred times a second and all of one frame with one stamp", async () => {
    const types = {
      "/imu/data": "sensor_msgs/Imu",
      "/battery_state": "sensor_msgs/BatteryState",
      "/odom": "nav_msgs/Odometry",
      "/joint_states": "sensor_msgs/JointState",
    };
    const stamps = new Map<string, string[]>();
    const topics = Object.entries(types).map(([name, messageType]) => {
      const topic = new Topic<{ header: { stamp: object } }>({ ros: station.ros, name, messageType });
      stamps.set(name, []);
      topic.subscribe(({ header }) => stamps.get(name)!.push(JSON.stringify(header.stamp)));
      return topic;
    });
    await sleep(2500);
    for (const topic of topics) topic.unsubscribe();
    const frames = stamps.get("/joint_states")!;
    assert.ok(frames.length > 100, `${frames.length} frames`);
    const whole = frames
      .slice(50, 100)
      .filter((stamp) => [...stamps.values()].every((list) => list.includes(stamp)));
    assert.equal(whole.length, 50);
  });

  it("walks what was staged and committed, and ramps out", async () => {
    await letWalk(station);
    const hash = parameterHash({ gait: GAIT.gait, values: GAIT.values as [string, number][] });
    assert.equal(station.states.at(-1)!.hash, hash);
    const { accepted, level } = await station.ask("stop", { level: "neutral" });
    assert.deepEqual([accepted, level], [true, "neutral"]);
    await station.state(({ state }) => state === "standing");
    assert.equal((await station.ask("disarm")).accepted, true);
    await station.state(({ armed }) => armed === false);
  });

  it("gives the same answer to the same number, and a higher epoch only once", async () => {
    await station.acquireLease();
    const first = station.answers.at(-1)!;
    const again = await station.ask("acquire-lease", { number: station.number });
    assert.deepEqual(again, first);
  });

  it("refuses commands that are late, of another epoch, or not its own", async () => {
    await station.acquireLease();
    const codes = [];
    for (const fields of [{ sent: station.robotNow - 3 }, { epoch: 0 }, { sent: null }])
      codes.push((await station.ask("arm", fields)).code);
    assert.deepEqual(codes, ["late", "lease", "late"]);
    assert.equal((await station.ask("moonwalk")).code, "unknown");
  });

  it("has one owner, and obeys a stop from anybody", async () => {
    await letWalk(station);
    const other = new RoslibStation(serverUrl);
    await other.connect();
    try {
      const refused = await other.ask("acquire-lease");
      assert.equal(refused.code, "busy");
      assert.match(String(refused.reason), new RegExp(station.owner));
      const stopped = await other.ask("stop", { level: "settle" });
      assert.equal(stopped.accepted, true);
      await other.state(({ state }) => state === "off");
    } finally {
      other.close();
    }
  });

  it("settles when keepalives are of old frames, though they keep coming", async () => {
    await letWalk(station);
    station.keepAlive(false);
    const seen = station.robotNow;
    const stuck = setInterval(() => station.sendKeepalive({ seen }), 50);
    try {
      const { dead } = await station.state(({ state }) => state === "settling", 2000);
      assert.equal(dead, "settle");
      // A frame may be 0.5 s old, and then the silence begins.
      assert.ok(station.robotNow - seen > 0.8, `${station.robotNow - seen} s`);
      const event = station.events.at(-1);
      assert.equal(event?.code, "DEAD_MAN");
    } finally {
      clearInterval(stuck);
    }
  });

  for (const signal of ["SIGKILL", "SIGSTOP"] as const)
    it(`settles by itself when the program that lets it walk gets ${signal}`, async () => {
      const walker = spawn(process.execPath, [join(import.meta.dirname, "walking-station.ts")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const [what] = await Promise.race([once(walker.stdout, "data"), once(walker, "exit")]);
        assert.equal(String(what).trim(), "walking");
        const killedAt = performance.now();
        walker.kill(signal);
        await station.state(({ state }) => state === "settling", 3000);
        const settled = (performance.now() - killedAt) / 1000;
        await station.state(({ state }) => state === "off", 3000);
        const off = (performance.now() - killedAt) / 1000;
        console.log(`${signal}: settling after ${settled.toFixed(2)} s, off after ${off.toFixed(2)} s`);
        assert.equal(station.states.at(-1)!.dead, "settle");
      } finally {
        walker.kill("SIGKILL");
      }
    });
});
