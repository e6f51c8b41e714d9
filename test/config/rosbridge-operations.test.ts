/** Robots that are told what to do through their own topics, services, actions and parameters. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placeOf, placesIn } from "../../src/config/message-template.ts";
import type { MappedControl } from "../../src/config/rosbridge-link.ts";
import { type Change, ChangedConfig } from "./changed-config.ts";

const CONTROL = `  control:
    arm: { service: /robot/stand_up, type: std_srvs/srv/Trigger, accepted: success, reason: message, within: 5 s }
    disarm: { nothing: the robot lies down when it is told to settle }
    parameters:
      ros_parameters: /gait
      values:
        clearance: $ground_clearance in mm
        penetration: $ground_penetration
        step: $step_length in cm
        swing: $swing_frequency
        stance: $stance_frequency in Hz
    start:
      topic: /cmd
      type: std_msgs/String
      message: { data: walk }
      repeat: 20 Hz
      confirmed_by: { topic: /state, type: std_msgs/String, field: data, equals: walking }
    stop:
      neutral: { topic: /cmd, type: std_msgs/String, message: { data: stand } }
      settle: { action: /settle, type: my_msgs/action/Settle, goal: { number: $number } }
      cut: { service: /robot/off, type: std_srvs/SetBool, request: { data: false }, accepted: { field: success, equals: true } }
`;
const OWN_WATCHDOG = "  watchdog: { own: the firmware settles after 0.5 s without a message on /cmd }\n";
const MAPPED = ChangedConfig.shipped("simulated-rosbridge.yaml").with(
  [/ {2}control: .*\n/, CONTROL],
  [/ {2}watchdog: .*\n/, OWN_WATCHDOG],
);

const PARAMETERS = / {4}parameters:\n( {6}.*\n)+(?= {4}start)/;
const TARGETS = `    targets:
      topic: /joints/command
      type: std_msgs/Float64MultiArray
      rate: 100 Hz
      order: [FL_hip, FL_knee, FR_hip, FR_knee, RR_hip, RR_knee, RL_hip, RL_knee]
      sign: { "*_knee": -1 }
      timeout: 0.2 s
`;
const STREAMED = MAPPED.with([PARAMETERS, TARGETS]);

function controlOf(config: ChangedConfig): MappedControl {
  const { link } = config.read();
  assert.ok(link.kind === "rosbridge" && link.control.kind === "mapped");
  return link.control;
}

/** Without where it stands. */
function plain<T extends object>(operation: T): Omit<T, "where"> {
  const { where, ...rest } = operation as T & { where?: unknown };
  assert.match(String(where), /^robot\.yaml:\d+:\d+, link\.control\./);
  return rest as Omit<T, "where">;
}

describe("operations", () => {
  it("are services, topics, actions, parameters, or nothing for a reason", () => {
    const { arm, disarm, parameters, start, stop, targets } = controlOf(MAPPED);
    assert.deepEqual(plain(arm), {
      kind: "service",
      service: "/robot/stand_up",
      type: "std_srvs/Trigger",
      request: {},
      accepted: { field: "success", equals: true },
      reason: "message",
      distance: null,
      within: 5,
    });
    assert.deepEqual(disarm, { kind: "nothing", because: "the robot lies down when it is told to settle" });
    assert.deepEqual(plain(parameters!), {
      kind: "ros-parameters",
      node: "/gait",
      values: {
        clearance: "$ground_clearance in mm",
        penetration: "$ground_penetration",
        step: "$step_length in cm",
        swing: "$swing_frequency",
        stance: "$stance_frequency in Hz",
      },
      within: 2,
    });
    assert.deepEqual(plain(start), {
      kind: "topic",
      topic: "/cmd",
      type: "std_msgs/String",
      message: { data: "walk" },
      repeat: 20,
      confirmedBy: { topic: "/state", type: "std_msgs/String", field: "data", equals: "walking", within: 2 },
    });
    assert.deepEqual(plain(stop.settle), {
      kind: "action",
      action: "/settle",
      type: "my_msgs/Settle",
      goal: { number: "$number" },
      distance: null,
      within: 2,
    });
    assert.equal(stop.neutral.kind === "topic" && stop.neutral.repeat, 0);
    assert.equal(stop.cut.kind, "service");
    assert.equal(targets, null);
  });

  it("may tell how far the robot walked, and then take as long as the walk", () => {
    const start = `    start: { service: /walk, type: my_msgs/Walk, request: { seconds: $duration, parameters: [$ground_clearance, $ground_penetration, $step_length, $swing_frequency, $stance_frequency] }, distance: distance }\n`;
    const config = MAPPED.with(
      [PARAMETERS, ""],
      [/ {4}start:\n( {6}.*\n)+(?= {4}stop)/, start],
      ["speed_source: pose", "speed_source: robot"],
      ["report_interval: 1 s", "report_interval: 9 s"],
    );
    const { start: walk, parameters } = controlOf(config);
    assert.ok(walk.kind === "service");
    assert.equal(walk.distance, "distance");
    assert.equal(walk.within, 10.5 + 10);
    assert.equal(parameters, null);
    assert.equal(config.read().speedSource, "robot");
    config.with(["distance: distance", "distance: distance, within: 3 s"]).read();
  });

  it("may be joint targets that gaitsmith streams", () => {
    const { targets, parameters } = controlOf(STREAMED);
    assert.equal(parameters, null);
    assert.deepEqual(plain(targets!), {
      topic: "/joints/command",
      type: "std_msgs/Float64MultiArray",
      rate: 100,
      joints: ["FL_hip", "FL_knee", "FR_hip", "FR_knee", "RR_hip", "RR_knee", "RL_hip", "RL_knee"].map(
        (joint) => ({
          name: joint,
          joint,
          sign: joint.endsWith("knee") ? -1 : 1,
          hold: 0,
        }),
      ),
      timeout: 0.2,
    });
    const named = STREAMED.with(
      ["  reconnect_within", "  joint_names: { FL_hip: left }\n  reconnect_within"],
      ["order: [FL_hip", "order: [left"],
    );
    assert.deepEqual(controlOf(named).targets?.joints[0], {
      name: "left",
      joint: "FL_hip",
      sign: 1,
      hold: 0,
    });
    const unordered = STREAMED.with([/ {6}order: .*\n/, ""]);
    assert.equal(controlOf(unordered).targets?.joints[0]?.joint, "FR_hip");
  });

  const cases: readonly [name: string, change: Change, at: string, ...said: RegExp[]][] = [
    [
      "no way",
      ["arm: { service: /robot/stand_up, ", "arm: { "],
      "arm: {",
      /does not say what is done/,
      /service, topic, action, ros_parameters, nothing/,
    ],
    ["two ways", ["arm: { service", "arm: { topic: /t, service"], "arm: {", /service and topic at once/],
    ["no type", ["type: std_srvs/srv/Trigger, ", ""], "arm: {", /`type` is missing/],
    ["no message", ["message: { data: walk }\n", "\n"], "start:", /`message` is missing/],
    [
      "no values",
      [/ {6}values:\n( {8}.*\n)+/, ""],
      "parameters:",
      /`values` is missing/,
      /tuned but never sent/,
    ],
    [
      "a foreign field",
      ["within: 5 s", "repeat: 5 Hz"],
      "repeat: 5 Hz",
      /`repeat` does not belong to service/,
      /type, request/,
    ],
    [
      "a field beside nothing",
      ["disarm: { nothing", "disarm: { within: 1 s, nothing"],
      "within: 1 s",
      /nothing is done here/,
    ],
    [
      "a field that is misspelt",
      ["accepted: success", "acepted: success"],
      "acepted",
      /Did you mean `accepted`/,
    ],
    ["a distance that is not walked", ["within: 5 s", "distance: d"], "distance: d", /only `start` walks/],
    ["no time", ["within: 5 s", "within: 0 s"], "0 s }", /not above zero/],
    [
      "a robot that cannot be stopped",
      [/cut: .*\n/, "cut: { nothing: it cannot }\n"],
      "nothing: it cannot",
      /a robot that cannot be stopped must not be started/,
    ],
    ["no stop", [/ {4}stop:\n( {6}.*\n)+/, ""], "control:", /`stop` is missing/],
    ["half a stop", [/ {6}settle: .*\n/, ""], "stop:", /`settle` is missing/],
    ["an action in ROS 1", ["ros: auto", "ros: 1"], "action: /settle", /no actions in ROS 1/],
    ["lockstep", ["clock: realtime", "clock: lockstep"], "lockstep", /does not wait for the computer/],
    [
      "a place that is not known",
      ["$number", "$nmber"],
      "$nmber",
      /nothing is called `\$nmber`/,
      /Did you mean `\$number`/,
    ],
    [
      "a parameter that is misspelt",
      ["$step_length in cm", "$step_lenght"],
      "$step_lenght",
      /Did you mean `\$step_length`/,
    ],
    [
      "a parameter where no set is known",
      ["$number", "$step_length"],
      "$step_length }",
      /no parameter set is known here/,
      /\$duration/,
    ],
    ["a place that is written wrongly", ["$number", '"$ number"'], '"$ number"', /not written as a place/],
    [
      "a unit of another dimension",
      ["$step_length in cm", "$step_length in deg"],
      "$step_length in deg",
      /is a length, and `deg` is no unit of that/,
      /m, cm, mm/,
    ],
    [
      "a unit that is misspelt",
      ["$step_length in cm", "$step_length in cmm"],
      "$step_length in cmm",
      /Did you mean `\$step_length in cm`/,
    ],
    ["a unit of what has none", ["$number", "$stamp in s"], "$stamp in s", /no unit that could be converted/],
    ["a unit of a plain number", ["$number", "$number in m"], "$number in m", /`m` is no unit of that/],
    ["an empty value", ["{ data: false }", "{ data: ~ }"], "~ }", /nothing stands here/],
    [
      "a message that is no block",
      ["request: { data: false }", "request: false"],
      "false, accepted",
      /a block of fields/,
    ],
    [
      "a parameter that is never sent",
      [/ {8}step: .*\n/, ""],
      "parameters:",
      /step_length is tuned but never sent: the robot would walk the same/,
      /`\$step_length`/,
    ],
    [
      "parameters that are never sent",
      [PARAMETERS, ""],
      "control:",
      /ground_clearance, ground_penetration, step_length, swing_frequency, stance_frequency are tuned but never sent/,
    ],
    [
      "parameters that nothing is done with",
      [PARAMETERS, "    parameters: { nothing: they are fixed }\n"],
      "nothing: they",
      /would not reach the robot/,
    ],
    ["a relative service", ["/robot/off", "robot/off"], "robot/off", /begins with a slash/],
    [
      "a confirmation without a field",
      ["field: data, equals", "equals"],
      "confirmed_by",
      /`field` is missing/,
    ],
    ["a repetition below zero", ["repeat: 20 Hz", "repeat: -1 Hz"], "-1 Hz", /below zero/],
  ];
  for (const [name, change, at, ...said] of cases)
    it(`are refused for ${name}`, () => {
      const config = MAPPED.with(change);
      if (name !== "no values") return config.refuses(at, ...said);
      for (const one of said) assert.match(config.complaint(), one);
    });

  const streamed: readonly [name: string, change: Change, at: string, ...said: RegExp[]][] = [
    [
      "no time-out of the robot's own",
      [/ {6}timeout: .*\n/, ""],
      "targets:\n      topic",
      /`timeout` is missing/,
      /stops by itself when no target has come/,
    ],
    [
      "a time-out of two periods",
      ["timeout: 0.2 s", "timeout: 20 ms"],
      "20 ms",
      /shorter than 3 periods of `100 Hz`/,
    ],
    [
      "no rate",
      ["      rate: 100 Hz\n      order", "      rate: 0 Hz\n      order"],
      "0 Hz\n      order",
      /not above zero/,
    ],
    ["an unknown joint", ["order: [FL_hip", "order: [FL_hop"], "FL_hop", /Did you mean `FL_hip`/],
    ["a joint that is left out", ["order: [FL_hip, ", "order: ["], "[FL_knee", /FL_hip is missing/],
    [
      "a type that is none",
      [
        "Float64MultiArray\n      rate: 100 Hz\n      order",
        "Float32MultiArray\n      rate: 100 Hz\n      order",
      ],
      "std_msgs/Float32",
      /Did you mean `std_msgs\/Float64MultiArray`/,
    ],
    ["a sign of no joint", ['"*_knee": -1', '"*_nee": -1'], '"*_nee"', /none of this name/],
    [
      "parameters beside",
      ["    targets:", "    parameters: { ros_parameters: /gait, values: { a: 1 } }\n    targets:"],
      "parameters: { ros",
      /takes no parameters/,
    ],
  ];
  for (const [name, change, at, ...said] of streamed)
    it(`with targets are refused for ${name}`, () => STREAMED.with(change).refuses(at, ...said));

  it("with targets hold the joints that the gait does not move", () => {
    const held = STREAMED.with([
      "order: [FL_hip",
      "hold: { left_abduction: 5 deg }\n      order: [left_abduction, FL_hip",
    ]);
    assert.deepEqual(controlOf(held).targets?.joints[0], {
      name: "left_abduction",
      joint: null,
      sign: 1,
      hold: (5 * Math.PI) / 180,
    });
    STREAMED.with(["order: [FL_hip", "hold: { left: 5 deg }\n      order: [FL_hip"]).refuses(
      "left: 5",
      /`order` does not name it/,
    );
    STREAMED.with(["order: [FL_hip", "hold: { FL_hip: 5 deg }\n      order: [FL_hip"]).refuses(
      "FL_hip: 5",
      /the gait moves this joint/,
    );
  });

  it("with targets are refused for the robot's own gait, which gaitsmith does not know", () => {
    STREAMED.with([/name: foot-cpg:trot.*\n {2}body:\n( {4}.*\n)+/, "name: own\n"]).refuses(
      "targets:\n      topic",
      /does not know it/,
    );
  });
});

describe("a place in a message", () => {
  it("is a name after a dollar sign, and a unit", () => {
    assert.deepEqual(placeOf("$a_1"), { name: "a_1", unit: null });
    assert.deepEqual(placeOf(" $a  in  deg/s "), { name: "a", unit: "deg/s" });
    for (const text of ["a", "$", "$1", "$a b", "$a in", "in $a"]) assert.equal(placeOf(text), null, text);
  });

  it("is found wherever it stands", () => {
    const found = [...placesIn({ a: "$x", b: [1, { c: "$y in m" }], d: "x", e: true })];
    assert.deepEqual(found, [
      { text: "$x", path: ["a"] },
      { text: "$y in m", path: ["b", 1, "c"] },
    ]);
  });
});
