/** A robot that is told what to do through its own services, topics and parameters. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../../../src/clock.ts";
import type {
  MappedControl,
  Operation,
  RosbridgeLinkConfig,
  ServiceCall,
} from "../../../src/config/rosbridge-link.ts";
import type { RobotUnderTest } from "../../../src/conformance/robot.ts";
import { RosbridgeRobot } from "../../../src/links/rosbridge/rosbridge-robot.ts";
import type { Command } from "../../../src/robot/command.ts";
import { parameterHash } from "../../../src/robot/parameters.ts";
import type { Acknowledgement, RobotEvent } from "../../../src/robot/robot.ts";
import { JOINTS, linkTo, ROBOT_ID, ScriptedRobot } from "./scripted-robot.ts";

const SET = {
  gait: "own",
  values: [
    ["step_length", 0.04],
    ["lift", 0.02],
  ],
} as const;
const GAIT = {
  name: "own",
  parameters: {
    step_length: { unit: "m", low: 0, high: 0.1 },
    lift: { unit: "m", low: 0.01, high: 0.05 },
  },
};
const NOTHING: Operation = { kind: "nothing", because: "it needs nothing" };

const service = (name: string, change: Partial<ServiceCall> = {}): ServiceCall => ({
  kind: "service",
  service: name,
  type: "std_srvs/Trigger",
  request: {},
  accepted: { field: "success", equals: true },
  reason: "message",
  distance: null,
  within: 1,
  where: "robot.yaml",
  ...change,
});

const CONTROL: MappedControl = {
  kind: "mapped",
  arm: service("/arm", { request: { data: true } }),
  disarm: service("/arm", { request: { data: false } }),
  parameters: service("/set_gait", {
    request: {
      step: "$step_length in mm",
      lift: "$lift",
      ramps: ["$ramp_in", "$ramp_out in ms"],
      id: "$epoch",
    },
  }),
  start: service("/start"),
  stop: { neutral: service("/stand"), settle: service("/settle"), cut: service("/cut") },
  targets: null,
};

describe("a robot behind rosbridge, through its own interfaces", () => {
  let scripted: ScriptedRobot;
  let robot: (RosbridgeRobot & RobotUnderTest) | null;
  let events: RobotEvent[];
  let notices: string[];
  let called: [string, unknown][];

  beforeEach(async () => {
    scripted = await ScriptedRobot.start();
    robot = null;
    events = [];
    notices = [];
    called = [];
    for (const name of ["/arm", "/set_gait", "/start", "/stand", "/settle", "/cut"])
      offer(name, () => ({ success: true, message: "" }));
  });

  afterEach(async () => {
    await robot?.close();
    await scripted.stop();
  });

  function offer(name: string, answer: (args: unknown) => unknown): void {
    scripted.services.set(name, (args) => {
      called.push([name, args]);
      return answer(args);
    });
  }

  async function open(control: Partial<MappedControl> = {}, link: Partial<RosbridgeLinkConfig> = {}) {
    robot = new RosbridgeRobot({
      link: linkTo(scripted.server.url, {
        control: { ...CONTROL, ...control },
        watchdog: { kind: "own", because: "its firmware stops after 0.5 s" },
        ...link,
      }),
      robotId: ROBOT_ID,
      joints: JOINTS,
      gait: GAIT,
      speedSource: "operator",
      walkSeconds: 8,
      clock: systemClock,
    });
    robot.onEvent((event) => events.push(event));
    robot.onNotice((words) => notices.push(words));
    const capabilities = await robot.open();
    await robot.acquireLease("me");
    return capabilities;
  }

  const send = (command: Command): Promise<Acknowledgement> => (robot as RobotUnderTest).send(command);

  const accept = async (...commands: Command[]): Promise<Acknowledgement> => {
    let answer: Acknowledgement = { accepted: false, reason: "nothing was sent" };
    for (const command of commands) {
      answer = await send(command);
      assert.equal(answer.accepted, true, `${command.kind}: ${answer.reason}`);
    }
    return answer;
  };

  const refuse = async (command: Command, reason: RegExp): Promise<void> => {
    const answer = await send(command);
    assert.equal(answer.accepted, false, command.kind);
    assert.match(answer.reason, reason);
  };

  /** The set as ROS parameters, one of them in another unit. */
  const ROS_PARAMETERS: Operation = {
    ...{ kind: "ros-parameters", node: "/gait", within: 1, where: "robot.yaml" },
    values: { step: "$step_length in mm", lift: "$lift" },
  };
  const STAGE: Command = { kind: "stage", parameters: SET, rampIn: 0.5, rampOut: 0.25 };
  const COMMIT: Command = { kind: "commit", hash: parameterHash(SET) };
  const ARM: Command = { kind: "arm" };
  const START: Command = { kind: "start" };

  it("calls what the config names, with values in the units that it wants", async () => {
    const capabilities = await open();
    assert.equal(capabilities.runsGait, true);
    const { hash } = await accept(ARM, STAGE);
    assert.equal(hash, parameterHash(SET));
    await accept(COMMIT, START);
    const stopped = await robot!.stop("neutral");
    assert.ok(stopped.confirmed && stopped.tRobot > 0);
    await refuse({ kind: "disarm" }, /ramping-out/);
    await pause(300);
    await accept({ kind: "disarm" });
    assert.deepEqual(called, [
      ["/arm", { data: true }],
      ["/set_gait", { step: 40, lift: 0.02, ramps: [0.5, 250], id: 1 }],
      ["/start", {}],
      ["/stand", {}],
      ["/arm", { data: false }],
    ]);
    assert.deepEqual(events, []);
  });

  it("hands on the robot's no, and its reason", async () => {
    offer("/arm", () => ({ success: false, message: "the lid is open" }));
    await open();
    await refuse(ARM, /^the lid is open$/);
    await refuse(START, /committed/);
    offer("/arm", () => null);
    await refuse(ARM, /no such service/);
    offer("/arm", () => ({}));
    await refuse(ARM, /answered \{\}/);
  });

  it("stops while a call hangs, over the other connection, and stops again when the call has come through", async () => {
    offer("/arm", () => undefined);
    await open();
    const armed = send(ARM);
    await pause(50);
    const since = performance.now();
    const stopped = await robot!.stop("cut");
    assert.ok(stopped.confirmed && performance.now() - since < 200);
    await assert.rejects(armed, /did not answer/);
    await pause(50);
    assert.deepEqual(
      called.map(([name]) => name),
      ["/arm", "/cut", "/cut"],
    );
    const bySocket = scripted.server.sockets.map((socket) =>
      scripted.server.heardFrom(socket).map((one) => one.service),
    );
    assert.ok(bySocket[0]!.includes("/arm") && !bySocket[0]!.includes("/cut"));
    assert.ok(bySocket[1]!.includes("/cut") && !bySocket[1]!.includes("/arm"));
  });

  it("sends a harder stop around a milder one that hangs", async () => {
    offer("/settle", () => undefined);
    await open();
    await accept(ARM, STAGE, COMMIT, START);
    const settled = robot!.stop("settle");
    const cut = await robot!.stop("cut");
    assert.ok(cut.confirmed && cut.level === "cut");
    const [first, second] = scripted.server.sockets;
    assert.ok(scripted.server.heardFrom(second!).some((one) => one.service === "/settle"));
    assert.ok(scripted.server.heardFrom(first!).some((one) => one.service === "/cut"));
    assert.equal((await settled).confirmed, false);
    await refuse(START, /while off/);
  });

  it("waits for a topic to confirm, repeats a stop until it does", async () => {
    const message = (word: string): Operation => ({
      ...{ kind: "topic", topic: "/mode", type: "std_msgs/String", repeat: 0, where: "robot.yaml" },
      message: { data: word },
      confirmedBy: { topic: "/state", type: "std_msgs/String", field: "data", equals: word, within: 0.3 },
    });
    scripted.further.set("/state", "std_msgs/String");
    let deaf = 0;
    const { onMessage } = scripted.server;
    scripted.server.onMessage = (heard, socket) => {
      onMessage(heard, socket);
      if (heard.op === "publish" && heard.topic === "/mode" && deaf-- <= 0)
        scripted.server.publish("/state", heard.msg);
    };
    await open({ arm: message("stand"), stop: { ...CONTROL.stop, cut: message("off") } });
    await accept(ARM);
    deaf = 3;
    assert.ok((await robot!.stop("cut")).confirmed);
    const words = scripted.server.published("/mode").map((one) => (one as { data: string }).data);
    assert.deepEqual(words, ["stand", "off", "off", "off", "off"]);
    deaf = 1000;
    await refuse(ARM, /data of \/state did not become "stand" within 0.3 s/);
  });

  it("repeats a message until the next operation, with a new stamp each time", async () => {
    const start: Operation = {
      ...{ kind: "topic", topic: "/go", type: "geometry_msgs/TwistStamped", repeat: 50, confirmedBy: null },
      message: { header: { stamp: "$stamp" }, twist: { linear: { x: 0.2 } } },
      where: "robot.yaml",
    };
    await open({ start });
    await accept(ARM, STAGE, COMMIT, START);
    await pause(200);
    await robot!.stop("neutral");
    const sent = scripted.server.published("/go") as { header: { stamp: { secs: number; nsecs: number } } }[];
    assert.ok(sent.length >= 6, `${sent.length}`);
    const stamps = sent.map(({ header: { stamp } }) => stamp.secs + stamp.nsecs / 1e9);
    assert.ok(stamps.every((stamp, index) => index === 0 || stamp > stamps[index - 1]!));
    assert.ok(Math.abs(stamps.at(-1)! - scripted.time) < 0.5);
    await pause(100);
    assert.equal(scripted.server.published("/go").length, sent.length);
  });

  it("writes ROS parameters of ROS 1 one by one and trusts what it reads back", async () => {
    const held = new Map<string, unknown>();
    offer("/rosapi/get_param_names", () => ({ names: ["/gait/step", "/gait/lift"] }));
    offer("/rosapi/set_param", (args) => {
      const { name, value } = args as { name: string; value: string };
      held.set(name, name === "/gait/step" ? JSON.parse(value) : Math.fround(JSON.parse(value)));
      return {};
    });
    offer("/rosapi/get_param", (args) => ({
      value: JSON.stringify(held.get((args as { name: string }).name)),
    }));
    await open({ parameters: ROS_PARAMETERS });
    assert.equal((await accept(STAGE)).hash, parameterHash(SET), "32 bits are enough");
    offer("/rosapi/get_param", (args) => ({
      value: (args as { name: string }).name === "/gait/step" ? "39.5" : "0.02",
    }));
    const { hash } = await accept(STAGE);
    assert.equal(
      hash,
      parameterHash({
        gait: "own",
        values: [
          ["step_length", 0.0395],
          ["lift", 0.02],
        ],
      }),
    );
    await refuse(COMMIT, /hash/);
  });

  it("writes ROS parameters of ROS 2 at once, in the kinds that the node has declared", async () => {
    scripted.ros = 2;
    offer("/gait/list_parameters", () => ({ result: { names: ["step", "lift"] } }));
    let values: unknown[] = [
      { type: 2, integer_value: 1 },
      { type: 3, double_value: 0.1 },
    ];
    offer("/gait/get_parameters", () => ({ values }));
    offer("/gait/set_parameters_atomically", (args) => {
      values = (args as { parameters: { value: unknown }[] }).parameters.map((one) => one.value);
      return { result: { successful: true, reason: "" } };
    });
    await open({ parameters: ROS_PARAMETERS });
    assert.equal((await accept(STAGE)).hash, parameterHash(SET));
    assert.deepEqual(values, [
      { type: 2, integer_value: 40 },
      { type: 3, double_value: 0.02 },
    ]);
    offer("/gait/set_parameters_atomically", () => ({
      result: { successful: false, reason: "too long a step" },
    }));
    await refuse(STAGE, /too long a step/);
  });

  it("tells what it holds where that are ROS parameters, and says that it cannot otherwise", async () => {
    const held = new Map<string, unknown>([
      ["/gait/step", 41],
      ["/gait/lift", 0.03],
    ]);
    offer("/rosapi/get_param_names", () => ({ names: ["/gait/step", "/gait/lift"] }));
    offer("/rosapi/set_param", (args) => {
      const { name, value } = args as { name: string; value: string };
      held.set(name, Math.fround(JSON.parse(value)));
      return {};
    });
    offer("/rosapi/get_param", (args) => ({
      value: JSON.stringify(held.get((args as { name: string }).name)),
    }));
    await open({ parameters: ROS_PARAMETERS });
    assert.deepEqual((await robot!.activeParameters())?.values, [
      ["step_length", 0.041],
      ["lift", 0.03],
    ]);
    await accept(STAGE, COMMIT);
    assert.deepEqual(await robot!.activeParameters(), SET, "what came back as it was sent");
    held.set("/gait/step", 40.5);
    assert.deepEqual((await robot!.activeParameters())?.values[0], ["step_length", 0.0405]);
    await robot!.close();
    await open({});
    await assert.rejects(robot!.activeParameters(), /cannot be read back/);
  });

  it("walks in episodes: the answer comes after the walk and says how far it went", async () => {
    const start = service("/walk", { request: { seconds: "$duration" }, distance: "distance", within: 5 });
    let finish: (values: object) => void = () => {};
    scripted.services.set("/walk", (args) => {
      called.push(["/walk", args]);
      const { id } = scripted.server.heard.findLast((one) => one.service === "/walk")!;
      finish = (values) =>
        scripted.server.send({ op: "service_response", id, service: "/walk", result: true, values });
      return undefined;
    });
    await open({ start });
    await accept(ARM, STAGE, COMMIT, START);
    assert.deepEqual(called.at(-1), ["/walk", { seconds: 8 }]);
    const distance = robot!.walkedDistance();
    finish({ success: true, message: "", distance: 1.25 });
    assert.equal(await distance, 1.25);
    await robot!.stop("neutral");
    await pause(300);
    await accept(START);
    const ended = robot!.walkedDistance();
    await robot!.stop("neutral");
    finish({ success: false, message: "ended by stand", distance: 0.75 });
    assert.equal(await ended, 0.75, "that it was stopped makes it no shorter");
    await pause(300);
    await accept(START);
    const failed = robot!.walkedDistance();
    finish({ success: false, message: "a motor is hot", distance: 0.5 });
    assert.equal(await failed, Number.NaN);
    await pause(10);
    assert.deepEqual(events, [{ kind: "fault", code: "WALK_FAILED", reason: "a motor is hot" }]);
    events.length = 0;
    await robot!.stop("neutral");
    scripted.services.set("/walk", () => ({ success: false, message: "not on the line" }));
    await pause(300);
    await refuse(START, /not on the line/);
    assert.deepEqual(events, []);
  });

  it("streams targets by the robot's own names, order and signs", async () => {
    const targets = {
      topic: "/targets",
      type: "trajectory_msgs/JointTrajectory",
      rate: 50,
      joints: [
        { name: "knee_joint", joint: "knee", sign: -1, hold: 0 },
        { name: "head", joint: null, sign: 1, hold: 0.5 },
        { name: "hip_joint", joint: "hip", sign: 1, hold: 0 },
      ],
      timeout: 0.3,
      where: "robot.yaml",
    } as const;
    const capabilities = await open({ parameters: null, targets, start: NOTHING });
    assert.equal(capabilities.runsGait, false);
    assert.deepEqual(capabilities.targets, { rate: 50, timeout: 0.3 });
    const positions = Float64Array.of(0.1, 0.2);
    await refuse({ kind: "targets", positions }, /while off/);
    await accept(ARM, { kind: "targets", positions });
    await pause(50);
    assert.deepEqual(scripted.server.published("/targets"), [
      {
        joint_names: ["knee_joint", "head", "hip_joint"],
        points: [
          {
            ...{ positions: [-0.2, 0.5, 0.1], velocities: [], accelerations: [], effort: [] },
            time_from_start: { secs: 0, nsecs: 20_000_000 },
          },
        ],
      },
    ]);
    await refuse(STAGE, /takes joint targets/);
    // It would hold the last target for ever.
    await pause(350);
    await refuse({ kind: "targets", positions }, /while off/);
    assert.deepEqual(called, [
      ["/arm", { data: true }],
      ["/settle", {}],
    ]);
    const [fault, ...more] = events;
    assert.ok(fault?.kind === "fault" && fault.code === "TARGETS_MISSING" && more.length === 0);
    assert.match(fault.reason, /no joint target for 0\.3\d s/);
    await accept(ARM);
    for (let k = 0; k < 8; k++) {
      await accept({ kind: "targets", positions });
      await pause(50);
    }
    await accept({ kind: "disarm" });
    await pause(350);
    assert.equal(events.length, 1);
  });

  it("is guarded by the watchdog from before it rises until after it is off", async () => {
    await open({}, { watchdog: { kind: "node", namespace: "/gaitsmith" } });
    await accept(ARM);
    assert.deepEqual(scripted.done, ["arm"]);
    assert.equal(called.filter(([name]) => name === "/arm").length, 1);
    await pause(150);
    assert.ok(scripted.fed > 1, "it is fed");
    assert.ok((await robot!.stop("cut")).confirmed);
    assert.deepEqual(scripted.done, ["arm", "stop cut"]);
    offer("/arm", () => ({ success: false, message: "no" }));
    await refuse(ARM, /^no$/);
    assert.deepEqual(scripted.done.slice(2), ["arm", "disarm"]);
  });

  it("brings to rest what it leaves", async () => {
    await open();
    await accept(ARM, STAGE, COMMIT, START);
    await robot!.close();
    assert.equal(called.at(-1)![0], "/settle");
  });
});
