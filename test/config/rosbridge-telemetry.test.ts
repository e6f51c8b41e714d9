/** Which topics fill which channels: what a config says, and what is refused. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { simulatedLayout } from "../../sim/layout.ts";
import { NOMINAL_ROBOT } from "../../sim/robot-model.ts";
import type { ChannelMapping, TopicMapping } from "../../src/config/rosbridge-link.ts";
import { type Change, ChangedConfig } from "./changed-config.ts";

const SHIPPED = ChangedConfig.shipped("simulated-rosbridge.yaml");
const HEIGHT = "trunk.height: data[0]";

function topicsOf(config: ChangedConfig): readonly TopicMapping[] {
  const { link } = config.read();
  assert.ok(link.kind === "rosbridge");
  return link.telemetry.topics;
}

function topicOf(config: ChangedConfig, name: string): TopicMapping {
  return topicsOf(config).find(({ topic }) => topic === name) ?? assert.fail(`no topic ${name}`);
}

/** How a channel is filled in place of the trunk's height. */
function mappingOf(line: string, ...changes: readonly Change[]): ChannelMapping {
  const changed = line === HEIGHT ? SHIPPED : SHIPPED.with([HEIGHT, line]);
  const { channels } = topicOf(changed.with(...changes), "/body/exact");
  return channels[0]!;
}

/** What a mapping is beside where it stands. */
function plain({ where: _, ...mapping }: ChannelMapping): Omit<ChannelMapping, "where"> {
  return mapping;
}

const JOINTS = ["FR_hip", "FR_knee", "FL_hip", "FL_knee", "RR_hip", "RR_knee", "RL_hip", "RL_knee"];
const ONES = JOINTS.map(() => 1);

describe("the shipped mapping", () => {
  it("fills every channel of the simulated robot, with its unit and source, once", () => {
    const filled = topicsOf(SHIPPED).flatMap(({ channels }) =>
      channels.flatMap(({ channels: names, joints, unit, source }) =>
        names.map((name, index) => {
          const joint = joints?.[index];
          return joint === undefined ? { name, unit, source } : { name, unit, source, joint };
        }),
      ),
    );
    const byName = (channels: readonly { readonly name: string }[]): unknown[] =>
      channels.map((channel) => ({ ...channel })).sort((a, b) => a.name.localeCompare(b.name));
    assert.deepEqual(byName(filled), byName(simulatedLayout(NOMINAL_ROBOT).channels));
  });

  it("stamps messages by their header, and those that have none by their arrival", () => {
    const stamps = Object.fromEntries(topicsOf(SHIPPED).map(({ topic, stamp }) => [topic, stamp]));
    assert.equal(stamps["/joint_states"], "header.stamp");
    assert.equal(stamps["/stop_button"], null);
    assert.equal(stamps["/motor_currents"], null);
  });
});

describe("a topic", () => {
  const first = (...lines: readonly string[]): TopicMapping =>
    topicOf(
      SHIPPED.with(["        rate: 100 Hz\n", lines.map((line) => `        ${line}\n`).join("")]),
      "/imu/rpy",
    );

  it("has settings with defaults", () => {
    const { encoding, throttle, queue, rate, where, type } = topicOf(SHIPPED, "/imu/rpy");
    assert.deepEqual(
      { encoding, throttle, queue, rate },
      { encoding: "json", throttle: 0, queue: 10, rate: 100 },
    );
    assert.match(where, /^robot\.yaml:\d+:\d+, link\.telemetry\.topics\.\/imu\/rpy$/);
    assert.equal(type, "geometry_msgs/Vector3Stamped");
    const other = first("rate: 50 Hz", "encoding: cbor-raw", "throttle: 20 ms", "queue: 2", "stamp: none");
    assert.equal(other.encoding, "cbor-raw");
    assert.equal(other.throttle, 0.02);
    assert.equal(other.queue, 2);
    assert.equal(other.stamp, null);
    assert.equal(first("rate: 50 Hz", "stamp: time").stamp, "time");
  });

  it("has a type that is written in either ROS's way", () => {
    const changed = SHIPPED.with(["geometry_msgs/Vector3Stamped", "geometry_msgs/msg/Vector3Stamped"]);
    assert.equal(topicOf(changed, "/imu/rpy").type, "geometry_msgs/Vector3Stamped");
  });

  it("of the robot's own type is stamped by its header where its text has one", () => {
    const own = (text: string): string | null =>
      topicOf(
        SHIPPED.with(
          [
            "  reconnect_within",
            `  definitions: { my_msgs/msg/State: ${JSON.stringify(text)} }\n  reconnect_within`,
          ],
          ["type: std_msgs/Bool", "type: my_msgs/State"],
        ),
        "/stop_button",
      ).stamp;
    assert.equal(own("std_msgs/Header header\nbool data\n"), "header.stamp");
    assert.equal(own("bool data\n===\nMSG: other/Type\nHeader header\n"), null);
    const unknown = topicOf(SHIPPED.with(["type: std_msgs/Bool", "type: my_msgs/State"]), "/stop_button");
    assert.equal(unknown.stamp, "header.stamp");
  });
});

describe("a channel", () => {
  it("is a field of the message, by its path alone or in a block", () => {
    const short = mappingOf("trunk.height: data[0]");
    assert.deepEqual(plain(short), plain(mappingOf("trunk.height: { field: 'data[0]' }")));
    assert.deepEqual(plain(short), {
      channels: ["trunk.height"],
      joints: null,
      field: "data[0]",
      pick: { kind: "value" },
      unit: "m",
      factor: 1,
      offset: 0,
      signs: [1],
      source: "measured",
    });
  });

  it("comes in the robot's unit and direction", () => {
    const cm = mappingOf("trunk.height: { field: 'data[0]', unit: cm, sign: -1 }");
    assert.deepEqual([cm.factor, cm.offset, cm.signs], [0.01, 0, [-1]]);
    const kelvin = mappingOf("motor.*.temperature: { field: data, names: name, unit: K }", [
      /motor\.\*\.temperature:\n.*\n/,
      "trunk.height: 'data[0]'\n",
    ]);
    assert.deepEqual([kelvin.factor, kelvin.offset], [1, -273.15]);
    const g = mappingOf("imu.acceleration.x: { field: 'data[3]', unit: g }", [
      "imu.acceleration.x: linear_acceleration.x",
      "trunk.height: linear_acceleration.x",
    ]);
    assert.deepEqual([g.factor, g.unit], [9.80665, "m/s²"]);
  });

  it("of joints takes the elements that the message names, by the robot's own names", () => {
    const changed = SHIPPED.with([
      "  reconnect_within",
      "  joint_names: { FR_hip: front_right }\n  reconnect_within",
    ]);
    const [position] = topicOf(changed, "/joint_states").channels;
    assert.deepEqual(position?.pick, {
      kind: "names",
      field: "name",
      names: ["front_right", ...JOINTS.slice(1)],
    });
    assert.deepEqual(position.joints, JOINTS);
    assert.deepEqual(position.signs, ONES);
  });

  it("of joints takes the elements whose order the config gives, others left out", () => {
    const order = "[_, FR_knee, FR_hip, FL_hip, FL_knee, front_left, RR_hip, RR_knee, _, RL_knee]";
    const changed = SHIPPED.with(
      ["  reconnect_within", "  joint_names: { RL_hip: front_left }\n  reconnect_within"],
      [/order: \[FR_hip.*\]/, `order: ${order}, sign: { '*_knee': -1, FR_hip: -1 }`],
    );
    const [target] = topicOf(changed, "/motor_targets").channels;
    assert.deepEqual(target?.pick, { kind: "places", places: [2, 1, 3, 4, 6, 7, 5, 9] });
    assert.deepEqual(target.signs, [-1, -1, 1, -1, 1, -1, 1, -1]);
  });

  it("of some joints is named by a pattern", () => {
    const { channels } = topicOf(
      SHIPPED.with([
        "joint.*.position: { field: position, names: name }",
        "joint.*_knee.position: { field: position, names: name }",
      ]),
      "/joint_states",
    );
    assert.deepEqual(
      channels[0]?.channels,
      JOINTS.filter((joint) => joint.endsWith("knee")).map((joint) => `joint.${joint}.position`),
    );
  });

  it("is an angle of a quaternion, or the tilt of an IMU without one", () => {
    const angle = SHIPPED.with([
      "imu.roll: vector.x",
      "imu.roll: { field: pose.orientation, angle: pitch, sign: -1 }",
    ]);
    assert.deepEqual(topicOf(angle, "/imu/rpy").channels[0]?.pick, { kind: "angle", angle: "pitch" });
    const tilt = topicOf(SHIPPED.with(["imu.roll: vector.x", "imu.roll: { tilt: roll }"]), "/imu/rpy")
      .channels[0];
    assert.deepEqual([tilt?.pick, tilt?.field], [{ kind: "tilt", angle: "roll" }, ""]);
    const inside = topicOf(
      SHIPPED.with(["imu.roll: vector.x", "imu.roll: { field: imu, tilt: roll }"]),
      "/imu/rpy",
    );
    assert.equal(inside.channels[0]?.field, "imu");
  });

  it("is measured unless it says otherwise, itself or for its topic; a target is always commanded", () => {
    const source = (line: string, ...changes: readonly Change[]): string =>
      mappingOf(line, ...changes).source;
    assert.equal(source("trunk.height: { field: 'data[0]', source: commanded }"), "commanded");
    const topic: Change = ["/body/exact: #", "/body/exact:\n        source: commanded #"];
    assert.equal(source(HEIGHT, topic), "commanded");
    assert.equal(source("trunk.height: { field: 'data[0]', source: measured }", topic), "measured");
    const target = topicOf(
      SHIPPED.with(["        source: commanded\n", "        source: measured\n"]),
      "/motor_targets",
    );
    assert.equal(target.channels[0]?.source, "commanded");
  });
});

describe("what is refused of telemetry", () => {
  const cases: readonly [name: string, change: Change, at: string, ...said: RegExp[]][] = [
    [
      "a channel that is not known",
      [HEIGHT, "trunk.hight: data[0]"],
      "trunk.hight",
      /Did you mean `trunk\.height`/,
    ],
    [
      "a joint that is not known",
      [HEIGHT, "joint.FR_hop.position: 'data[0]'"],
      "joint.FR_hop",
      /Did you mean `joint\.FR_hip\.position`/,
    ],
    [
      "a pattern that fits nothing",
      [HEIGHT, "joint.*.positon: { field: data, names: n }"],
      "joint.*.positon",
      /Did you mean `joint\.\*\.position`/,
    ],
    [
      "a leg that is not known",
      [HEIGHT, "contact.FX: 'data[0]'"],
      "contact.FX",
      /no such channel/,
      /the joints are FR_hip/,
    ],
    [
      "a pattern of several kinds",
      [HEIGHT, "motor.*: { field: data, names: n }"],
      "motor.*: {",
      /channels of 6 kinds: motor\.\*\.position, /,
    ],
    [
      "a channel that is filled twice",
      [HEIGHT, "pose.x: data[0]"],
      "pose.x: data[0]",
      /pose\.x is filled already, at robot\.yaml:\d+:\d+, link\.telemetry\.topics\.\/pose\.channels\.pose\.x/,
    ],
    [
      "an array without an order",
      ["names: name }", "}"],
      "joint.*.position",
      /8 channels are filled from one array/,
      /`names:`.*`order:`/,
    ],
    [
      "two orders",
      ["names: name }", "names: name, order: [FR_hip] }"],
      "joint.*.position",
      /`names` and `order` cannot both be/,
    ],
    [
      "an order with an unknown joint",
      ["order: [FR_hip", "order: [FR_hop"],
      "FR_hop",
      /`FR_hop` is none of/,
      /Did you mean `FR_hip`/,
      /Write _/,
    ],
    ["an order that lacks a joint", ["order: [FR_hip, ", "order: [_, "], "[_, FR_knee", /FR_hip is missing/],
    [
      "an order with a joint twice",
      ["order: [FR_hip, ", "order: [FR_hip, FR_hip, "],
      "FR_hip, FR_knee, FL_hip, FL_knee, RR_hip, RR_knee, RL_hip, RL_knee] }",
      /`FR_hip` stands in the order twice/,
    ],
    [
      "an order of legs with a joint",
      ["order: [FR, FL, RR, RL]", "order: [FR, FL, RR, RL_hip]"],
      "RL_hip] }\n      /body",
      /`RL_hip` is none of FR, FL, RR, RL/,
    ],
    ["no field", [HEIGHT, "trunk.height: { unit: cm }"], "trunk.height: {", /`field` is missing/],
    ["a path that is none", [HEIGHT, "trunk.height: data[]"], "data[]", /`data\[\]` is not a path/],
    ["a field that is misspelt", [HEIGHT, "trunk.height: { feild: data }"], "feild", /Did you mean `field`/],
    [
      "a unit of another dimension",
      [HEIGHT, "trunk.height: { field: data, unit: deg }"],
      "deg }",
      /`deg` is no unit of a length/,
      /Use one of: m, cm, mm/,
    ],
    [
      "a unit that is misspelt",
      [HEIGHT, "trunk.height: { field: data, unit: cmm }"],
      "cmm",
      /Did you mean `cm`/,
    ],
    [
      "a sign that is none",
      [HEIGHT, "trunk.height: { field: data, sign: 2 }"],
      "2 }",
      /`2` is neither 1 nor -1/,
    ],
    [
      "a sign by name of what has none",
      [HEIGHT, "trunk.height: { field: data, sign: { FR: -1 } }"],
      "FR: -1",
      /belongs to no joint or leg/,
    ],
    [
      "a sign of an unknown joint",
      ["names: name }", "names: name, sign: { FR_nee: -1 } }"],
      "FR_nee",
      /Did you mean `FR_knee`/,
    ],
    [
      "an angle of a channel that is none",
      [HEIGHT, "trunk.height: { field: q, angle: roll }"],
      "trunk.height: {",
      /this channel is no angle/,
    ],
    [
      "an angle with a unit",
      ["imu.roll: vector.x", "imu.roll: { field: q, angle: roll, unit: deg }"],
      "imu.roll: {",
      /in rad already/,
    ],
    [
      "an angle for many",
      ["position, names: name }", "position, angle: roll }"],
      "joint.*.position",
      /an angle is one number/,
    ],
    [
      "an angle that is none",
      ["imu.roll: vector.x", "imu.roll: { field: q, angle: rol }"],
      "rol }",
      /Did you mean `roll`/,
    ],
    [
      "frames of no topic",
      ["frames: /joint_states", "frames: /joint_state"],
      "/joint_state #",
      /is none of the topics/,
      /Did you mean `\/joint_states`/,
    ],
    [
      "a topic's name without a slash",
      ["/stop_button:", "stop_button:"],
      "stop_button:\n",
      /not a topic's full name/,
    ],
    ["a type that is none", ["std_msgs/Bool", "Bool"], "Bool", /package\/Type/],
    ["a rate of nothing", ["rate: 100 Hz", "rate: 0 Hz"], "0 Hz", /not above zero/],
    ["a rate without a unit", ["rate: 100 Hz", "rate: 100"], "100\n", /no unit/],
    [
      "a throttle below the rate",
      ["rate: 100 Hz", "rate: 100 Hz\n        throttle: 20 ms"],
      "20 ms",
      /50 messages a second, fewer than `100 Hz`/,
    ],
    [
      "a throttle below zero",
      ["rate: 100 Hz", "rate: 100 Hz\n        throttle: -20 ms"],
      "-20 ms",
      /below zero/,
    ],
    [
      "a stamp that is no path",
      ["rate: 100 Hz", "rate: 100 Hz\n        stamp: header stamp"],
      "header stamp",
      /not a path/,
    ],
    [
      "no channels",
      [/channels:\n {10}stop_button: data/, "channels: {}"],
      "channels: {}",
      /channels: it is empty/,
    ],
    [
      "an encoding that is none",
      ["rate: 100 Hz", "rate: 100 Hz\n        encoding: cbor"],
      "cbor\n",
      /Did you mean `cbor-raw`/,
    ],
  ];
  for (const [name, change, at, ...said] of cases) it(name, () => SHIPPED.with(change).refuses(at, ...said));
});

describe("the source of speed", () => {
  const ODOMETRY: Change = ["speed_source: pose", "speed_source: odometry"];

  it("may be commanded nowhere, and the line that says so is named", () => {
    const topic = SHIPPED.with(["      /pose:", "      /pose:\n        source: commanded"]);
    topic.refuses("commanded # an external pose", /pose\.x is commanded/, /maximise its own wish/);
    const channel = SHIPPED.with(["pose.yaw: vector.z", "pose.yaw: { field: vector.z, source: commanded }"]);
    channel.refuses("pose.yaw: {", /pose\.yaw is commanded/);
    const odometry = SHIPPED.with(ODOMETRY, [
      "source: measured\n        channels:\n          odometry.x",
      "source: commanded\n        channels:\n          odometry.x",
    ]);
    odometry.refuses(
      "commanded\n        channels:\n          odometry.x",
      /odometry\.x is commanded/,
      /encoders behind the springs/,
    );
    assert.ok(
      SHIPPED.with([
        "source: measured\n        channels:\n          odometry.x",
        "source: commanded\n        channels:\n          odometry.x",
      ]).read(),
    );
  });

  it("is odometry only where the file says that it is measured", () => {
    assert.equal(SHIPPED.with(ODOMETRY).read().speedSource, "odometry");
    const silent = SHIPPED.with(ODOMETRY, [
      "        source: measured\n        channels:\n          odometry.x",
      "        channels:\n          odometry.x",
    ]);
    silent.refuses(
      "pose.pose.position.x",
      /nothing says whether odometry\.x is measured/,
      /add `source: measured` or `source: commanded`/,
    );
  });

  it("must be filled", () => {
    SHIPPED.with(["          pose.y: pose.position.y\n", ""]).refuses(
      "pose\n\nwalk:",
      /it is pose, but no topic fills pose\.y/,
    );
  });
});
