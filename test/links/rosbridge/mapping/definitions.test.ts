/** Message definitions: the common ones, the config's own, and what is wrong with those. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessageDefinitions } from "../../../../src/links/rosbridge/mapping/definitions.ts";

describe("message definitions", () => {
  for (const ros of [1, 2] as const) {
    it(`knows the common types of ROS ${ros} in either spelling`, () => {
      const definitions = new MessageDefinitions({}, ros);
      const short = definitions.fieldsOf("sensor_msgs/JointState");
      assert.deepEqual(
        short?.map(({ name, type, array }) => [name, type, array]),
        [
          ["header", "std_msgs/Header", null],
          ["name", "string", { length: null }],
          ["position", "float64", { length: null }],
          ["velocity", "float64", { length: null }],
          ["effort", "float64", { length: null }],
        ],
      );
      assert.equal(definitions.fieldsOf("sensor_msgs/msg/JointState"), short);
      assert.deepEqual(definitions.fieldsOf("sensor_msgs/Imu")?.[2]?.array, { length: 9 });
      assert.deepEqual(definitions.fieldsOf("std_msgs/UInt8MultiArray")?.[1], {
        name: "data",
        type: "uint8",
        array: { length: null },
      });
      assert.equal(definitions.fieldsOf("sensor_msgs/JointSate"), null);
    });
  }

  it("has a number in the header in ROS 1 only", () => {
    const names = (ros: 1 | 2) =>
      new MessageDefinitions({}, ros).fieldsOf("std_msgs/Header")?.map(({ name }) => name);
    assert.deepEqual(names(1), ["seq", "stamp", "frame_id"]);
    assert.deepEqual(names(2), ["stamp", "frame_id"]);
  });

  it("takes the config's own text, whose types may be of its own package, of ours, or follow in the text", () => {
    const own = {
      "my_msgs/GaitState": [
        "Header header # when",
        "uint8 STANDING=0",
        "Leg[4] legs",
        "my_msgs/Battery battery",
        "===",
        "MSG: my_msgs/Battery",
        "float32 volts",
      ].join("\n"),
      "my_msgs/msg/Leg": "geometry_msgs/Point foot\nbool contact\n",
    };
    const definitions = new MessageDefinitions(own, 1);
    assert.deepEqual(definitions.findings, []);
    assert.deepEqual(
      definitions.fieldsOf("my_msgs/GaitState")?.map(({ name, type }) => [name, type]),
      [
        ["header", "std_msgs/Header"],
        ["legs", "my_msgs/Leg"],
        ["battery", "my_msgs/Battery"],
      ],
    );
    assert.deepEqual(
      definitions.withDependencies("my_msgs/GaitState")?.map(({ name }) => name),
      [undefined, "std_msgs/Header", "my_msgs/Leg", "geometry_msgs/Point", "my_msgs/Battery"],
    );
  });

  it("understands what only ROS 2 has: bounds, defaults, times that are messages", () => {
    const own = {
      "my_msgs/S": "builtin_interfaces/Time at\nfloat64[<=12] q\nstring<=8 name\nfloat64 gain 1.5",
    };
    const definitions = new MessageDefinitions(own, 2);
    assert.deepEqual(definitions.findings, []);
    assert.deepEqual(
      definitions.fieldsOf("my_msgs/S")?.map(({ name, type, array }) => [name, type, array?.length]),
      [
        ["at", "time", undefined],
        ["q", "float64", null],
        ["name", "string", undefined],
        ["gain", "float64", undefined],
      ],
    );
  });

  it("tells the line that is none", () => {
    const { findings } = new MessageDefinitions({ "my_msgs/S": "float64 x\n# fine\n\nfloat64 y z\n" }, 1);
    assert.deepEqual(
      findings.map(({ severity, where, what }) => [severity, where, what]),
      [
        [
          "error",
          "link.definitions, my_msgs/S, line 4",
          "`float64 y z` is not a line of a ROS 1 message definition",
        ],
      ],
    );
  });

  it("tells the line with an unknown type, and the nearest that is known", () => {
    const text = "float64 x\nflaot64 y\ngeometry_msgs/Pont[] feet\nother_msgs/Thing z";
    const { findings } = new MessageDefinitions({ "my_msgs/S": text }, 1);
    assert.deepEqual(
      findings.map(({ where, what, remedy }) => `${where}: ${what}. ${remedy}`),
      [
        "link.definitions, my_msgs/S, line 2: `flaot64` of the field `y` is no known type. " +
          "Did you mean `float64`? Otherwise add its text to link.definitions.",
        "link.definitions, my_msgs/S, line 3: `geometry_msgs/Pont` of the field `feet` is no known type. " +
          "Did you mean `geometry_msgs/Point`? Otherwise add its text to link.definitions.",
        "link.definitions, my_msgs/S, line 4: `other_msgs/Thing` of the field `z` is no known type. " +
          "Add its text to link.definitions as `other_msgs/Thing`.",
      ],
    );
  });
});
