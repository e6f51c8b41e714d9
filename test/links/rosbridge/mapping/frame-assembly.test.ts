/** Frames from messages: stamps, numbers, stale topics, and what a mapping that does not fit is refused with. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../../../src/errors.ts";
import { compileMapping } from "../../../../src/links/rosbridge/mapping/frame-assembly.ts";
import { channelOf, imu, JOINTS, jointStates, linkOf, topicOf } from "./example-link.ts";
import { recordedMessages } from "./recorded.ts";

const POINT = topicOf("/p", "geometry_msgs/PointStamped", [channelOf("pose.x", "point.x", { unit: "m" })]);
const VOLTS = topicOf("/v", "std_msgs/Float64", [channelOf("battery.voltage", "data", { unit: "V" })], {
  stamp: null,
  rate: 10,
});
const EPOCH = 1_795_467_333;

/** A message of POINT. @param t s since EPOCH */
function point(t: number, x = 1, seq?: number): unknown {
  const nsecs = Math.round((t % 1) * 1e9);
  const header = { ...(seq === undefined ? {} : { seq }), stamp: { secs: EPOCH + Math.floor(t), nsecs } };
  return { header, point: { x, y: 0, z: 0 } };
}

interface Stamped {
  readonly header: { readonly stamp: { secs: number } };
}

describe("frames", () => {
  it("are laid out topic by topic, and asked for in the server's spelling", () => {
    const link = linkOf([imu(), jointStates({ encoding: "cbor-raw", throttle: 0.01, queue: 2 })]);
    const { layout, subscriptions } = compileMapping(link, JOINTS, 2);
    assert.equal(layout.length, 9 + 36);
    assert.deepEqual(layout.channels[9], {
      name: "joint.j0.position",
      unit: "",
      source: "measured",
      joint: "j0",
    });
    assert.deepEqual(
      subscriptions.map(({ type, encoding, throttle, queue }) => [type, encoding, throttle, queue]),
      [
        ["sensor_msgs/msg/Imu", "json", 0, 1],
        ["sensor_msgs/msg/JointState", "cbor-raw", 0.01, 2],
      ],
    );
    assert.equal(compileMapping(link, JOINTS, 1).subscriptions[0]?.type, "sensor_msgs/Imu");
  });

  it("keep the recorded stamps to 0.1 µs, from an origin of whole seconds", () => {
    const telemetry = compileMapping(linkOf([jointStates({ rate: 20 })]), JOINTS, 1);
    for (const message of recordedMessages("subscribe JointState JSON")) {
      assert.ok(telemetry.take("/joint_states", message, 1));
      const { secs, nsecs } = (message as { header: { stamp: { secs: number; nsecs: number } } }).header
        .stamp;
      assert.equal(telemetry.origin, EPOCH);
      assert.equal(Math.round(telemetry.frame.stamp * 1e9), (secs - EPOCH) * 1e9 + nsecs);
    }
    assert.deepEqual([telemetry.frame.seq, telemetry.counts.frames, telemetry.counts.lost], [6, 6, 0]);
  });

  it("are made by every message of one topic, with the newest values of the others", () => {
    const telemetry = compileMapping(linkOf([VOLTS, POINT]), [], 1);
    assert.equal(telemetry.take("/v", { data: 11 }, 1), false);
    assert.equal(telemetry.take("/other", { data: 11 }, 1), false);
    assert.equal(telemetry.take("/p", point(0.5, 7), 1.01), true);
    assert.deepEqual([...telemetry.frame.values], [11, 7]);
    telemetry.take("/v", { data: 10.5 }, 1.02);
    telemetry.take("/p", point(0.51, 8), 1.03);
    assert.deepEqual([...telemetry.frame.values], [10.5, 8]);
    assert.equal(telemetry.counts.unmapped, 1);
    const { values } = telemetry.frame;
    telemetry.take("/p", point(0.52, 9), 1.04);
    assert.equal(telemetry.frame.values, values);
  });

  it("are not made by stamps that repeat, go back, are unset or none", () => {
    const telemetry = compileMapping(linkOf([POINT]), [], 1);
    assert.ok(telemetry.take("/p", point(1, 1), 1));
    for (const message of [point(1, 2), point(0.99, 3)])
      assert.equal(telemetry.take("/p", message, 2), false);
    assert.deepEqual([...telemetry.frame.values], [1]);
    const stamps = [
      null,
      {},
      { secs: 0, nsecs: 0 },
      { secs: "5", nsecs: 0 },
      { secs: 5, nsecs: 1e9 },
      { secs: 5.5, nsecs: 0 },
    ];
    for (const stamp of stamps) assert.equal(telemetry.take("/p", { header: { stamp } }, 2), false);
    for (const message of [null, "half", 3, [], undefined])
      assert.equal(telemetry.take("/p", message, 2), false);
    const { frames, repeated, unstamped, undecodable } = telemetry.counts;
    assert.deepEqual([frames, repeated, unstamped, undecodable], [1, 2, 6, 5]);
    assert.deepEqual(
      telemetry.findings().map(({ severity, what }) => `${severity}: ${what}`),
      [
        "warning: 6 of 14 messages of /p had no stamp in `header.stamp`, or zero",
        "warning: 5 of 14 messages of /p were no geometry_msgs/PointStamped",
        "warning: 2 of 14 messages of /p had the stamp of an earlier one, or an older one",
      ],
    );
  });

  it("may have no stamp: then their arrival is their time", () => {
    const telemetry = compileMapping(linkOf([VOLTS]), [], 1);
    telemetry.take("/v", { data: 11 }, 3.25);
    assert.deepEqual([telemetry.frame.stamp, telemetry.origin], [3.25, Number.NaN]);
    telemetry.take("/v", { data: 11 }, 3.55);
    assert.deepEqual([telemetry.frame.seq, telemetry.counts.lost], [4, 2]);
  });

  it("count lost ones by their stamps, and not for jitter", () => {
    const telemetry = compileMapping(linkOf([POINT]), [], 2);
    for (const t of [0.1, 0.114, 0.119, 0.13, 0.14, 0.181, 0.19])
      assert.ok(telemetry.take("/p", point(t), t));
    assert.deepEqual([telemetry.counts.lost, telemetry.frame.seq], [3, 10]);
  });

  it("count lost ones by the publisher's number, as long as one publisher counts", () => {
    const telemetry = compileMapping(linkOf([POINT]), [], 1);
    const take = (t: number, seq: number): number => {
      telemetry.take("/p", point(t, 1, seq), t);
      return telemetry.counts.lost;
    };
    // Late, but none is missing; then one is, though in time.
    assert.deepEqual([take(0.1, 900), take(0.125, 901), take(0.13, 902), take(0.14, 904)], [0, 0, 0, 1]);
    // It starts anew, and 2³² follows as well.
    assert.deepEqual([take(0.15, 1), take(0.16, 2), take(0.17, 2 ** 32 - 1), take(0.18, 0)], [1, 1, 1, 1]);
    // Two take turns: the stamps decide.
    assert.deepEqual(
      [take(0.19, 50), take(0.2, 1), take(0.21, 51), take(0.22, 2), take(0.24, 3)],
      [1, 1, 1, 1, 2],
    );
  });

  it("leave out what is stale, by stamp or by arrival, and name it", () => {
    const other = { ...POINT, topic: "/q", channels: [channelOf("pose.y", "point.x")], rate: 10 };
    const telemetry = compileMapping(linkOf([other, VOLTS, POINT]), [], 1);
    assert.deepEqual(telemetry.stale(0), ["/p", "/q", "/v"]);
    const frame = (t: number): number[] => {
      assert.ok(telemetry.take("/p", point(t), t));
      return [...telemetry.frame.values];
    };
    assert.deepEqual(frame(0), [Number.NaN, Number.NaN, 1]);
    telemetry.take("/q", point(0, 5), 0);
    telemetry.take("/v", { data: 12 }, 0.1);
    assert.deepEqual(frame(0.1), [5, 12, 1]);
    assert.deepEqual(telemetry.stale(0.15), []);
    assert.deepEqual(frame(0.3), [5, 12, 1]);
    assert.deepEqual(frame(0.301), [Number.NaN, 12, 1]);
    assert.deepEqual(telemetry.stale(0.301), ["/q"]);
    assert.deepEqual(frame(0.401), [Number.NaN, Number.NaN, 1]);
    // It comes, but its stamps are old, or far ahead.
    telemetry.take("/q", point(0.05, 6), 0.41);
    assert.deepEqual(frame(0.41), [Number.NaN, Number.NaN, 1]);
    telemetry.take("/q", point(9, 6), 0.41);
    assert.deepEqual(frame(0.42), [Number.NaN, Number.NaN, 1]);
    assert.deepEqual(telemetry.stale(0.42), ["/q", "/v"]);
    assert.deepEqual(telemetry.stale(0.53), ["/p", "/q", "/v"]);
    assert.equal(telemetry.counts.stale, 2 + 1 + 2 + 2 + 2);
    telemetry.take("/v", { data: 13 }, 0.6);
    assert.deepEqual(frame(0.6), [Number.NaN, 13, 1]);
  });

  it("cease for half a second when the robot's clock is set, and then tell of it, slow topics and all", () => {
    const slow = { ...POINT, topic: "/q", channels: [channelOf("pose.y", "point.x")], rate: 0.5 };
    const other = { ...POINT, topic: "/r", channels: [channelOf("pose.z", "point.x")] };
    const telemetry = compileMapping(linkOf([slow, other, POINT]), [], 1);
    const frames: { readonly at: number; readonly set: number; readonly values: readonly number[] }[] = [];
    const listen = (from: number, to: number, ahead: number): void => {
      for (let tick = from; tick < to; tick++) {
        const now = tick / 100;
        if (tick % 200 === 0) telemetry.take("/q", point(now + ahead, tick), now);
        telemetry.take("/r", point(now + ahead, tick), now);
        if (!telemetry.take("/p", point(now + ahead, tick), now)) continue;
        const { clockSet: set, values } = telemetry.frame;
        frames.push({ at: now, set, values: [...values] });
      }
    };
    listen(0, 250, 0);
    assert.deepEqual(frames.at(-1), { at: 2.49, set: 0, values: [200, 249, 249] });
    const { seq } = telemetry.frame;
    // The last message of the slow topic was by the old clock, the next one comes at 4 s.
    listen(250, 500, 3600);
    const set = frames.filter((one) => one.set !== 0);
    assert.deepEqual(
      set.map(({ at }) => at),
      [3],
    );
    assert.ok(Math.abs(set[0]!.set - 3600) < 1e-6);
    assert.equal(frames.filter(({ at }) => at >= 2.5 && at < 3).length, 0);
    assert.deepEqual(frames.find(({ at }) => at === 3)!.values, [Number.NaN, 300, 300]);
    assert.deepEqual(frames.find(({ at }) => at === 4)!.values, [400, 400, 400]);
    // What did not come meanwhile is missing, and not an hour.
    assert.equal(telemetry.frame.seq - seq, 250);
    assert.equal(telemetry.counts.lost, 50);
    assert.equal(telemetry.counts.ahead, 50 + 50);
    listen(500, 700, 0);
    assert.deepEqual(
      frames.filter((one) => one.set !== 0).map(({ at }) => at),
      [3, 5.5],
    );
    assert.deepEqual(frames.at(-1)!.values, [600, 699, 699]);
    assert.equal(telemetry.counts.lost, 100);
    assert.deepEqual(
      telemetry.findings().map(({ what }) => what),
      ["/r", "/p"].flatMap((topic) => [
        `50 of 700 messages of ${topic} had the stamp of an earlier one, or an older one`,
        `50 of 700 messages of ${topic} had a stamp ahead of its time`,
      ]),
    );
  });

  it("pass over a stamp that is ahead of its time, of any topic", () => {
    const other = { ...POINT, topic: "/q", channels: [channelOf("pose.y", "point.x")] };
    const telemetry = compileMapping(linkOf([other, POINT]), [], 1);
    const take = (t: number, astray: readonly string[] = []): readonly number[] | null => {
      const stamp = (topic: string): number => t + (astray.includes(topic) ? 3600 : 0);
      telemetry.take("/q", point(stamp("/q"), t), t);
      return telemetry.take("/p", point(stamp("/p"), t), t) ? [...telemetry.frame.values] : null;
    };
    assert.deepEqual(take(0.1), [0.1, 0.1]);
    assert.equal(take(0.11, ["/p", "/q"]), null);
    assert.equal(telemetry.wrongWith("/p"), "what comes has a stamp that is ahead of its time");
    assert.deepEqual(take(0.12), [0.12, 0.12]);
    assert.deepEqual(take(0.13, ["/q"]), [0.12, 0.13]);
    assert.deepEqual(take(0.14), [0.14, 0.14]);
    assert.deepEqual([telemetry.counts.ahead, telemetry.counts.lost, telemetry.frame.clockSet], [3, 1, 0]);
  });

  it("say what is wrong with messages that cannot be used", () => {
    const telemetry = compileMapping(linkOf([POINT]), [], 1);
    for (const [message, wrong] of [
      [point(1), null],
      ["no object", "what comes is no geometry_msgs/PointStamped"],
      [{ point: { x: 1 } }, "what comes has no stamp in `header.stamp`"],
      [point(1), "what comes has the stamp of an earlier message, or an older one"],
      [point(2), null],
    ] as const) {
      assert.equal(telemetry.take("/p", message, 1), wrong === null);
      assert.equal(telemetry.wrongWith("/p"), wrong);
    }
    const { messages, repeated, unstamped, undecodable } = telemetry.counts;
    assert.deepEqual([messages, repeated, unstamped, undecodable], [5, 1, 1, 1]);
  });

  it("do not miss what the server drops on our wish", () => {
    const slow = { ...VOLTS, throttle: 1 };
    const telemetry = compileMapping(linkOf([slow, { ...POINT, throttle: 0.05 }]), [], 1);
    telemetry.take("/v", { data: 12 }, 0);
    for (const [t, seq] of [
      [0.1, 10],
      [0.15, 15],
      [0.2, 20],
      [2.9, 290],
    ] as const)
      telemetry.take("/p", point(t, 1, seq), t);
    assert.deepEqual([...telemetry.frame.values], [12, 1]);
    assert.equal(telemetry.counts.lost, 53);
  });

  it("cost hardly any memory beyond their messages", () => {
    const telemetry = compileMapping(linkOf([imu(), jointStates()]), JOINTS, 1);
    const [joints] = recordedMessages("subscribe JointState JSON") as Stamped[];
    const [orientation] = recordedMessages("subscribe Imu JSON at 20 Hz, throttle, headers") as Stamped[];
    let now = 1;
    const run = (frames: number): void => {
      for (let frame = 0; frame < frames; frame++) {
        now++;
        orientation!.header.stamp.secs++;
        joints!.header.stamp.secs++;
        telemetry.take("/imu", orientation, now);
        telemetry.take("/joint_states", joints, now);
      }
    };
    run(20_000);
    assert.equal(telemetry.counts.frames, 20_000);
    const growth = Array.from({ length: 9 }, () => {
      const before = process.memoryUsage().heapUsed;
      run(1000);
      return (process.memoryUsage().heapUsed - before) / 1000;
    });
    // Where it was collected meanwhile, it has shrunk. One object per value would be 45 times 24 bytes and more.
    const grown = growth.filter((bytes) => bytes > 0).sort((a, b) => a - b);
    assert.ok(grown.length > 0 && grown[grown.length >> 1]! < 500, `${growth} bytes a frame`);
  });
});

describe("a mapping that does not fit", () => {
  const refusal = (...args: Parameters<typeof compileMapping>): string => {
    try {
      compileMapping(...args);
    } catch (error) {
      assert.ok(error instanceof GaitsmithError && error.code === "CONFIG_INVALID");
      return error.describe();
    }
    return assert.fail("it was taken");
  };

  it("is refused with every error, where it stands and what is nearest", () => {
    const wrong = topicOf("/odom", "nav_msgs/Odometry", [
      channelOf("odometry.x", "pose.pose.positon.x"),
      channelOf("odometry.yaw", "pose.pose", { pick: { kind: "angle", angle: "yaw" } }),
    ]);
    const text = refusal(linkOf([wrong, topicOf("/imu", "sensor_msgs/IMU2", [])]), [], 1);
    assert.match(text, /3 things do not fit/);
    assert.match(
      text,
      /robot\.yaml:9, odometry\.x {2}geometry_msgs\/Pose has no field `positon`.*Did you mean `pose\.pose\.position`\?/,
    );
    assert.match(text, /robot\.yaml:9, odometry\.yaw {2}.*Did you mean `pose\.pose\.orientation`\?/);
    assert.match(
      text,
      /robot\.yaml:5, \/imu {2}the message type sensor_msgs\/IMU2 is not known\. Did you mean `sensor_msgs\/Imu`\?/,
    );
  });

  it("is refused for topics and channels that are there twice or not, joints that are not, stamps that are none", () => {
    assert.match(refusal(linkOf([POINT, POINT]), [], 1), /\/p is mapped twice[\s\S]*pose\.x is filled twice/);
    const link = linkOf([POINT]);
    const telemetry = { ...link.telemetry, frames: "/q" };
    assert.match(refusal({ ...link, telemetry }, [], 1), /no topic \/q is mapped.*\n.*Did you mean `\/p`\?/);
    const joint = channelOf("joint.knee.position", "point.x", { joints: ["kne"] });
    assert.match(
      refusal(linkOf([{ ...POINT, channels: [joint] }]), ["knee", "hip"], 1),
      /no joint kne.*\n.*Did you mean `knee`\?/,
    );
    assert.match(
      refusal(linkOf([{ ...POINT, stamp: "header" }]), [], 1),
      /is std_msgs\/Header, not a time.*\n.*Did you mean `header\.stamp`\?/,
    );
    assert.match(
      refusal(linkOf([{ ...VOLTS, stamp: "header.stamp" }]), [], 1),
      /std_msgs\/Float64 has no field `header`/,
    );
  });

  it("is refused for bytes that cannot be read", () => {
    const topic = topicOf("/w", "my_msgs/W", [channelOf("a", "a")], { encoding: "cbor-raw", stamp: null });
    const definitions = { "my_msgs/W": "float64 a\nwstring b" };
    assert.match(
      refusal(linkOf([topic], { definitions }), [], 2),
      /has a wstring, `b`.*\n.*`encoding: json`/,
    );
  });
});
