/** What the monitor makes of telemetry that is late, lost, repeated, frozen or impossible. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import type { Breach, SafetyMonitor, Watch } from "../../src/safety/monitor.ts";
import {
  ENVELOPE,
  FrameSource,
  layoutWithout,
  monitorOf,
  NOT_NUMBERS,
  PERIOD,
  walking,
  withLimit,
} from "./small-robot.ts";

const WATCHES: Watch[] = ["telemetry", "powered", "walking"];

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

  it("a delay that the link knows counts from the first frame on, and adds to silence", () => {
    for (const [periods, limit] of [
      [10, undefined],
      [10.5, "frame-age"],
    ] as const) {
      const first = monitorOf();
      const source = new FrameSource();
      assert.equal(first.onFrame({ ...source.next(), delay: periods * PERIOD })?.limit.name, limit);
      const later = walking();
      assert.equal(
        later.monitor.onFrame({ ...later.source.next(), delay: periods * PERIOD })?.limit.name,
        limit,
      );
    }
    const { monitor, source } = walking();
    const frame = { ...source.next(), delay: 4 * PERIOD };
    assert.equal(monitor.onFrame(frame), null);
    assert.equal(monitor.onTick(frame.tArrival + 6 * PERIOD), null);
    assert.equal(monitor.onTick(frame.tArrival + 6.5 * PERIOD)?.limit.name, "frame-age");
  });

  it("a delay that is none, or makes a frame arrive before it was sampled, says nothing", () => {
    for (const delay of [Number.NaN, -1, Number.NEGATIVE_INFINITY]) {
      const { monitor, source } = walking();
      const frame = { ...source.next(), delay };
      assert.equal(monitor.onFrame(frame), null);
      assert.equal(monitor.onTick(frame.tArrival + 10 * PERIOD), null);
      assert.equal(monitor.onTick(frame.tArrival + 11 * PERIOD)?.limit.name, "frame-age");
    }
  });
});
