/** Paths in messages, and whether what they lead to is what the config takes it for. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FieldPick } from "../../../../src/config/rosbridge-link.ts";
import { MessageDefinitions } from "../../../../src/links/rosbridge/mapping/definitions.ts";
import { resolveField, valueAt } from "../../../../src/links/rosbridge/mapping/field-path.ts";
import { pickField } from "../../../../src/links/rosbridge/mapping/field-pick.ts";

const definitions = new MessageDefinitions(
  {
    "my_msgs/Body": "my_msgs/Motor[12] motors\nbool[4] contacts\nsensor_msgs/Imu imu",
    "my_msgs/Motor": "float32 q",
  },
  2,
);

function resolved(type: string, path: string): unknown {
  const field = resolveField(definitions, type, path);
  return field.ok ? [field.type, field.kind, field.array] : `${field.what}. ${field.remedy}`;
}

function picked(type: string, field: string, pick: FieldPick): string {
  const result = pickField(definitions, type, { field, pick });
  return result.ok ? result.kind : `${result.what}. ${result.remedy}`;
}

describe("field paths", () => {
  it("finds fields, elements and arrays", () => {
    assert.deepEqual(resolved("nav_msgs/Odometry", "pose.pose.position.x"), ["float64", "number", null]);
    assert.deepEqual(resolved("std_msgs/Float64MultiArray", "data[3]"), ["float64", "number", null]);
    assert.deepEqual(resolved("sensor_msgs/JointState", "position"), ["float64", "number", { length: null }]);
    assert.deepEqual(resolved("sensor_msgs/Imu", "orientation"), [
      "geometry_msgs/Quaternion",
      "message",
      null,
    ]);
    assert.deepEqual(resolved("sensor_msgs/Imu", "header.stamp"), ["time", "time", null]);
    assert.deepEqual(resolved("my_msgs/Body", "motors[11].q"), ["float32", "number", null]);
  });

  it("says what is there at the level that is wrong, and what is nearest", () => {
    assert.equal(
      resolved("nav_msgs/Odometry", "pose.pose.postion.x"),
      "geometry_msgs/Pose has no field `postion`; it has position: geometry_msgs/Point, " +
        "orientation: geometry_msgs/Quaternion. Did you mean `pose.pose.position`?",
    );
    assert.equal(
      resolved("nav_msgs/Odometry", "position.x"),
      "nav_msgs/Odometry has no field `position`; it has header: std_msgs/Header, child_frame_id: string, " +
        "pose: geometry_msgs/PoseWithCovariance, twist: geometry_msgs/TwistWithCovariance. " +
        "Did you mean `pose.pose.position`?",
    );
    assert.equal(
      resolved("my_msgs/Body", "motors.q"),
      "`motors` is an array, my_msgs/Motor[12]. Say which element is meant: `motors[0].q`.",
    );
    assert.equal(
      resolved("my_msgs/Body", "motors[12].q"),
      "`motors` has 12 elements; there is no element 12. Count from 0 to 11.",
    );
    assert.equal(
      resolved("sensor_msgs/Imu", "orientation.x.y"),
      "`orientation.x` is float64 and has no field `y`. Write `orientation.x`.",
    );
    assert.equal(
      resolved("sensor_msgs/Imu", "orientation[0]"),
      "`orientation` is geometry_msgs/Quaternion, not an array. Write `orientation`.",
    );
    assert.match(
      String(resolved("sensor_msgs/JontState", "name")),
      /Did you mean `sensor_msgs\/JointState`\?/,
    );
    assert.match(String(resolved("sensor_msgs/Imu", "a-b")), /`a-b` in `a-b` is not the name of a field/);
  });

  it("reads what a path leads to, and nothing from what is not there", () => {
    const steps = [
      { name: "a", index: 1 },
      { name: "b", index: null },
    ];
    assert.equal(valueAt({ a: [{}, { b: 7 }] }, steps), 7);
    for (const message of [null, 3, [], {}, { a: 1 }, { a: null }, { a: [] }, { a: [1, 2] }, { a: [0, [7]] }])
      assert.equal(valueAt(message, steps), undefined);
    assert.equal(valueAt({ a: new Float64Array([3, 4]) }, [{ name: "a", index: 1 }]), 4);
    assert.equal(valueAt([1, 2], [{ name: "length", index: null }]), undefined);
  });
});

describe("picks", () => {
  it("wants a number or a bool for one channel", () => {
    assert.equal(picked("std_msgs/Bool", "data", { kind: "value" }), "value");
    assert.equal(picked("sensor_msgs/Range", "range", { kind: "value" }), "value");
    assert.match(
      picked("sensor_msgs/JointState", "position", { kind: "value" }),
      /an array; one number is expected/,
    );
    assert.match(
      picked("std_msgs/String", "data", { kind: "value" }),
      /is string; a number or a bool is expected/,
    );
    assert.match(picked("sensor_msgs/Imu", "orientation", { kind: "value" }), /Say which angle is meant/);
  });

  it("wants an array of numbers for places, long enough where its length is fixed", () => {
    assert.equal(picked("my_msgs/Body", "contacts", { kind: "places", places: [3, 0] }), "places");
    assert.equal(picked("std_msgs/Float64MultiArray", "data", { kind: "places", places: [99] }), "places");
    assert.match(
      picked("my_msgs/Body", "contacts", { kind: "places", places: [4] }),
      /`contacts` has 4 elements; there is no element 4/,
    );
    assert.match(
      picked("sensor_msgs/JointState", "name", { kind: "places", places: [0] }),
      /an array of numbers/,
    );
    assert.match(
      picked("sensor_msgs/Range", "range", { kind: "places", places: [0] }),
      /is float32, not an array/,
    );
  });

  it("wants an array of names in the same message", () => {
    const names = ["a"];
    assert.equal(
      picked("sensor_msgs/JointState", "effort", { kind: "names", field: "name", names }),
      "names",
    );
    assert.match(
      picked("sensor_msgs/JointState", "effort", { kind: "names", field: "names", names }),
      /has no field `names`.*Did you mean `name`\?/,
    );
    assert.match(
      picked("sensor_msgs/JointState", "effort", { kind: "names", field: "velocity", names }),
      /the names must be an array of string\. Name `name`\./,
    );
  });

  it("wants an orientation for an angle, and an IMU for a tilt", () => {
    assert.equal(picked("sensor_msgs/Imu", "orientation", { kind: "angle", angle: "yaw" }), "angle");
    assert.match(
      picked("nav_msgs/Odometry", "pose.pose", { kind: "angle", angle: "yaw" }),
      /yaw is the angle of a geometry_msgs\/Quaternion\. Did you mean `pose\.pose\.orientation`\?/,
    );
    for (const field of ["", ".", "linear_acceleration", "angular_velocity"])
      assert.equal(picked("sensor_msgs/Imu", field, { kind: "tilt", angle: "roll" }), "tilt");
    assert.equal(picked("my_msgs/Body", "imu", { kind: "tilt", angle: "roll" }), "tilt");
    assert.match(
      picked("my_msgs/Body", "", { kind: "tilt", angle: "roll" }),
      /my_msgs\/Body is no sensor_msgs\/Imu/,
    );
    assert.match(
      picked("my_msgs/Bodi", "", { kind: "tilt", angle: "roll" }),
      /Did you mean `my_msgs\/Body`\?/,
    );
  });
});
