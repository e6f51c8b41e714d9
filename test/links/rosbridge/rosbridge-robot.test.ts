/** A robot with gaitsmith's node, and what may go wrong between it and us. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../../src/clock.ts";
import type { RosbridgeLinkConfig } from "../../../src/config/rosbridge-link.ts";
import type { RobotUnderTest } from "../../../src/conformance/robot.ts";
import { GaitsmithError } from "../../../src/errors.ts";
import { RosbridgeRobot } from "../../../src/links/rosbridge/rosbridge-robot.ts";
import { parameterHash } from "../../../src/robot/parameters.ts";
import type { RobotEvent } from "../../../src/robot/robot.ts";
import { channelName, type TelemetryFrame } from "../../../src/robot/telemetry-frame.ts";
import { JOINTS, linkTo, ROBOT_ID, ScriptedRobot, TOPICS } from "./scripted-robot.ts";

const SET = { gait: "trot", values: [["step_length", 0.04]] } as const;

const seconds = (): number => performance.now() / 1000;

describe("a robot behind rosbridge, with a node of ours", () => {
  let scripted: ScriptedRobot;
  let robot: RosbridgeRobot & RobotUnderTest;
  let events: RobotEvent[];
  let notices: string[];
  let frames: TelemetryFrame[];
  let onFrame: () => void;

  beforeEach(async () => {
    scripted = await ScriptedRobot.start();
    onFrame = () => {};
    make();
  });

  afterEach(async () => {
    await robot.close();
    await scripted.stop();
  });

  function make(change: Partial<RosbridgeLinkConfig> = {}, robotId = ROBOT_ID): void {
    events = [];
    notices = [];
    frames = [];
    robot = new RosbridgeRobot({
      link: linkTo(scripted.server.url, change),
      robotId,
      joints: JOINTS,
      gait: { name: "trot", parameters: {} },
      speedSource: "operator",
      walkSeconds: 10,
      clock: systemClock,
    });
    robot.onEvent((event) => events.push(event));
    robot.onNotice((words) => notices.push(words));
    robot.onFrame((frame) => {
      frames.push({ ...frame, values: frame.values.slice() });
      onFrame();
    });
  }

  const until = async (condition: () => boolean, within = 2): Promise<void> => {
    const end = seconds() + within;
    while (!condition()) {
      assert.ok(seconds() < end, "nothing happened in time");
      await pause(2);
    }
  };

  const refused = (code: string, words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof GaitsmithError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, words);
    return true;
  };

  const walk = async (): Promise<void> => {
    await robot.open();
    await robot.acquireLease("me");
    for (const command of [
      { kind: "arm" },
      { kind: "stage", parameters: SET, rampIn: 1, rampOut: 1 },
      { kind: "commit", hash: parameterHash(SET) },
      { kind: "start" },
    ] as const)
      assert.equal((await robot.send(command)).accepted, true, command.kind);
  };

  const value = (name: string): number => {
    const at = robot.capabilities!.layout.indexOf(name);
    return frames.at(-1)?.values[at] ?? 0;
  };

  it("walks, is kept alive by frames that were dealt with, and gives the lease back", async () => {
    await walk();
    await until(() => scripted.fed > 5);
    assert.deepEqual(scripted.done, ["arm", "stage", "commit", "start"]);
    assert.equal(value(channelName.jointPosition("knee")), 0.2);
    const { delay } = frames.at(-1)!;
    assert.ok(delay !== undefined && delay >= -0.005 && delay < 0.1, `delay ${delay}`);
    const stopped = await robot.stop("neutral");
    assert.ok(stopped.confirmed && stopped.level === "neutral");
    // On the scale of the frames.
    assert.ok(Math.abs(stopped.tRobot - frames.at(-1)!.tRobot) < 0.5);
    assert.deepEqual(events, []);
    assert.deepEqual(notices, []);
    await robot.close();
    assert.deepEqual(scripted.done.slice(4), ["stop neutral", "stop settle"]);
  });

  it("says what fits nothing: robot, topic, type, server", async () => {
    make({}, "biped");
    await assert.rejects(robot.open(), refused("ROBOT_MISMATCH", /it is tripod, the config describes biped/));
    const [imu, battery, joints] = TOPICS;
    const topics = [{ ...imu!, topic: "/imuu" }, battery!, joints!];
    make({ telemetry: { rate: 100, frames: "/joint_states", topics } });
    await assert.rejects(robot.open(), (error: unknown) => {
      assert.ok(refused("CONFIG_INVALID", /no topic \/imuu/)(error));
      assert.match((error as GaitsmithError).remedy!, /`\/imu`/);
      return true;
    });
    make({ ros: 2 });
    await assert.rejects(robot.open(), refused("ROBOT_MISMATCH", /the server speaks ROS 1/));
    make({ url: "ws://127.0.0.1:9" });
    await assert.rejects(robot.open(), refused("LINK_UNAVAILABLE", /no rosbridge server answers there/));
    make({ authorizationFrom: "GAITSMITH_TEST_NO_SUCH_VARIABLE" });
    await assert.rejects(
      robot.open(),
      refused("CONFIG_INVALID", /GAITSMITH_TEST_NO_SUCH_VARIABLE.* is not set/),
    );
    make({ certificateAuthority: "/nowhere/ca.pem" });
    await assert.rejects(robot.open(), refused("CONFIG_INVALID", /\/nowhere\/ca.pem cannot be read/));
  });

  it("speaks the dialect of ROS 2", async () => {
    scripted.ros = 2;
    await walk();
    const types = new Set(scripted.server.heard.map(({ type }) => type).filter((type) => type !== undefined));
    assert.deepEqual(
      [...types].filter((type) => !String(type).includes("/msg/")),
      [],
    );
    await until(() => frames.length > 2);
  });

  it("does not open without frames, and says which topics are silent", async () => {
    scripted.mute.add("/joint_states");
    await assert.rejects(robot.open(), refused("LINK_UNAVAILABLE", /nothing comes on \/joint_states/));
  });

  it("asks again, with the same number, when an answer is lost", async () => {
    await robot.open();
    await robot.acquireLease("me");
    scripted.unanswered.set("arm", 1);
    assert.equal((await robot.send({ kind: "arm" } as never)).accepted, true);
    assert.deepEqual(scripted.done, ["arm"], "it is carried out once");
    const commands = scripted.server
      .published("/gaitsmith/command")
      .map((one) => JSON.parse((one as { data: string }).data));
    const arms = commands.filter(({ kind }) => kind === "arm");
    assert.equal(arms.length, 2);
    assert.equal(arms[0].number, arms[1].number);
    assert.ok(arms[1].sent > arms[0].sent, "the wish is as new as its repetition");
    scripted.unanswered.set("stop", 3);
    assert.ok((await robot.stop("cut")).confirmed);
  });

  it("lets the robot's dead-man run out when frames are not dealt with", async () => {
    await walk();
    await until(() => scripted.fed > 3);
    scripted.mute.add("/joint_states");
    await until(() => scripted.done.includes("stop settle"));
    await until(() => events.some((event) => event.kind === "fault" && event.code === "DEAD_MAN"));
    assert.equal(events.filter((event) => event.kind === "fault").length, 1);
  });

  it("is at fault when the node that would stop it has died, though telemetry goes on", async () => {
    await walk();
    scripted.dead = true;
    const since = seconds();
    await until(() => events.length > 0);
    assert.ok(seconds() - since < 1.6, `after ${seconds() - since} s`);
    assert.deepEqual(
      events.map((event) => (event.kind === "fault" ? event.code : event.kind)),
      ["NODE_SILENT"],
    );
    const count = frames.length;
    await until(() => frames.length > count + 10);
    assert.equal(events.length, 1);
  });

  it("notices a server that hangs while it walks within half a second, and ends", async () => {
    await walk();
    await until(() => frames.length > 10);
    scripted.server.freeze();
    const since = seconds();
    await until(() => events.length > 0);
    assert.ok(seconds() - since < 0.6, `after ${seconds() - since} s`);
    assert.equal(events[0]!.kind, "link-lost");
    await assert.rejects(robot.send({ kind: "start" } as never), refused("LINK_LOST", /has not answered/));
    assert.equal((await robot.stop("cut")).confirmed, false);
    assert.equal(events.length, 1);
  });

  it("stops over the connection that is left", async () => {
    await walk();
    const [, commands] = scripted.server.sockets;
    commands!.terminate();
    await until(() => events.length > 0);
    assert.equal(events[0]!.kind, "link-lost");
    void robot.stop("cut");
    await until(() => scripted.done.includes("stop cut"));
  });

  it("sends nothing of an earlier walk to a server that comes back", async () => {
    await walk();
    const { port } = scripted.server;
    await scripted.stop();
    await until(() => events.some(({ kind }) => kind === "link-lost"));
    const late = robot.send({ kind: "start" } as never);
    const stop = robot.stop("cut");
    await assert.rejects(late, refused("LINK_LOST", /./));
    assert.equal((await stop).confirmed, false);
    scripted = await ScriptedRobot.start(port);
    await pause(400);
    assert.equal(scripted.server.sockets.length, 0);
    assert.deepEqual(scripted.done, []);
    make();
    await robot.open();
    await pause(100);
    assert.deepEqual(scripted.done, [], "a new link resumes no walk");
  });

  it("takes a robot that has started anew for another one", async () => {
    await walk();
    scripted.reboot("boot-2");
    await until(() => events.some(({ kind }) => kind === "link-lost"));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["rebooted", "link-lost"],
    );
    assert.match(events[0]!.reason, /boot-2/);
    await assert.rejects(robot.send({ kind: "start" } as never), refused("LINK_LOST", /started anew/));
  });

  for (const [way, by] of [
    ["ahead", 3600],
    ["back", -3600],
  ] as const)
    it(`hears nothing of a robot whose clock was set ${way} for half a second, tells of it, and knows its new time`, async () => {
      await walk();
      await until(() => scripted.fed > 3);
      const before = frames.length;
      const setAt = systemClock.now();
      scripted.clockSet = by;
      await until(() => events.some(({ kind }) => kind === "clock-set"));
      assert.deepEqual(
        events.filter(({ kind }) => kind === "clock-set"),
        [{ kind: "clock-set", reason: `the clock that stamps /joint_states was set ${way} by 3600.0 s` }],
      );
      const told = systemClock.now() - setAt;
      assert.ok(told >= 0.5 && told < 1, `told after ${told} s`);
      // One may have been underway.
      const silent = frames
        .slice(before)
        .filter(({ tArrival }) => tArrival > setAt + 0.05 && tArrival < setAt + 0.5);
      assert.deepEqual(silent, []);
      // Nobody has watched it meanwhile: its own dead-man has stopped it, and it obeys again at once.
      await until(() => scripted.done.includes("stop settle"));
      await until(() => Math.abs(frames.at(-1)!.delay ?? Number.NaN) < 0.1);
      assert.equal((await robot.send({ kind: "arm" } as never)).accepted, true);
      const { fed } = scripted;
      await until(() => scripted.fed > fed + 3);
      assert.deepEqual([...new Set(events.map(({ kind }) => kind))].sort(), ["clock-set", "fault"]);
    });

  it("does not keep a robot alive whose stamps are not of its clock, and does when they are again", async () => {
    for (const ahead of [3600, -3600]) {
      make();
      await walk();
      await until(() => scripted.fed > 3);
      scripted.done.length = 0;
      scripted.stampsAhead = ahead;
      await until(() => scripted.done.includes("stop settle"));
      const { fed } = scripted;
      await until(() => events.some(({ kind }) => kind === "clock-set"));
      await pause(200);
      assert.equal(scripted.fed, fed);
      scripted.stampsAhead = 0;
      await until(() => events.filter(({ kind }) => kind === "clock-set").length === 2);
      assert.equal((await robot.send({ kind: "arm" } as never)).accepted, true);
      await until(() => scripted.fed > fed + 3);
      await robot.close();
    }
  });

  it("walks on over a stamp that is ahead of its time", async () => {
    await walk();
    await until(() => scripted.fed > 3);
    const before = frames.length;
    scripted.strays = 1;
    await until(() => frames.length > before + 60);
    assert.deepEqual(events, []);
    const { telemetryAhead } = await robot.diagnostics();
    assert.equal(telemetryAhead, TOPICS.length);
    const times = frames.map(({ tRobot }) => tRobot);
    assert.ok(times.every((time) => Math.abs(time - times[0]!) < 60));
  });

  it("hands on what happens to the robot once, however often it is told", async () => {
    await robot.open();
    scripted.event("BROWN_OUT", "the supply fell to 8 V");
    scripted.event("OVERHEATED", "the knee is hot");
    await until(() => events.length >= 2);
    await pause(50);
    assert.deepEqual(events, [
      { kind: "fault", code: "BROWN_OUT", reason: "the supply fell to 8 V" },
      { kind: "fault", code: "OVERHEATED", reason: "the knee is hot" },
    ]);
  });

  it("does not know what is null, and says which topic has fallen silent", async () => {
    await robot.open();
    scripted.changed.set("/joint_states.position", [null, 0.2]);
    await until(() => Number.isNaN(value(channelName.jointPosition("hip"))));
    assert.equal(value(channelName.jointPosition("knee")), 0.2);
    scripted.changed.set("/joint_states.position", "nonsense");
    await until(() => Number.isNaN(value(channelName.jointPosition("knee"))));
    scripted.mute.add("/battery");
    await until(() => Number.isNaN(value(channelName.batteryVoltage)));
    assert.ok(notices.some((words) => /\/battery is stale/.test(words)));
    assert.equal(value(channelName.roll), 0);
    scripted.mute.clear();
    await until(() => value(channelName.batteryVoltage) === 12);
  });

  it("passes over what is not of the conversation", async () => {
    await robot.open();
    for (const nonsense of ["{", "[]", "null", '{"v":2}', '{"v":1,"number":1}'])
      scripted.say("answer", nonsense);
    scripted.say("event", '{"v":1,"event":"party"}');
    await robot.acquireLease("me");
    await pause(300);
    const figures = await robot.diagnostics();
    assert.equal(figures["conversationMalformed"], 6);
    assert.ok(figures["roundTripMedian"]! > 0 && figures["ping99"]! >= 0);
    assert.deepEqual(events, []);
  });

  it("takes bytes only from a server that delivers them", async () => {
    const topics = TOPICS.map((one) =>
      one.topic === "/imu" ? { ...one, encoding: "cbor-raw" as const } : one,
    );
    make({ telemetry: { rate: 100, frames: "/joint_states", topics } });
    await robot.open();
    assert.ok(notices.some((words) => /\/imu does not come as cbor-raw/.test(words)));
    await until(() => frames.length > 3);
    assert.equal(value(channelName.roll), 0);
  });

  it("is not interrupted by its own standing still", async () => {
    await walk();
    await until(() => scripted.fed > 3);
    const end = seconds() + 0.4;
    while (seconds() < end);
    await pause(100);
    assert.deepEqual(
      events.filter(({ kind }) => kind === "link-lost"),
      [],
    );
  });
});
