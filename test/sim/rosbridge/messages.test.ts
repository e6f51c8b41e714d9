/** Messages between JSON, values and bytes: what is taken, what is refused, and what is written. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ros1 } from "@foxglove/rosmsg-msgs-common";
import { MessageReader } from "@foxglove/rosmsg-serialization";
import { ConversionError, messageFromJson } from "../../../sim/rosbridge/message-from-json.ts";
import { messageToBytes } from "../../../sim/rosbridge/message-to-bytes.ts";
import { messageToJson } from "../../../sim/rosbridge/message-to-json.ts";
import { RosTypes } from "../../../sim/rosbridge/message-type.ts";
import { floatText, parseWire, stringText, wireText } from "../../../sim/rosbridge/wire-json.ts";

const TYPES = { 1: new RosTypes(1), 2: new RosTypes(2) } as const;
const NOW = { sec: 7, nsec: 5 };

function there(version: 1 | 2, name: string, json: string): string {
  const type = TYPES[version].message(name)!;
  return messageToJson(
    messageFromJson(parseWire(json), type, () => NOW),
    type,
  );
}

describe("messages from clients", () => {
  for (const [version, type, json, text] of [
    [1, "std_msgs/Bool", '{"data":true}', '{"data":true}'],
    [1, "std_msgs/Float32", '{"data":0.1}', '{"data":0.10000000149011612}'],
    [1, "std_msgs/Float64", '{"data":3}', '{"data":3.0}'],
    [1, "std_msgs/Float64", '{"data":-Infinity}', '{"data":null}'],
    [
      1,
      "std_msgs/UInt8MultiArray",
      '{"data":[1,2,255]}',
      '{"layout":{"dim":[],"data_offset":0},"data":"AQL\\/"}',
    ],
    [
      1,
      "std_msgs/UInt8MultiArray",
      '{"data":"AQL/"}',
      '{"layout":{"dim":[],"data_offset":0},"data":"AQL\\/"}',
    ],
    [1, "std_msgs/String", '{"data":"é/\\n"}', '{"data":"\\u00e9\\/\\n"}'],
    [1, "std_msgs/Header", "{}", '{"seq":0,"stamp":{"secs":7,"nsecs":5},"frame_id":""}'],
    [1, "std_msgs/Header", '{"stamp":{"secs":1}}', '{"seq":0,"stamp":{"secs":1,"nsecs":0},"frame_id":""}'],
    [2, "std_msgs/msg/Header", "{}", '{"stamp":{"sec":7,"nanosec":5},"frame_id":""}'],
    [2, "std_msgs/Header", '{"stamp":{"secs":1,"nsecs":2}}', '{"stamp":{"sec":1,"nanosec":2},"frame_id":""}'],
    [2, "std_msgs/Float64", '{"data":true}', '{"data":1.0}'],
    [1, "geometry_msgs/Vector3", "{}", '{"x":0.0,"y":0.0,"z":0.0}'],
  ] as const)
    it(`ROS ${version} takes ${type} ${json}`, () => assert.equal(there(version, type, json), text));

  for (const [version, type, json] of [
    [1, "std_msgs/Bool", '{"data":1}'],
    [1, "std_msgs/Float64", '{"data":true}'],
    [1, "std_msgs/Float64", '{"data":"1"}'],
    [1, "std_msgs/Float64", '{"data":null}'],
    [1, "std_msgs/UInt32", '{"data":1.0}'],
    [1, "std_msgs/UInt32", '{"data":-1}'],
    [1, "std_msgs/UInt32", '{"data":4294967296}'],
    [1, "std_msgs/String", '{"data":1}'],
    [1, "std_msgs/String", '{"dta":"x"}'],
    [1, "std_msgs/String", '"x"'],
    [1, "geometry_msgs/Vector3", '{"x":{}}'],
    [1, "sensor_msgs/Imu", '{"orientation_covariance":[1,2]}'],
    [1, "sensor_msgs/JointState", '{"name":"a"}'],
    [2, "std_msgs/Float64MultiArray", '{"data":[null]}'],
    [2, "std_msgs/Bool", '{"data":1}'],
  ] as const)
    it(`ROS ${version} refuses ${type} ${json}`, () =>
      assert.throws(() => there(version, type, json), ConversionError));
});

describe("JSON as the server writes it", () => {
  for (const [value, text] of [
    [1, "1.0"],
    [-0, "-0.0"],
    [1e-5, "1e-5"],
    [0.0001, "0.0001"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [-3e-7, "-3e-7"],
    [0.37037010000000004, "0.37037010000000004"],
  ] as const)
    it(`writes ${value} as ${text}`, () => assert.equal(floatText(value), text));

  it("tells integers from floats, and keeps every string", () => {
    const text = '{"a":[1,1.0,-0.5,true,null,12345678901234567890],"b\\/":"\\u00e9\\"\\\\\\n"}';
    assert.equal(wireText(parseWire(text)), text);
    assert.equal(JSON.parse(stringText('/"\\\u0001ä')), '/"\\\u0001ä');
  });

  for (const text of ["", "{", "[1,]", '{"a":}', '"a', "nul", "1 2", "{a:1}", '{"a":1,}', "[".repeat(5000)])
    it(`refuses ${text.slice(0, 10)}`, () => assert.throws(() => parseWire(text), SyntaxError));

  it("keeps a key called __proto__ a key", () => {
    assert.equal(wireText(parseWire('{"__proto__":{"x":1}}')), '{"__proto__":{"x":1}}');
  });
});

describe("messages as bytes", () => {
  it("are read by an independent reader of ROS 1", () => {
    const type = TYPES[1].message("sensor_msgs/JointState")!;
    const message = {
      header: { seq: 3, stamp: { sec: 1, nsec: 2 }, frame_id: "ä" },
      name: ["a", "bc"],
      position: [0.1, Number.NaN],
      velocity: [],
      effort: [-1],
    };
    const common = ros1 as unknown as Record<string, { name: string; definitions: never[] }>;
    const [root, header] = [common["sensor_msgs/JointState"]!, common["std_msgs/Header"]!];
    const reader = new MessageReader([{ definitions: root.definitions }, header]);
    // Without the reader's classes.
    const read = structuredClone(reader.readMessage<typeof message>(messageToBytes(message, type)));
    assert.deepEqual(
      { ...read, position: [...read.position], velocity: [...read.velocity], effort: [...read.effort] },
      message,
    );
  });

  it("are aligned in ROS 2", () => {
    const type = TYPES[2].message("std_msgs/Float64MultiArray")!;
    const bytes = messageToBytes(
      { layout: { dim: [{ label: "x", size: 1, stride: 2 }] }, data: [1.5] },
      type,
    );
    const expected = [
      ...["00010000", "01000000", "02000000", "7800", "0000", "01000000", "02000000", "00000000"],
      ...["01000000", "00000000", "000000000000f83f"],
    ].join("");
    // Behind the header: one dimension, its label of two bytes, padding, size, stride, offset, one number, padding, the number.
    assert.equal(Buffer.from(bytes).toString("hex"), expected);
  });
});
