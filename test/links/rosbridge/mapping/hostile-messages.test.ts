/** Whatever a server sends: nothing throws, and what is no message moves nothing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compileMapping } from "../../../../src/links/rosbridge/mapping/frame-assembly.ts";
import { channelOf, imu, JOINTS, jointStates, linkOf, topicOf } from "./example-link.ts";
import { recordedMessages } from "./recorded.ts";

const tilt = topicOf("/imu2", "sensor_msgs/Imu", [
  channelOf("tilt", "", { pick: { kind: "tilt", angle: "roll" } }),
]);
const link = linkOf([imu(), tilt, jointStates()]);
const inDegrees = topicOf(
  "/degrees",
  "std_msgs/Float64",
  [channelOf("battery.current", "data", { factor: 180 / Math.PI })],
  { stamp: null },
);
const [joints] = recordedMessages("subscribe JointState JSON");
const [orientation] = recordedMessages("subscribe Imu JSON at 20 Hz, throttle, headers");
const [raw] = recordedMessages("subscribe JointState cbor-raw") as { bytes: Uint8Array }[];
const topic = fc.constantFrom("/imu", "/imu2", "/joint_states", "/none");

describe("hostile messages", () => {
  for (const ros of [1, 2] as const) {
    it(`never make ROS ${ros} throw: any JSON, any bytes`, () => {
      const telemetry = compileMapping(link, JOINTS, ros);
      const bytes = fc.uint8Array({ maxLength: 500 }).map((all) => ({ bytes: all }));
      fc.assert(
        fc.property(topic, fc.oneof(fc.jsonValue(), bytes), (name, message) => {
          telemetry.take(name, message, 1);
          telemetry.stale(1);
        }),
        { numRuns: 2000 },
      );
      assert.equal(telemetry.counts.frames, 0);
      telemetry.findings();
    });
  }

  it("replace any part of a good message: the values are finite or NaN", () => {
    const telemetry = compileMapping(linkOf([inDegrees, imu(), jointStates()]), JOINTS, 1);
    const good = [joints, orientation] as { header: object }[];
    const paths = good.flatMap((message, index) =>
      pathsIn(message).map((path) => ({ path, message, name: ["/joint_states", "/imu"][index]! })),
    );
    const degrees = { path: ["data"], message: {}, name: "/degrees" };
    let secs = 1;
    fc.assert(
      fc.property(fc.constantFrom(degrees, ...paths), fc.jsonValue(), ({ path, message, name }, value) => {
        const newer = { ...message, header: { seq: secs, stamp: { secs: ++secs, nsecs: 0 } } };
        telemetry.take(name, replaced(newer, path, value), secs);
        assert.ok(telemetry.frame.values.every((one) => typeof one === "number"));
        assert.ok(!telemetry.frame.values.some((one) => Math.abs(one) === Number.POSITIVE_INFINITY));
      }),
      { numRuns: 2000 },
    );
    assert.ok(telemetry.counts.frames > 500);
    telemetry.take("/degrees", { data: Number.MAX_VALUE }, 1);
    assert.ok(Number.isNaN(telemetry.frame.values[0]));
  });

  it("flip any byte of a good message: it is read as far as it can be", () => {
    fc.assert(
      fc.property(fc.nat(raw!.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const bytes = Uint8Array.from(raw!.bytes);
        bytes[place] = bytes[place]! ^ change;
        const telemetry = compileMapping(linkOf([jointStates()]), JOINTS, 1);
        telemetry.take("/joint_states", { bytes }, 1);
        const numbers = telemetry.frame.values.filter((value) => !Number.isNaN(value)).length;
        // A number is wrong, a name (then another may be there twice), or nothing is read.
        assert.ok(numbers === 0 || numbers >= 30, `${numbers}`);
        assert.equal(telemetry.counts.implausible, telemetry.counts.frames * (36 - numbers));
      }),
      { numRuns: 100 },
    );
  });
});

function pathsIn(message: unknown, before: readonly string[] = []): (readonly string[])[] {
  if (typeof message !== "object" || message === null) return [before];
  return [before, ...Object.entries(message).flatMap(([key, part]) => pathsIn(part, [...before, key]))];
}

function replaced(message: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = structuredClone(message) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}
