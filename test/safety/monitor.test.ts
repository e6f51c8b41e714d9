import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { type Envelope, LIMIT_NAMES, type LimitName } from "../../src/safety/limit.ts";
import { type Breach, type SafetyMonitor, WATCHED_FROM, type Watch } from "../../src/safety/monitor.ts";
import { ENVELOPE, FrameSource, layoutWithout, monitorOf, PERIOD, withLimit } from "./small-robot.ts";

const WATCHES: Watch[] = ["telemetry", "powered", "walking"];
const NOT_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
/** The smallest steps around a bound. */
const above = (bound: number): number => bound + Math.abs(bound) * 1e-12;
const below = (bound: number): number => bound - Math.abs(bound) * 1e-12;

function walking(
  envelope: Envelope = ENVELOPE,
  watch: Watch = "walking",
): { monitor: SafetyMonitor; source: FrameSource } {
  const monitor = monitorOf(envelope);
  const source = new FrameSource();
  for (let count = 0; count < 3; count++) assert.equal(monitor.onFrame(source.next()), null);
  monitor.watch(watch);
  return { monitor, source };
}

/** What one frame with this value makes of a walking robot. */
function oneFrame(change: Readonly<Record<string, number>>, watch: Watch = "walking"): Breach | null {
  const { monitor, source } = walking(ENVELOPE, watch);
  return monitor.onFrame(source.next(change));
}

interface Edge {
  readonly limit: LimitName;
  readonly channel: string;
  readonly inside: readonly number[];
  readonly outside: readonly number[];
}

const both = (limit: LimitName, channel: string, low: number, high: number): Edge => ({
  limit,
  channel,
  inside: [low, above(low), (low + high) / 2, below(high), high],
  outside: [low - 100, below(low), above(high), high + 100],
});
const magnitude = (limit: LimitName, channel: string, high: number): Edge => ({
  limit,
  channel,
  inside: [0, below(high), high, -high, -below(high)],
  outside: [above(high), high * 100, -above(high), -high * 100],
});

const EDGES: Edge[] = [
  both("height", channelName.height, 0.07, 0.22),
  magnitude("joint-speed", channelName.jointVelocity("hip"), 25),
  magnitude("joint-speed", channelName.jointVelocity("knee"), 25),
  magnitude("motor-speed", channelName.motorVelocity("hip"), 5),
  magnitude("motor-speed", channelName.motorVelocity("knee"), 5),
  magnitude("motor-torque", channelName.motorTorque("hip"), 4),
  magnitude("motor-torque", channelName.motorTorque("knee"), 4),
  {
    limit: "motor-temperature",
    channel: channelName.motorTemperature("knee"),
    inside: [-40, 0, below(80), 80],
    outside: [above(80), 1000],
  },
  {
    limit: "battery-voltage",
    channel: channelName.batteryVoltage,
    inside: [10, above(10), 1000],
    outside: [below(10), 0, -5],
  },
  magnitude("lateral-distance", channelName.poseY, 1.5),
];

describe("monitor: bounds", () => {
  for (const { limit, channel, inside, outside } of EDGES) {
    it(`${limit} of ${channel} allows its range, bounds included, and nothing else`, () => {
      for (const value of inside) assert.equal(oneFrame({ [channel]: value }), null, `${value}`);
      for (const value of outside) {
        const breach = oneFrame({ [channel]: value });
        assert.equal(breach?.limit.name, limit, `${value}`);
        assert.equal(breach?.channel, channel);
        assert.equal(Math.abs(breach?.value ?? 0), Math.abs(value));
      }
    });

    it(`${limit} of ${channel} is checked from ${WATCHED_FROM[limit]} on`, () => {
      for (const watch of WATCHES) {
        const expected = WATCHES.indexOf(watch) >= WATCHES.indexOf(WATCHED_FROM[limit]);
        assert.equal(oneFrame({ [channel]: outside[0]! }, watch) !== null, expected, watch);
      }
    });

    it(`${limit} of ${channel} leaves what is no number to its own limit`, () => {
      for (const value of NOT_NUMBERS) assert.equal(oneFrame({ [channel]: value }), null);
    });
  }

  it("joint positions have bounds of their own, within what a joint can move between frames", () => {
    const position = (joint: string, value: number): LimitName | undefined => {
      const { monitor, source } = walking();
      const start = joint === "knee" ? -1 : 0;
      let breach: Breach | null = null;
      // A quarter of a radian per frame is fast, but not impossible.
      for (let step = 1; step <= 8; step++)
        breach ??= monitor.onFrame(
          source.next({ [channelName.jointPosition(joint)]: start + (step / 8) * (value - start) }),
        );
      return breach?.limit.name;
    };
    for (const [joint, low, high] of [
      ["hip", -1, 1],
      ["knee", -2, 0.5],
    ] as const) {
      for (const value of [low, above(low), below(high), high])
        assert.equal(position(joint, value), undefined);
      for (const value of [below(low), above(high)]) assert.equal(position(joint, value), "joint-position");
    }
  });

  it("tilt is the angle of the trunk's vertical, whichever way it leans", () => {
    const tilted = (roll: number, pitch: number): boolean =>
      oneFrame({ [channelName.roll]: roll, [channelName.pitch]: pitch })?.limit.name === "tilt";
    for (const angle of [0.8 - 1e-9, -0.8 + 1e-9]) {
      assert.equal(tilted(angle, 0), false);
      assert.equal(tilted(0, angle), false);
    }
    for (const angle of [0.8 + 1e-9, -0.8 - 1e-9, Math.PI, -Math.PI]) {
      assert.equal(tilted(angle, 0), true);
      assert.equal(tilted(0, angle), true);
    }
    // acos(cos 0.6 · cos 0.6) = 0.82
    assert.equal(tilted(0.6, 0.6), true);
    assert.equal(tilted(-0.55, 0.55), false);
    assert.equal(oneFrame({ [channelName.roll]: 1 }, "telemetry"), null);
    assert.equal(oneFrame({ [channelName.pitch]: 1 }, "powered")?.limit.name, "tilt");
  });

  it("tilt needs both of its angles", () => {
    for (const value of NOT_NUMBERS) {
      assert.equal(oneFrame({ [channelName.roll]: value, [channelName.pitch]: 1 }), null);
      assert.equal(oneFrame({ [channelName.pitch]: value, [channelName.roll]: 1 }), null);
    }
  });

  it("duration counts from the start of the walk, in robot time", () => {
    const { monitor, source } = walking();
    const start = source.tRobot;
    assert.equal(monitor.walkStart, start);
    for (let count = 1; count <= 12 / PERIOD; count++) assert.equal(monitor.onFrame(source.next()), null);
    assert.equal(source.tRobot, start + 12);
    const breach = monitor.onFrame(source.next());
    assert.equal(breach?.limit.name, "duration");
    assert.equal(breach?.channel, null);
  });
});

describe("monitor: telemetry", () => {
  const feed = (
    monitor: SafetyMonitor,
    source: FrameSource,
    change: Record<string, number>,
    frames: number,
  ) => {
    let breach: Breach | null = null;
    for (let count = 0; count < frames; count++) breach ??= monitor.onFrame(source.next(change));
    return breach;
  };

  for (const watch of WATCHES)
    for (const value of NOT_NUMBERS)
      it(`${value} in one channel breaches when it comes more often in a row than allowed (${watch})`, () => {
        const { monitor, source } = walking(ENVELOPE, watch);
        const change = { [channelName.batteryVoltage]: value };
        assert.equal(feed(monitor, source, change, 5), null);
        assert.equal(monitor.onFrame(source.next()), null);
        assert.equal(feed(monitor, source, change, 5), null);
        const breach = monitor.onFrame(source.next(change));
        assert.equal(breach?.limit.name, "not-a-number");
        assert.equal(breach?.channel, channelName.batteryVoltage);
        assert.equal(breach?.value, 6);
        assert.equal(breach?.bound, 5);
      });

  it("values that are no numbers in turn in two channels are not in a row", () => {
    const { monitor, source } = walking();
    for (let count = 0; count < 20; count++) {
      const channel = count % 2 === 0 ? channelName.poseX : channelName.poseY;
      assert.equal(monitor.onFrame(source.next({ [channel]: Number.NaN })), null);
    }
  });

  it("a joint that jumps further than it can move is not believed, and not for long", () => {
    const { monitor, source } = walking();
    const hip = channelName.jointPosition("hip");
    // 4 · 25 rad/s · 1/64 s = 1.56 rad
    assert.equal(monitor.onFrame(source.next({ [hip]: 1.57 })), null);
    assert.equal(monitor.onFrame(source.next({ [hip]: 1.57 }))?.limit.name, "joint-position");
    const flapping = walking();
    let breach: Breach | null = null;
    for (let count = 0; count < 6; count++)
      breach ??= flapping.monitor.onFrame(flapping.source.next({ [hip]: count % 2 === 0 ? 1.8 : -0.1 }));
    assert.equal(breach?.limit.name, "not-a-number");
    assert.equal(breach?.channel, hip);
  });

  const stuck: [string, Watch, Record<string, number>][] = [
    [channelName.roll, "telemetry", { [channelName.roll]: 0.01 }],
    [channelName.angularVelocity("x"), "telemetry", { [channelName.angularVelocity("x")]: 0 }],
    [channelName.acceleration("z"), "telemetry", { [channelName.acceleration("z")]: 9.81 }],
    [channelName.height, "walking", { [channelName.height]: 0.14 }],
    [channelName.poseX, "walking", { [channelName.poseX]: 0 }],
  ];
  for (const [channel, from, change] of stuck)
    it(`${channel} is frozen when it repeats the very same value (${from})`, () => {
      for (const watch of WATCHES) {
        const { monitor, source } = walking(ENVELOPE, watch);
        monitor.onFrame(source.next(change));
        assert.equal(feed(monitor, source, change, 13), null);
        const breach = feed(monitor, source, change, 1);
        const expected = WATCHES.indexOf(watch) >= WATCHES.indexOf(from);
        assert.equal(breach?.limit.name, expected ? "frozen" : undefined, watch);
        if (expected) assert.equal(breach?.channel, channel);
      }
    });

  for (const side of [channelName.jointPosition, channelName.motorPosition])
    it(`${side("hip")} is frozen only while its target moves`, () => {
      const target = channelName.motorTarget("hip");
      const run = (step: number): Breach | null => {
        const { monitor, source } = walking();
        let breach: Breach | null = null;
        for (let count = 0; count < 40; count++)
          breach ??= monitor.onFrame(source.next({ [side("hip")]: 0.1, [target]: count * step }));
        return breach;
      };
      assert.equal(run(0), null);
      assert.equal(run(0.0009), null);
      assert.equal(run(0.0011)?.limit.name, "frozen");
      assert.equal(run(-0.0011)?.channel, side("hip"));
    });

  it("without targets a joint that stands still is not suspected", () => {
    const layout = layoutWithout(channelName.motorTarget("hip"), channelName.motorTarget("knee"));
    const monitor = monitorOf(ENVELOPE, layout);
    const source = new FrameSource(layout);
    monitor.watch("walking");
    assert.equal(feed(monitor, source, { [channelName.jointPosition("hip")]: 0.1 }, 50), null);
  });

  it("counts the frames lost in a row, over the end of the counter", () => {
    for (const start of [100, 2 ** 32 - 5]) {
      for (const [lost, expected] of [
        [8, undefined],
        [9, "frame-gap"],
      ] as const) {
        const monitor = monitorOf();
        const source = new FrameSource();
        source.seq = start;
        monitor.onFrame(source.next());
        source.seq += lost;
        assert.equal(monitor.onFrame(source.next())?.limit.name, expected, `${start} ${lost}`);
      }
    }
  });

  it("a frame that comes twice or too late tells nothing, and counts once", () => {
    const { monitor, source } = walking(
      withLimit("motor-speed", { debounce: { kind: "streak", frames: 2 } }),
    );
    const fast = { [channelName.motorVelocity("hip")]: 6 };
    assert.equal(monitor.onFrame(source.next(fast)), null);
    assert.equal(monitor.fresh, true);
    assert.equal(monitor.onFrame(source.again(fast)), null);
    assert.equal(monitor.fresh, false);
    const late = source.again(fast);
    late.seq = source.seq - 2;
    assert.equal(monitor.onFrame(late), null);
    assert.equal(monitor.fresh, false);
    assert.equal(monitor.onFrame(source.next(fast))?.limit.name, "motor-speed");
  });

  it("a robot that repeats itself, or whose time stands still or is none, falls silent", () => {
    let time = 0;
    const ways: ((source: FrameSource) => void)[] = [
      // The counter stands still while time goes on; then time stands still, runs back, is none.
      (source) => {
        source.seq--;
        source.tRobot = time;
      },
      () => {},
      (source) => {
        source.tRobot -= PERIOD;
      },
      (source) => {
        source.tRobot = Number.NaN;
      },
    ];
    for (const spoil of ways) {
      const { monitor, source } = walking();
      const since = source.tRobot;
      const results: (string | undefined)[] = [];
      for (let count = 1; count <= 11; count++) {
        source.seq++;
        source.tRobot = since;
        time = since + count * PERIOD;
        spoil(source);
        const frame = source.again();
        frame.tArrival = since + source.underway + count * PERIOD;
        results.push(monitor.onFrame(frame)?.limit.name);
        assert.equal(monitor.fresh, false);
      }
      assert.equal(results[9], undefined);
      assert.equal(results[10], "frame-age");
    }
  });

  it("a first frame without a time is none", () => {
    const monitor = monitorOf();
    const source = new FrameSource();
    const frame = { ...source.next(), tRobot: Number.NaN };
    assert.equal(monitor.onFrame(frame), null);
    assert.equal(monitor.fresh, false);
    assert.equal(monitor.healthy(frame.tArrival), false);
    assert.equal(monitor.onTick(1e6), null);
  });

  it("silence is a breach at the first tick beyond the limit", () => {
    const { monitor, source } = walking();
    const arrived = source.tRobot + source.underway;
    assert.equal(monitor.onTick(arrived - PERIOD), null);
    assert.equal(monitor.onTick(arrived + 10 * PERIOD), null);
    assert.equal(monitor.healthy(arrived + 10 * PERIOD), true);
    assert.equal(monitor.healthy(arrived + 11 * PERIOD), false);
    const breach = monitor.onTick(arrived + 11 * PERIOD);
    assert.equal(breach?.limit.name, "frame-age");
    assert.equal(breach?.channel, null);
    assert.equal(breach?.seq, source.seq);
    assert.equal(breach?.tRobot, source.tRobot);
    assert.equal(monitor.onTick(arrived + 12 * PERIOD), null);
    assert.equal(monitor.breach, breach);
  });

  it("a jump of the robot's clock and frames that waited in a queue are old", () => {
    const jump = walking();
    jump.source.tRobot += 10 * PERIOD;
    assert.equal(jump.monitor.onFrame(jump.source.next())?.limit.name, "frame-age");

    const backlog = walking();
    let breach: Breach | null = null;
    let delayed = 0;
    // Each frame comes half a period later than it should: never a gap, yet ever older.
    while (breach === null && delayed < 100) {
      delayed++;
      backlog.source.underway += PERIOD / 2;
      breach = backlog.monitor.onFrame(backlog.source.next());
    }
    assert.equal(breach?.limit.name, "frame-age");
    assert.equal(delayed, 21);
  });

  it("the quickest frame is the measure of what is late", () => {
    const { monitor, source } = walking();
    for (const underway of [-5.5, 0, 4.5]) {
      source.underway = underway * PERIOD;
      assert.equal(monitor.onFrame(source.next()), null);
    }
    source.underway = 5 * PERIOD;
    assert.equal(monitor.onFrame(source.next())?.limit.name, "frame-age");
  });
});

describe("monitor: verdicts", () => {
  const fast = { [channelName.motorVelocity("hip")]: 6 };

  it("debounces with streaks: one good frame starts anew, an unknown one does not", () => {
    const { monitor, source } = walking(
      withLimit("motor-speed", { debounce: { kind: "streak", frames: 3 } }),
    );
    const unknown = { [channelName.motorVelocity("hip")]: Number.NaN };
    for (const change of [fast, fast, {}, fast, unknown, fast])
      assert.equal(monitor.onFrame(source.next(change)), null);
    assert.equal(monitor.onFrame(source.next(fast))?.value, 6);
  });

  it("tells the debounced value: of a streak the one closest to the bound", () => {
    const { monitor, source } = walking(withLimit("height", { debounce: { kind: "streak", frames: 3 } }));
    const at = (height: number): Breach | null =>
      monitor.onFrame(source.next({ [channelName.height]: height }));
    assert.deepEqual([at(0.05), at(0.06)], [null, null]);
    const low = at(0.04);
    assert.deepEqual([low?.value, low?.bound], [0.06, 0.07]);
    const above = walking(withLimit("height", { debounce: { kind: "streak", frames: 2 } }));
    above.monitor.onFrame(above.source.next({ [channelName.height]: 0.5 }));
    const high = above.monitor.onFrame(above.source.next({ [channelName.height]: 0.3 }));
    assert.deepEqual([high?.value, high?.bound], [0.3, 0.22]);
  });

  it("does not count an old tilt for an unknown one", () => {
    const { monitor, source } = walking(withLimit("tilt", { debounce: { kind: "streak", frames: 2 } }));
    for (const roll of [1, Number.NaN, Number.NaN, 0])
      assert.equal(monitor.onFrame(source.next({ [channelName.roll]: roll })), null);
  });

  it("names the most severe of several, and reports each limit once", () => {
    const cutting = withLimit("motor-torque", { action: "cut" });
    const { monitor, source } = walking(cutting);
    const torque = { [channelName.motorTorque("knee")]: 5 };
    const hot = { [channelName.motorTemperature("hip")]: 90 };
    const first = monitor.onFrame(source.next({ ...fast, ...torque, ...hot }));
    assert.equal(first?.limit.name, "motor-torque");
    assert.equal(monitor.onFrame(source.next({ ...fast, ...torque, ...hot }))?.limit.name, "motor-speed");
    assert.equal(
      monitor.onFrame(source.next({ ...fast, ...torque, ...hot }))?.limit.name,
      "motor-temperature",
    );
    assert.equal(monitor.onFrame(source.next({ ...fast, ...torque, ...hot })), null);
    assert.equal(monitor.breach, first);
  });

  it("only notes a warning", () => {
    const { monitor, source } = walking(withLimit("motor-speed", { action: "warn" }));
    assert.equal(monitor.onFrame(source.next(fast))?.limit.action, "warn");
    assert.equal(monitor.breach, null);
    assert.equal(monitor.healthy(source.tRobot + source.underway), true);
    const hot = { [channelName.motorTemperature("hip")]: 90 };
    assert.equal(monitor.onFrame(source.next({ ...fast, ...hot }))?.limit.name, "motor-temperature");
  });

  it("is not healthy before the first frame and after a breach", () => {
    const monitor = monitorOf();
    assert.equal(monitor.healthy(0), false);
    const source = new FrameSource();
    monitor.onFrame(source.next());
    assert.equal(monitor.healthy(source.tRobot + source.underway), true);
    monitor.watch("powered");
    monitor.onFrame(source.next(fast));
    assert.equal(monitor.healthy(source.tRobot + source.underway), false);
  });

  it("knows the posture", () => {
    const { monitor, source } = walking();
    assert.equal(monitor.upright, true);
    monitor.onFrame(source.next({ [channelName.roll]: 0.5, [channelName.pitch]: 0 }));
    assert.ok(Math.abs(monitor.posture.tilt - 0.5) < 1e-9);
    assert.equal(monitor.upright, true);
    monitor.onFrame(source.next({ [channelName.roll]: Number.NaN, [channelName.height]: 0.3 }));
    assert.ok(Math.abs(monitor.posture.tilt - 0.5) < 1e-9);
    assert.deepEqual(
      [monitor.posture.imuTrusted, monitor.posture.height, monitor.upright],
      [false, 0.3, false],
    );
    monitor.onFrame(source.next({ [channelName.height]: Number.NaN }));
    assert.deepEqual([monitor.posture.imuTrusted, monitor.posture.height], [true, 0.3]);
    monitor.onFrame(source.next({ [channelName.acceleration("z")]: Number.NaN }));
    assert.equal(monitor.posture.imuTrusted, false);
    for (let count = 0; count < 30; count++)
      monitor.onFrame(source.next({ [channelName.acceleration("z")]: 9.81 }));
    assert.equal(monitor.posture.imuTrusted, false);
    assert.equal(monitorOf().upright, false);
  });

  it("sees the stop button", () => {
    const { monitor, source } = walking();
    assert.equal(monitor.stopButton, false);
    monitor.onFrame(source.next({ [channelName.stopButton]: 1 }));
    assert.equal(monitor.stopButton, true);
    const layout = layoutWithout(channelName.stopButton);
    const without = monitorOf(ENVELOPE, layout);
    without.onFrame(new FrameSource(layout).next());
    assert.equal(without.stopButton, false);
  });

  it("forgets everything on reset", () => {
    const { monitor, source } = walking();
    monitor.onFrame(source.next({ ...fast, [channelName.stopButton]: 1 }));
    monitor.reset();
    assert.deepEqual(
      [monitor.breach, monitor.stopButton, monitor.fresh, monitor.upright],
      [null, false, false, false],
    );
    assert.ok(Number.isNaN(monitor.walkStart));
    assert.equal(monitor.healthy(source.tRobot), false);
    // The counter and the clock may start again, and what was frozen or lost before counts no more.
    const again = new FrameSource();
    assert.equal(monitor.onFrame(again.next(fast)), null);
    monitor.watch("walking");
    assert.equal(monitor.onFrame(again.next(fast))?.limit.name, "motor-speed");
  });

  it("cannot be built on an envelope that is not complete", () => {
    assert.throws(() => monitorOf(withLimit("tilt", { high: Number.NaN })), /limit tilt has no high bound/);
  });

  const watched: [string, LimitName][] = [
    [channelName.roll, "tilt"],
    [channelName.pitch, "tilt"],
    [channelName.height, "height"],
    [channelName.jointPosition("hip"), "joint-position"],
    [channelName.jointVelocity("knee"), "joint-speed"],
    [channelName.motorVelocity("knee"), "motor-speed"],
    [channelName.motorTorque("hip"), "motor-torque"],
    [channelName.motorTemperature("hip"), "motor-temperature"],
    [channelName.batteryVoltage, "battery-voltage"],
    [channelName.poseY, "lateral-distance"],
  ];
  for (const [channel, limit] of watched)
    it(`says that ${limit} cannot be watched without ${channel}`, () => {
      const layout = layoutWithout(channel);
      const monitor = monitorOf(ENVELOPE, layout);
      assert.deepEqual(monitor.problems, [`limit ${limit} cannot be watched: the robot has no ${channel}`]);
      monitor.watch("walking");
      assert.equal(monitor.onFrame(new FrameSource(layout).next()), null);
    });

  it("has no problems with a robot that reports everything", () => {
    assert.deepEqual(monitorOf().problems, []);
  });

  it("trusts no robot without inertial sensors", () => {
    const names = [
      channelName.roll,
      channelName.pitch,
      channelName.angularVelocity("x"),
      channelName.acceleration("z"),
    ];
    const layout = layoutWithout(...names);
    const monitor = monitorOf(ENVELOPE, layout);
    monitor.onFrame(new FrameSource(layout).next());
    assert.equal(monitor.posture.imuTrusted, false);
  });
});

describe("monitor: constraint values", () => {
  const at = (values: readonly number[], name: LimitName): number => values[LIMIT_NAMES.indexOf(name)]!;

  it("are −1 for every limit of a robot that has not walked", () => {
    assert.deepEqual(
      monitorOf().constraints(10, 0),
      LIMIT_NAMES.map(() => -1),
    );
  });

  it("come from the walk's extremes only, and from the worst joint", () => {
    const { monitor, source } = walking(ENVELOPE, "powered");
    const speed = (joint: string, value: number) => ({ [channelName.motorVelocity(joint)]: value });
    monitor.onFrame(source.next(speed("hip", 5)));
    monitor.watch("walking");
    monitor.onFrame(source.next(speed("hip", -3.5)));
    monitor.onFrame(source.next(speed("knee", 4)));
    monitor.onFrame(source.next({ [channelName.height]: 0.09 }));
    monitor.watch("powered");
    monitor.onFrame(source.next(speed("hip", 5)));
    const values = monitor.constraints(10, 0);
    assert.equal(values.length, LIMIT_NAMES.length);
    assert.equal(at(values, "motor-speed"), -0.5);
    assert.ok(Math.abs(at(values, "height") - -0.02 / 0.07) < 1e-12);
    assert.equal(at(values, "motor-torque"), -1);
    assert.equal(at(values, "joint-speed"), -1);
  });

  it("use the debounced value: what one sample shows is not the extreme", () => {
    const { monitor, source } = walking(
      withLimit("motor-speed", { debounce: { kind: "streak", frames: 2 } }),
    );
    for (const value of [4.8, 3, 4, 4.5, 3])
      monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: value }));
    assert.equal(at(monitor.constraints(10, 0), "motor-speed"), -0.5);
  });

  it("give the limit that ended the walk its time left, and freeze the rest", () => {
    const { monitor, source } = walking();
    monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: 4 }));
    monitor.onFrame(source.next({ [channelName.roll]: 1 }));
    monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: 50, [channelName.roll]: 1 }));
    const values = monitor.constraints(10, 7.5);
    assert.equal(at(values, "tilt"), 1.75);
    assert.equal(at(values, "motor-speed"), -0.5);
  });

  it("knows nothing of a joint whose window is not full", () => {
    const out = new Float64Array(LIMIT_NAMES.length);
    const { monitor, source } = walking(
      withLimit("motor-torque", { debounce: { kind: "window", seconds: 4 * PERIOD } }),
    );
    monitor.onFrame(source.next());
    monitor.readDebounced(out);
    assert.ok(Number.isNaN(at([...out], "motor-torque")));
    for (let count = 0; count < 4; count++)
      monitor.onFrame(source.next({ [channelName.motorTorque("knee")]: -3 }));
    monitor.readDebounced(out);
    assert.equal(at([...out], "motor-torque"), 3);
  });

  it("reads the debounced values now, NaN where nothing is watched or known", () => {
    const out = new Float64Array(LIMIT_NAMES.length);
    const { monitor, source } = walking(
      withLimit("battery-voltage", { debounce: { kind: "window", seconds: 1 } }),
    );
    monitor.onFrame(
      source.next({
        [channelName.motorVelocity("hip")]: -4,
        [channelName.motorVelocity("knee")]: 4.5,
        [channelName.height]: 0.1,
      }),
    );
    monitor.readDebounced(out);
    assert.equal(at([...out], "motor-speed"), 4.5);
    assert.equal(at([...out], "height"), 0.1);
    assert.ok(Number.isNaN(at([...out], "battery-voltage")));
    monitor.watch("telemetry");
    monitor.readDebounced(out);
    assert.ok(Number.isNaN(at([...out], "motor-speed")));
    assert.ok(at([...out], "frame-age") > 0);
  });
});
