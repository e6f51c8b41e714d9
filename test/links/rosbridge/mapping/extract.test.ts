/** From messages to numbers: the same ones from JSON and from bytes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MessageWriter as Ros1Writer } from "@foxglove/rosmsg-serialization";
import { MessageWriter as Ros2Writer } from "@foxglove/rosmsg2-serialization";
import type { TopicMapping } from "../../../../src/config/rosbridge-link.ts";
import { MessageDefinitions } from "../../../../src/links/rosbridge/mapping/definitions.ts";
import {
  compileMapping,
  type MappedTelemetry,
} from "../../../../src/links/rosbridge/mapping/frame-assembly.ts";
import { channelOf, imu, JOINTS, jointStates, linkOf, topicOf } from "./example-link.ts";
import { recordedMessages } from "./recorded.ts";

function telemetryOf(
  topic: TopicMapping,
  ros: 1 | 2 = 1,
  definitions: Record<string, string> = {},
): MappedTelemetry {
  return compileMapping(linkOf([topic], { definitions }), JOINTS, ros);
}

/** The values of the frame that one message makes. */
function valuesOf(topic: TopicMapping, message: unknown, ros: 1 | 2 = 1, definitions = {}): number[] {
  const telemetry = telemetryOf(topic, ros, definitions);
  assert.ok(telemetry.take(topic.topic, message, 1));
  return [...telemetry.frame.values];
}

const stamp = { stamp: { secs: 5, nsecs: 6 } };

describe("extractors", () => {
  it("reads the same from the recorded JSON and from the recorded bytes", () => {
    const [json] = recordedMessages("subscribe JointState JSON");
    const [raw] = recordedMessages("subscribe JointState cbor-raw");
    const values = valuesOf(jointStates(), json);
    assert.deepEqual(valuesOf(jointStates(), raw), values);
    const { position, velocity, effort } = json as Record<string, number[]>;
    assert.deepEqual(values, [...position!, ...velocity!, ...effort!]);
  });

  it("reads the recorded IMU", () => {
    const [json] = recordedMessages("subscribe Imu JSON at 20 Hz, throttle, headers");
    assert.deepEqual(valuesOf(imu(), json), [0, 0, 0, 0.123456789, 0, 0, 0, 0, 9.80665]);
  });

  for (const ros of [1, 2] as const) {
    it(`reads the same from JSON and from the bytes of ROS ${ros}`, () => {
      const name = [...JOINTS].reverse();
      const message = {
        header: {
          ...(ros === 1 ? { seq: 3 } : {}),
          stamp: { sec: 5, nsec: 6, nanosec: 6 },
          frame_id: "base",
        },
        name,
        position: name.map((_, index) => Math.sin(index)),
        velocity: name.map((_, index) => (1 - index) / 3),
        effort: [],
      };
      const parts = new MessageDefinitions({}, ros).withDependencies("sensor_msgs/JointState")!;
      const bytes = (ros === 1 ? new Ros1Writer(parts) : new Ros2Writer(parts)).writeMessage(message);
      const written = ros === 1 ? { secs: 5, nsecs: 6 } : { sec: 5, nanosec: 6 };
      const json = JSON.parse(JSON.stringify({ ...message, header: { ...message.header, stamp: written } }));
      const fromJson = telemetryOf(jointStates(), ros);
      const fromBytes = telemetryOf(jointStates(), ros);
      assert.ok(fromJson.take("/joint_states", json, 1));
      assert.ok(fromBytes.take("/joint_states", { secs: 9, nsecs: 9, bytes }, 1));
      assert.deepEqual(fromBytes.frame, fromJson.frame);
      assert.equal(fromJson.frame.values[0], Math.sin(11));
      assert.ok(Number.isNaN(fromJson.frame.values.at(-1)));
    });
  }

  it("takes bytes that are no message for none, also where others lie behind them", () => {
    const [raw] = recordedMessages("subscribe JointState cbor-raw") as { bytes: Uint8Array }[];
    const whole = new Uint8Array([...raw!.bytes, ...raw!.bytes]);
    for (const ros of [1, 2] as const) {
      const telemetry = telemetryOf(jointStates(), ros);
      for (let length = 0; length < whole.length; length++) {
        if (ros === 1 && length === raw!.bytes.length) continue;
        assert.equal(telemetry.take("/joint_states", { bytes: whole.subarray(0, length) }, 1), false);
      }
      assert.equal(telemetry.take("/joint_states", { bytes: new Uint8Array(400).fill(255) }, 1), false);
      assert.equal(telemetry.counts.undecodable, telemetry.counts.messages);
      assert.match(telemetry.findings()[0]?.what ?? "", /messages of \/joint_states were no sensor_msgs/);
    }
  });

  it("makes NaN, and counts, what is no number of the field's type", () => {
    const topic = topicOf("/x", "my_msgs/X", [
      channelOf("a", "a"),
      channelOf("b", "b"),
      channelOf("list", "list", { channels: ["c", "d", "e"], pick: { kind: "places", places: [2, 0, 1] } }),
    ]);
    const definitions = { "my_msgs/X": "Header header\nfloat64 a\nbool b\nint32[] list" };
    const telemetry = telemetryOf(topic, 1, definitions);
    let seconds = 1;
    const values = (message: Record<string, unknown>): number[] => {
      seconds++;
      assert.ok(telemetry.take("/x", { header: { stamp: { secs: seconds, nsecs: 0 } }, ...message }, 1));
      return [...telemetry.frame.values];
    };
    const none = Number.NaN;
    assert.deepEqual(values({ a: 1.5, b: true, list: [1, 2, 3] }), [1.5, 1, 3, 1, 2]);
    assert.equal(telemetry.counts.implausible, 0);
    assert.deepEqual(values({ a: null, b: false, list: [1, null, 3] }), [none, 0, 3, 1, none]);
    assert.deepEqual(values({ a: "NaN", b: 1, list: ["1", true, {}] }), [none, none, none, none, none]);
    assert.deepEqual(values({ a: true, b: "true", list: [1, 2] }), [none, none, none, 1, 2]);
    assert.deepEqual(values({ a: [1], b: null, list: { length: 3 } }), [none, none, none, none, none]);
    assert.deepEqual(values({ list: null }), [none, none, none, none, none]);
    assert.deepEqual(values({ a: Number.POSITIVE_INFINITY, b: {}, list: "AQID" }), new Array(5).fill(none));
    assert.equal(telemetry.counts.implausible, 2 + 5 + 3 + 5 + 5 + 5);
  });

  it("converts: sign · (factor · value + offset), and leaves SI as it is", () => {
    const list = { channels: ["a", "b"], pick: { kind: "places", places: [0, 1] } } as const;
    const topic = topicOf("/x", "std_msgs/Float64MultiArray", [
      channelOf("a", "data", { ...list, factor: Math.PI / 180, offset: 0.5, signs: [1, -1] }),
      channelOf("c", "data[1]"),
      channelOf("d", "data[2]", { signs: [-1] }),
    ]);
    const values = valuesOf({ ...topic, stamp: null }, { data: [180, 90, 0] });
    assert.deepEqual(values, [Math.PI + 0.5, -(Math.PI / 2 + 0.5), 90, 0]);
  });

  it("reads bytes that the server writes as text", () => {
    const bytes = Array.from({ length: 7 }, (_, index) => (index * 97 + 200) % 256);
    const definitions = { "my_msgs/X": "uint8[] a" };
    const channels = bytes.map((_, index) => `c${index}`);
    const places = { kind: "places", places: bytes.map((_, index) => index) } as const;
    const topic = topicOf("/x", "my_msgs/X", [channelOf("a", "a", { channels, pick: places })], {
      stamp: null,
    });
    for (const length of [7, 6, 5, 1]) {
      const some = bytes.slice(0, length);
      const expected = bytes.map((byte, index) => (index < length ? byte : Number.NaN));
      const text = Buffer.from(some).toString("base64");
      assert.deepEqual(valuesOf(topic, { a: text }, 1, definitions), expected);
      assert.deepEqual(valuesOf(topic, { a: some }, 1, definitions), expected);
    }
  });

  it("follows the names when their order changes, and takes none that is missing or there twice", () => {
    const three = ["j0", "j1", "j2"];
    const topic = topicOf("/joint_states", "sensor_msgs/JointState", [
      channelOf("p", "position", {
        channels: three,
        pick: { kind: "names", field: "name", names: ["a", "b", "c"] },
      }),
    ]);
    const telemetry = telemetryOf(topic);
    let seconds = 1;
    const values = (name: unknown, position: unknown): number[] => {
      const header = { stamp: { secs: ++seconds, nsecs: 0 } };
      telemetry.take("/joint_states", { header, name, position }, 1);
      return [...telemetry.frame.values];
    };
    assert.deepEqual(values(["a", "b", "c"], [1, 2, 3]), [1, 2, 3]);
    assert.deepEqual(values(["c", "x", "a", "b"], [1, 2, 3, 4]), [3, 4, 1]);
    assert.deepEqual(telemetry.findings(), []);
    assert.deepEqual(values(["a", "b", "b"], [1, 2, 3]), [1, Number.NaN, Number.NaN]);
    assert.match(telemetry.findings()[0]?.what ?? "", /does not have b, c once; it has a, b, b/);
    assert.deepEqual(values(null, [1, 2, 3]), [Number.NaN, Number.NaN, Number.NaN]);
    assert.deepEqual(values(["c", "b", "a"], [1, 2, 3]), [3, 2, 1]);
  });

  it("gives the angles of an orientation about z, y, x, whatever its length nearly is", () => {
    for (const [roll, pitch, yaw] of [
      [0.3, -0.2, 2.9],
      [-3, 1.2, -0.1],
      [0.01, -1.5, 0],
    ] as const) {
      for (const length of [1, 0.95, 1.05]) {
        const orientation = quaternion(roll, pitch, yaw, length);
        const values = valuesOf(imu(), { header: stamp, orientation });
        for (const [index, angle] of [roll, pitch, yaw].entries())
          assert.ok(Math.abs(values[index]! - angle) < 1e-12, `${values[index]} for ${angle}`);
      }
    }
    for (const orientation of [
      { x: 0, y: 0, z: 0, w: 0 },
      { x: 0, y: 0, z: 0 },
      null,
      { x: 2, y: 0, z: 0, w: 1 },
    ])
      assert.ok(Number.isNaN(valuesOf(imu(), { header: stamp, orientation })[0]));
  });

  it("believes an IMU that says it has no gyroscope", () => {
    const tilt = channelOf("tilt", "", { pick: { kind: "tilt", angle: "roll" } });
    const telemetry = telemetryOf(imu({ channels: [...imu().channels, tilt] }));
    const three = { x: 0, y: 0, z: 1 };
    const message = {
      header: stamp,
      orientation: { x: 0, y: 0, z: 0, w: 1 },
      angular_velocity: three,
      linear_acceleration: three,
      angular_velocity_covariance: [-1],
      linear_acceleration_covariance: [0.1],
    };
    assert.ok(telemetry.take("/imu", message, 1));
    const none = Number.NaN;
    assert.deepEqual([...telemetry.frame.values], [0, 0, 0, none, none, none, 0, 0, 1, none]);
    assert.match(telemetry.findings()[0]?.what ?? "", /`angular_velocity` is not provided/);
    const header = { stamp: { secs: 6, nsecs: 0 } };
    telemetry.take("/imu", { ...message, header, angular_velocity_covariance: [0] }, 1);
    assert.deepEqual([...telemetry.frame.values], [0, 0, 0, 0, 0, 1, 0, 0, 1, 0]);
    assert.deepEqual(telemetry.findings(), []);
  });

  it("believes an IMU that says it has no orientation", () => {
    const telemetry = telemetryOf(imu());
    const message = {
      header: stamp,
      orientation: { x: 0, y: 0, z: 0, w: 1 },
      orientation_covariance: [-1, 0, 0, 0, 0, 0, 0, 0, 0],
      angular_velocity: { x: 1, y: 2, z: 3 },
    };
    assert.ok(telemetry.take("/imu", message, 1));
    assert.deepEqual([...telemetry.frame.values.subarray(0, 4)], [Number.NaN, Number.NaN, Number.NaN, 1]);
    const [finding] = telemetry.findings();
    assert.equal(finding?.severity, "error");
    assert.match(finding?.what ?? "", /`orientation` is not provided/);
    assert.match(finding?.remedy ?? "", /`tilt`/);
  });
});

function quaternion(roll: number, pitch: number, yaw: number, length: number): Record<string, number> {
  const [cr, sr, cp, sp, cy, sy] = [roll, pitch, yaw].flatMap((angle) => [
    Math.cos(angle / 2),
    Math.sin(angle / 2),
  ]);
  return {
    w: length * (cr! * cp! * cy! + sr! * sp! * sy!),
    x: length * (sr! * cp! * cy! - cr! * sp! * sy!),
    y: length * (cr! * sp! * cy! + sr! * cp! * sy!),
    z: length * (cr! * cp! * sy! - sr! * sp! * cy!),
  };
}
