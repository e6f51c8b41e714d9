/** A robot with gaitsmith's node, and what may go wrong between it and us. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../../src/clock.ts";
import type { RosbridgeLinkConfig } from "../../../src/config/rosbridge-link.ts";
import type { RobotUnderTest } from "../../../src/conformance/robot.ts";
import { GaitsmithError } from "../../../src/errors.ts";
import { RosbridgeRobot } from "../../../src/links/rosbridge/rosbridge-robot.ts";
import { parameterHash } from "../../../src/robot/parameters.ts";
import type { RobotEvent } from "../../../src/robot/robot.ts";
import { channelName, type TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { until } from "../until.ts";
import { JOINTS, linkTo, ROBOT_ID, ScriptedRobot, TOPICS } from "./scripted-robot.ts";

const SET = { gait: "trot", values: [["step_length", 0.04]] } as const;

const seconds = (): number => performance.now() / 1000;

/** A robot that is scripted, and the link to it. */
class Bench {
  scripted: ScriptedRobot;
  robot!: RosbridgeRobot & RobotUnderTest;
  events: RobotEvent[] = [];
  notices: string[] = [];
  frames: TelemetryFrame[] = [];

  static async of(t: TestContext): Promise<Bench> {
    const bench = new Bench(await ScriptedRobot.start());
    t.after(async () => {
      await bench.robot.close();
      await bench.scripted.stop();
    });
    return bench;
  }

  private constructor(scripted: ScriptedRobot) {
    this.scripted = scripted;
    this.make();
  }

  /** Another link in the place of the last one. */
  make(change: Partial<RosbridgeLinkConfig> = {}, robotId = ROBOT_ID): void {
    const [events, notices, frames]: [RobotEvent[], string[], TelemetryFrame[]] = [[], [], []];
    this.robot = new RosbridgeRobot({
      link: linkTo(this.scripted.server.url, change),
      robotId,
      joints: JOINTS,
      gait: { name: "trot", parameters: {} },
      speedSource: "operator",
      walkSeconds: 10,
      clock: systemClock,
    });
    this.robot.onEvent((event) => events.push(event));
    this.robot.onNotice((words) => notices.push(words));
    this.robot.onFrame((frame) => frames.push({ ...frame, values: frame.values.slice() }));
    Object.assign(this, { events, notices, frames });
  }

  async walk(): Promise<void> {
    const { robot } = this;
    await robot.open();
    await robot.acquireLease("me");
    for (const command of [
      { kind: "arm" },
      { kind: "stage", parameters: SET, rampIn: 1, rampOut: 1 },
      { kind: "commit", hash: parameterHash(SET) },
      { kind: "start" },
    ] as const)
      assert.equal((await robot.send(command)).accepted, true, command.kind);
  }

  value(name: string): number {
    const at = this.robot.capabilities!.layout.indexOf(name);
    return this.frames.at(-1)?.values[at] ?? 0;
  }
}

const refused = (code: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof GaitsmithError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, words);
  return true;
};

describe("a robot behind rosbridge, with a node of ours", { concurrency: 3 }, () => {
  it("walks, is kept alive by frames that were dealt with, and gives the lease back", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    await until(() => b.scripted.fed > 5);
    assert.deepEqual(b.scripted.done, ["arm", "stage", "commit", "start"]);
    assert.equal(b.value(channelName.jointPosition("knee")), 0.2);
    const { delay } = b.frames.at(-1)!;
    assert.ok(delay !== undefined && delay >= -0.005 && delay < 0.1, `delay ${delay}`);
    const stopped = await b.robot.stop("neutral");
    assert.ok(stopped.confirmed && stopped.level === "neutral");
    // On the scale of the frames.
    assert.ok(Math.abs(stopped.tRobot - b.frames.at(-1)!.tRobot) < 0.5);
    assert.deepEqual(b.events, []);
    assert.deepEqual(b.notices, []);
    await b.robot.close();
    assert.deepEqual(b.scripted.done.slice(4), ["stop neutral", "stop settle"]);
  });

  it("says what fits nothing: robot, topic, type, server", async (t) => {
    const b = await Bench.of(t);
    b.make({}, "biped");
    await assert.rejects(
      b.robot.open(),
      refused("ROBOT_MISMATCH", /it is tripod, the config describes biped/),
    );
    const [imu, battery, joints] = TOPICS;
    const topics = [{ ...imu!, topic: "/imuu" }, battery!, joints!];
    b.make({ telemetry: { rate: 100, frames: "/joint_states", topics } });
    await assert.rejects(b.robot.open(), (error: unknown) => {
      assert.ok(refused("CONFIG_INVALID", /no topic \/imuu/)(error));
      assert.match((error as GaitsmithError).remedy!, /`\/imu`/);
      return true;
    });
    b.make({ ros: 2 });
    await assert.rejects(b.robot.open(), refused("ROBOT_MISMATCH", /the server speaks ROS 1/));
    b.make({ url: "ws://127.0.0.1:9" });
    await assert.rejects(b.robot.open(), refused("LINK_UNAVAILABLE", /no rosbridge server answers there/));
    b.make({ authorizationFrom: "GAITSMITH_TEST_NO_SUCH_VARIABLE" });
    await assert.rejects(
      b.robot.open(),
      refused("CONFIG_INVALID", /GAITSMITH_TEST_NO_SUCH_VARIABLE.* is not set/),
    );
    b.make({ certificateAuthority: "/nowhere/ca.pem" });
    await assert.rejects(b.robot.open(), refused("CONFIG_INVALID", /\/nowhere\/ca.pem cannot be read/));
  });

  it("speaks the dialect of ROS 2", async (t) => {
    const b = await Bench.of(t);
    b.scripted.ros = 2;
    await b.walk();
    const types = new Set(
      b.scripted.server.heard.map(({ type }) => type).filter((type) => type !== undefined),
    );
    assert.deepEqual(
      [...types].filter((type) => !String(type).includes("/msg/")),
      [],
    );
    await until(() => b.frames.length > 2);
  });

  it("does not open without frames, and says which topics are silent", async (t) => {
    const b = await Bench.of(t);
    b.scripted.mute.add("/joint_states");
    await assert.rejects(b.robot.open(), refused("LINK_UNAVAILABLE", /nothing comes on \/joint_states/));
  });

  it("asks again, with the same number, when an answer is lost", async (t) => {
    const b = await Bench.of(t);
    await b.robot.open();
    await b.robot.acquireLease("me");
    b.scripted.unanswered.set("arm", 1);
    assert.equal((await b.robot.send({ kind: "arm" } as never)).accepted, true);
    assert.deepEqual(b.scripted.done, ["arm"], "it is carried out once");
    const commands = b.scripted.server
      .published("/gaitsmith/command")
      .map((one) => JSON.parse((one as { data: string }).data));
    const arms = commands.filter(({ kind }) => kind === "arm");
    assert.equal(arms.length, 2);
    assert.equal(arms[0].number, arms[1].number);
    assert.ok(arms[1].sent > arms[0].sent, "the wish is as new as its repetition");
    b.scripted.unanswered.set("stop", 3);
    assert.ok((await b.robot.stop("cut")).confirmed);
  });

  it("lets the robot's dead-man run out when frames are not dealt with", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    await until(() => b.scripted.fed > 3);
    b.scripted.mute.add("/joint_states");
    await until(() => b.scripted.done.includes("stop settle"));
    await until(() => b.events.some((event) => event.kind === "fault" && event.code === "DEAD_MAN"));
    assert.equal(b.events.filter((event) => event.kind === "fault").length, 1);
  });

  it("stops over the connection that is left", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    const [, commands] = b.scripted.server.sockets;
    commands!.terminate();
    await until(() => b.events.length > 0);
    assert.equal(b.events[0]!.kind, "link-lost");
    void b.robot.stop("cut");
    await until(() => b.scripted.done.includes("stop cut"));
  });

  it("takes a robot that has started anew for another one", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    b.scripted.reboot("boot-2");
    await until(() => b.events.some(({ kind }) => kind === "link-lost"));
    assert.deepEqual(
      b.events.map(({ kind }) => kind),
      ["rebooted", "link-lost"],
    );
    assert.match(b.events[0]!.reason, /boot-2/);
    await assert.rejects(b.robot.send({ kind: "start" } as never), refused("LINK_LOST", /started anew/));
  });

  it("does not keep a robot alive whose stamps are not of its clock, and does when they are again", async (t) => {
    const b = await Bench.of(t);
    for (const ahead of [3600, -3600]) {
      b.make();
      await b.walk();
      await until(() => b.scripted.fed > 3);
      b.scripted.done.length = 0;
      b.scripted.stampsAhead = ahead;
      await until(() => b.scripted.done.includes("stop settle"));
      const { fed } = b.scripted;
      await until(() => b.events.some(({ kind }) => kind === "clock-set"));
      await pause(200);
      assert.equal(b.scripted.fed, fed);
      b.scripted.stampsAhead = 0;
      await until(() => b.events.filter(({ kind }) => kind === "clock-set").length === 2);
      assert.equal((await b.robot.send({ kind: "arm" } as never)).accepted, true);
      await until(() => b.scripted.fed > fed + 3);
      await b.robot.close();
    }
  });

  it("walks on over a stamp that is ahead of its time", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    await until(() => b.scripted.fed > 3);
    const before = b.frames.length;
    b.scripted.strays = 1;
    await until(() => b.frames.length > before + 60);
    assert.deepEqual(b.events, []);
    const { telemetryAhead } = await b.robot.diagnostics();
    assert.equal(telemetryAhead, TOPICS.length);
    const times = b.frames.map(({ tRobot }) => tRobot);
    assert.ok(times.every((time) => Math.abs(time - times[0]!) < 60));
  });

  it("hands on what happens to the robot once, however often it is told", async (t) => {
    const b = await Bench.of(t);
    await b.robot.open();
    b.scripted.event("BROWN_OUT", "the supply fell to 8 V");
    b.scripted.event("OVERHEATED", "the knee is hot");
    await until(() => b.events.length >= 2);
    await pause(50);
    assert.deepEqual(b.events, [
      { kind: "fault", code: "BROWN_OUT", reason: "the supply fell to 8 V" },
      { kind: "fault", code: "OVERHEATED", reason: "the knee is hot" },
    ]);
  });

  it("does not know what is null, and says which topic has fallen silent", async (t) => {
    const b = await Bench.of(t);
    await b.robot.open();
    b.scripted.changed.set("/joint_states.position", [null, 0.2]);
    await until(() => Number.isNaN(b.value(channelName.jointPosition("hip"))));
    assert.equal(b.value(channelName.jointPosition("knee")), 0.2);
    b.scripted.changed.set("/joint_states.position", "nonsense");
    await until(() => Number.isNaN(b.value(channelName.jointPosition("knee"))));
    b.scripted.mute.add("/battery");
    await until(() => Number.isNaN(b.value(channelName.batteryVoltage)));
    assert.ok(b.notices.some((words) => /\/battery is stale/.test(words)));
    assert.equal(b.value(channelName.roll), 0);
    b.scripted.mute.clear();
    await until(() => b.value(channelName.batteryVoltage) === 12);
  });

  it("passes over what is not of the conversation", async (t) => {
    const b = await Bench.of(t);
    await b.robot.open();
    for (const nonsense of ["{", "[]", "null", '{"v":2}', '{"v":1,"number":1}'])
      b.scripted.say("answer", nonsense);
    b.scripted.say("event", '{"v":1,"event":"party"}');
    await b.robot.acquireLease("me");
    await pause(300);
    const figures = await b.robot.diagnostics();
    assert.equal(figures["conversationMalformed"], 6);
    assert.ok(figures["roundTripMedian"]! > 0 && figures["ping99"]! >= 0);
    assert.deepEqual(b.events, []);
  });

  it("takes bytes only from a server that delivers them", async (t) => {
    const b = await Bench.of(t);
    const topics = TOPICS.map((one) =>
      one.topic === "/imu" ? { ...one, encoding: "cbor-raw" as const } : one,
    );
    b.make({ telemetry: { rate: 100, frames: "/joint_states", topics } });
    await b.robot.open();
    assert.ok(b.notices.some((words) => /\/imu does not come as cbor-raw/.test(words)));
    await until(() => b.frames.length > 3);
    assert.equal(b.value(channelName.roll), 0);
  });
});

// One after the other: they hold it to a time, or need a port once more.
describe("a robot behind rosbridge, with a node of ours, alone", () => {
  it("sends nothing of an earlier walk to a server that comes back", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    const { port } = b.scripted.server;
    await b.scripted.stop();
    await until(() => b.events.some(({ kind }) => kind === "link-lost"));
    const late = b.robot.send({ kind: "start" } as never);
    const stop = b.robot.stop("cut");
    await assert.rejects(late, refused("LINK_LOST", /./));
    assert.equal((await stop).confirmed, false);
    b.scripted = await ScriptedRobot.start(port);
    await pause(400);
    assert.equal(b.scripted.server.sockets.length, 0);
    assert.deepEqual(b.scripted.done, []);
    b.make();
    await b.robot.open();
    await pause(100);
    assert.deepEqual(b.scripted.done, [], "a new link resumes no walk");
  });

  it("is at fault when the node that would stop it has died, though telemetry goes on", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    b.scripted.dead = true;
    const since = seconds();
    await until(() => b.events.length > 0);
    assert.ok(seconds() - since < 1.6, `after ${seconds() - since} s`);
    assert.deepEqual(
      b.events.map((event) => (event.kind === "fault" ? event.code : event.kind)),
      ["NODE_SILENT"],
    );
    const count = b.frames.length;
    await until(() => b.frames.length > count + 10);
    assert.equal(b.events.length, 1);
  });

  it("notices a server that hangs while it walks within half a second, and ends", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    await until(() => b.frames.length > 10);
    b.scripted.server.freeze();
    const since = seconds();
    await until(() => b.events.length > 0);
    assert.ok(seconds() - since < 0.6, `after ${seconds() - since} s`);
    assert.equal(b.events[0]!.kind, "link-lost");
    await assert.rejects(b.robot.send({ kind: "start" } as never), refused("LINK_LOST", /has not answered/));
    assert.equal((await b.robot.stop("cut")).confirmed, false);
    assert.equal(b.events.length, 1);
  });

  for (const [way, by] of [
    ["ahead", 3600],
    ["back", -3600],
  ] as const)
    it(`hears nothing of a robot whose clock was set ${way} for half a second, tells of it, and knows its new time`, async (t) => {
      const b = await Bench.of(t);
      await b.walk();
      await until(() => b.scripted.fed > 3);
      const before = b.frames.length;
      const setAt = systemClock.now();
      b.scripted.clockSet = by;
      await until(() => b.events.some(({ kind }) => kind === "clock-set"));
      assert.deepEqual(
        b.events.filter(({ kind }) => kind === "clock-set"),
        [{ kind: "clock-set", reason: `the clock that stamps /joint_states was set ${way} by 3600.0 s` }],
      );
      const told = systemClock.now() - setAt;
      assert.ok(told >= 0.5 && told < 1, `told after ${told} s`);
      // One may have been underway.
      const silent = b.frames
        .slice(before)
        .filter(({ tArrival }) => tArrival > setAt + 0.05 && tArrival < setAt + 0.5);
      assert.deepEqual(silent, []);
      // Nobody has watched it meanwhile: its own dead-man has stopped it, and it obeys again at once.
      await until(() => b.scripted.done.includes("stop settle"));
      await until(() => Math.abs(b.frames.at(-1)!.delay ?? Number.NaN) < 0.1);
      assert.equal((await b.robot.send({ kind: "arm" } as never)).accepted, true);
      const { fed } = b.scripted;
      await until(() => b.scripted.fed > fed + 3);
      assert.deepEqual([...new Set(b.events.map(({ kind }) => kind))].sort(), ["clock-set", "fault"]);
    });

  it("is not interrupted by its own standing still", async (t) => {
    const b = await Bench.of(t);
    await b.walk();
    await until(() => b.scripted.fed > 3);
    const end = seconds() + 0.4;
    while (seconds() < end);
    await pause(100);
    assert.deepEqual(
      b.events.filter(({ kind }) => kind === "link-lost"),
      [],
    );
  });
});
