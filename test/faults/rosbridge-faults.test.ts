/** Connections and computers that fail around a walk over rosbridge, and servers that lack what the config asks for. What fails in a walk is in the table of faults. */
import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import type { TopicMapping } from "../../src/config/rosbridge-link.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { documentOf, type Finished, rosbridgeConfig, run, start, workFolder } from "../cli/gaitsmith.ts";
import { planOf } from "../station/station-process.ts";
import { DEAD_MAN, RosbridgeBench, SHORT_WALKS } from "./rosbridge-bench.ts";
import { isBusy } from "./seeds.ts";
import { StationInProcess, studySeedGait } from "./study-in-process.ts";

/** The robot looks at its dead-man every 10 ms, and the last keepalive may come a little after the fault. */
const SLACK = 0.15;
/** A robot that walks 0.2 m/s comes no further than this after a fault, m. */
const FARTHEST = 0.3;

const configOf = ({ url }: RosbridgeBench, t: TestContext): HardwareConfig =>
  readHardwareConfig(rosbridgeConfig(workFolder(t), url, "realtime", SHORT_WALKS));

/** It loses its drive within the dead-man time, and then lies where it was. */
async function stops(bench: RosbridgeBench): Promise<void> {
  const { x } = bench.body.truth();
  const took = await bench.until(() => !bench.driven, 5);
  assert.ok(took <= DEAD_MAN.settleAfter + SLACK, `it stopped after ${took} s`);
  await bench.until(() => bench.body.state === "off", 3);
  assert.ok(bench.body.truth().x - x < FARTHEST, `it went on for ${bench.body.truth().x - x} m`);
}

/** Once more where this computer was too busy for the walk. @param walk returns attempt, state and reason of every trial */
async function walkTwice(walk: () => Promise<string[]>, promised: readonly string[]): Promise<void> {
  const rows = await walk();
  const again = !isDeepStrictEqual(rows, promised) && rows.some(isBusy);
  assert.deepEqual(again ? await walk() : rows, promised);
}

async function drops(bench: RosbridgeBench, t: TestContext): Promise<string[]> {
  const studied = studySeedGait(configOf(bench, t));
  for (let time = 0; time < 2; time++) {
    await Promise.race([bench.until(() => bench.body.state === "rising", 30), studied]);
    bench.bad.disconnect();
    await stops(bench);
  }
  const { trials, failures } = await studied;
  const codes = failures.map(({ code }) => code);
  assert.deepEqual(codes.slice(0, 2), ["LINK_LOST", "LINK_LOST"]);
  return trials.map(({ attempt, state, reason }) => `${attempt} ${state} ${reason?.code}`);
}

async function killed(bench: RosbridgeBench, t: TestContext): Promise<string[]> {
  const folder = workFolder(t);
  const config = rosbridgeConfig(folder, bench.url, "realtime", SHORT_WALKS);
  const command = ["tune", config, "--trials", "1", "--no-dashboard", "--no-recording", "--json"];
  const running = start(folder, ...command);
  const early = await Promise.race([bench.walking(1.2).then(() => null), running.finished]);
  if (early !== null) return rowsOf(early);
  process.kill(-running.process.pid!, "SIGKILL");
  await stops(bench);
  await running.finished;
  // Where it fell from its gait it may lie askew: whoever continues the study sets it on its feet first.
  await bench.body.place({ seed: 1, suggestion: 0, carryOver: null });
  return rowsOf(await run(folder, ...command));
}

function rowsOf(finished: Finished): string[] {
  const { trials } = documentOf(finished);
  assert.ok(trials.every(({ suggestion }) => suggestion === 0));
  return trials.map(({ attempt, state, outcome }) => `${attempt} ${state} ${outcome}`);
}

// While a robot is being loaded, which takes a moment, no other in this process may walk: all are, before the first one does. Two tests at
// a time, and no two of those that walk: each spoils the other's time on a busy computer.
describe("around a walk", { concurrency: 2 }, () => {
  const benches: RosbridgeBench[] = [];
  let hadPower = false;
  before(async () => {
    for (const ros of [1, 2, 1] as const) benches.push(await RosbridgeBench.open(ros));
    const { body, graph } = benches[2]!;
    graph.advertise("/robot", "/quiet", "geometry_msgs/Vector3Stamped");
    graph.advertise("/robot", "/quiet_joints", "sensor_msgs/JointState");
    body.onPeriod = () => {
      hadPower ||= body.state !== "off";
    };
  });
  after(() => Promise.all(benches.map((bench) => bench.close())));

  it("connections that drop before the walk has begun cost no attempt of its gait", (t) =>
    walkTwice(() => drops(benches[0]!, t), ["1 completed finished"]));

  const refused = async (
    t: TestContext,
    topic: string,
    change: Partial<TopicMapping>,
    code: string,
    says: readonly RegExp[],
  ): Promise<void> => {
    const bench = benches[2]!;
    const config = configOf(bench, t);
    const { link } = config;
    assert.ok(link.kind === "rosbridge");
    const topics = link.telemetry.topics.map((one) => (one.topic === topic ? { ...one, ...change } : one));
    const frames = link.telemetry.frames === topic ? (change.topic ?? topic) : link.telemetry.frames;
    const changed = { ...config, link: { ...link, telemetry: { ...link.telemetry, frames, topics } } };
    const walk = async (): Promise<string> => {
      const station = await StationInProcess.start(changed, workFolder(t), 0);
      try {
        const { end, reason } = await station.run(planOf(changed), async () => ({
          verdict: "go-on",
          reason: "",
        }));
        return `1 ${end} ${reason.code}`;
      } finally {
        await station.close();
      }
    };
    // Where this computer is too busy, its being late may end it first.
    const refusal = walk().then((row) => (isBusy(row) ? walk() : row));
    await assert.rejects(refusal, (error: unknown) => {
      assert.ok(error instanceof GaitsmithError && error.remedy !== undefined, String(error));
      assert.equal(error.code, code);
      for (const words of says) assert.match(`${error.message} ${error.where} ${error.remedy}`, words);
      return true;
    });
    assert.ok(!hadPower, "the robot had power");
  };

  it("a topic that is not there is refused with the nearest that is", (t) =>
    refused(t, "/imu/rpy", { topic: "/imu/rpyy" }, "CONFIG_INVALID", [
      /no topic \/imu\/rpyy/,
      /`\/imu\/rpy`/,
    ]));

  it("a topic of another type is refused with the robot's own", (t) =>
    refused(t, "/pose", { type: "geometry_msgs/Pose" }, "CONFIG_INVALID", [
      /\/pose/,
      /geometry_msgs\/PoseStamped/,
    ]));

  it("a topic on which nobody publishes leaves the robot unarmed", (t) =>
    refused(t, "/imu/rpy", { topic: "/quiet" }, "PREFLIGHT_REFUSED", [/imu/]));

  it("a service that is killed, with its station: the robot stops, the study goes on", (t) =>
    walkTwice(() => killed(benches[1]!, t), ["1 interrupted service-died", "2 completed finished"]));

  it("frames that nobody publishes are waited for and missed", (t) =>
    refused(t, "/joint_states", { topic: "/quiet_joints" }, "LINK_UNAVAILABLE", [
      /nothing comes on \/quiet_joints/,
    ]));
});
