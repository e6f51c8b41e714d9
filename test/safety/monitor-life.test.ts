/** A monitor before its first frame, across walks, and after a reset. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { channelName, type TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import { type Debounce, type Envelope, LIMIT_NAMES, type LimitName } from "../../src/safety/limit.ts";
import type { SafetyMonitor, Watch } from "../../src/safety/monitor.ts";
import { ENVELOPE, FrameSource, monitorOf, PERIOD, walking, withLimit } from "./small-robot.ts";

function debounced(monitor: SafetyMonitor, name: LimitName): number {
  const out = new Float64Array(LIMIT_NAMES.length);
  monitor.readDebounced(out);
  return out[LIMIT_NAMES.indexOf(name)]!;
}

/** Everything that can be asked of it. */
function everything(monitor: SafetyMonitor): unknown {
  const out = new Float64Array(LIMIT_NAMES.length);
  monitor.readDebounced(out);
  return {
    ...{ debounced: [...out], constraints: monitor.constraints(10, 5), posture: { ...monitor.posture } },
    ...{
      fresh: monitor.fresh,
      button: monitor.stopButton,
      start: monitor.walkStart,
      upright: monitor.upright,
    },
    ...{ breach: monitor.breach, warning: monitor.warning },
  };
}

describe("a monitor's life", () => {
  it("begins with knowing nothing", () => {
    const monitor = monitorOf();
    assert.deepEqual(monitor.posture, { tilt: Number.NaN, height: Number.NaN, imuTrusted: false });
    assert.deepEqual([monitor.fresh, monitor.stopButton, monitor.warning], [false, false, null]);
    assert.equal(monitor.onTick(5), null);
    assert.ok(Number.isNaN(debounced(monitor, "frame-age")), "silence before the first frame is no age");
  });

  it("names everything that is wrong with its envelope", () => {
    const envelope: Envelope = {
      ...withLimit("tilt", { action: "pray" as never }),
      height: { ...ENVELOPE.height, outcome: "" as never },
    };
    assert.throws(
      () => monitorOf(envelope),
      /is not complete: limit tilt has no action; limit height has no outcome$/,
    );
  });

  it("takes the stop button for pressed from a half on", () => {
    const { monitor, source } = walking();
    for (const [value, pressed] of [
      [0.5, true],
      [0.49, false],
      [1, true],
      [Number.NaN, false],
    ] as const) {
      monitor.onFrame(source.next({ [channelName.stopButton]: value }));
      assert.equal(monitor.stopButton, pressed, `${value}`);
    }
  });

  it("starts the extremes anew with every walk, and keeps them in between", () => {
    const { monitor, source } = walking();
    const speed = () => monitor.constraints(10, 0)[LIMIT_NAMES.indexOf("motor-speed")];
    monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: 4 }));
    monitor.watch("powered");
    assert.equal(speed(), -0.5);
    monitor.watch("walking");
    assert.equal(speed(), -1);
  });

  it("reports nothing that is no longer watched", () => {
    const { monitor, source } = walking(withLimit("motor-torque", { action: "cut" }));
    const both = { [channelName.height]: 0.3, [channelName.motorTorque("hip")]: 9 };
    assert.equal(monitor.onFrame(source.next(both))?.limit.name, "motor-torque");
    monitor.watch("powered");
    assert.equal(monitor.onFrame(source.next({ [channelName.height]: 0.3 })), null);
    monitor.watch("walking");
    assert.equal(monitor.onFrame(source.next({ [channelName.height]: 0.3 }))?.limit.name, "height");
  });

  it("watches telemetry after a reset, and no more than that", () => {
    const { monitor } = walking();
    monitor.reset();
    const source = new FrameSource();
    monitor.onFrame(source.next());
    assert.equal(monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: 9 })), null);
    source.seq += 9;
    assert.equal(monitor.onFrame(source.next())?.limit.name, "frame-gap");
  });

  const RULES: readonly Debounce[] = [
    { kind: "single" },
    { kind: "streak", frames: 3 },
    { kind: "window", seconds: 4 * PERIOD },
  ];
  const COUNTED: readonly LimitName[] = ["duration", "frame-age", "frame-gap", "not-a-number", "frozen"];
  const envelopeOf = (debounce: Debounce): Envelope => {
    const limits = LIMIT_NAMES.map((name) => {
      const limit = { ...ENVELOPE[name], ...(COUNTED.includes(name) ? {} : { debounce }) };
      return [name, name === "tilt" ? { ...limit, softHigh: 0.4 } : limit];
    });
    return Object.fromEntries(limits) as Envelope;
  };
  const step = fc.record({
    channel: fc.constantFrom(
      ...[channelName.roll, channelName.height, channelName.poseY, channelName.batteryVoltage],
      ...[channelName.motorVelocity("hip"), channelName.jointPosition("knee"), channelName.stopButton],
    ),
    value: fc.oneof(fc.double({ min: -2, max: 12, noNaN: true }), fc.constant(Number.NaN)),
    lost: fc.constantFrom(0, 0, 0, 3, 9),
    delay: fc.constantFrom(0, 0, 4 * PERIOD),
    watch: fc.constantFrom<Watch | null>("telemetry", "powered", "walking", null, null),
  });

  for (const rule of RULES)
    it(`begins anew with a reset, whatever was before (${rule.kind})`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 10 }), fc.array(step, { maxLength: 10 }), (before, after) => {
          const used = monitorOf(envelopeOf(rule));
          const unused = monitorOf(envelopeOf(rule));
          const feed = (steps: typeof before, monitors: readonly SafetyMonitor[]): unknown[] => {
            const source = new FrameSource();
            return steps.flatMap(({ channel, value, lost, delay, watch }) => {
              source.seq += lost;
              const frame: TelemetryFrame = { ...source.next({ [channel]: value }), delay };
              return monitors.map((monitor) => {
                if (watch !== null) monitor.watch(watch);
                return monitor.onFrame(frame);
              });
            });
          };
          feed(before, [used]);
          used.reset();
          assert.deepEqual(everything(used), everything(unused));
          const verdicts = feed(after, [used, unused]);
          for (let index = 0; index < verdicts.length; index += 2)
            assert.deepEqual(verdicts[index], verdicts[index + 1]);
          assert.deepEqual(everything(used), everything(unused));
        }),
      );
    });

  it("shows the joint that is nearest to its bound, the first of several, and never one that is unknown", () => {
    const hip = channelName.motorVelocity("hip");
    const knee = channelName.motorVelocity("knee");
    for (const [change, shown] of [
      [{ [hip]: 4.5, [knee]: 4 }, 4.5],
      [{ [hip]: 4, [knee]: 4.5 }, 4.5],
      [{ [hip]: 1, [knee]: 2 }, 1],
      [{ [hip]: Number.NaN, [knee]: 4 }, 4],
    ] as const) {
      const { monitor, source } = walking(
        withLimit("motor-speed", { debounce: { kind: "streak", frames: 2 } }),
      );
      for (let count = 0; count < 2; count++) monitor.onFrame(source.next(change));
      assert.equal(debounced(monitor, "motor-speed"), shown);
    }
  });

  it("shows the upper side of a streak that is as far from one bound as from the other", () => {
    const { monitor, source } = walking(
      withLimit("height", { low: -1, high: 1, nominal: 0, debounce: { kind: "streak", frames: 2 } }),
    );
    for (const height of [-0.25, 0.25]) monitor.onFrame(source.next({ [channelName.height]: height }));
    assert.equal(debounced(monitor, "height"), -0.25, "the smallest of the two, against the upper bound");
  });

  it("tells the age as of a tick, and nothing by one from before the newest frame", () => {
    const { monitor, source } = walking();
    const arrived = source.tRobot + source.underway;
    assert.equal(debounced(monitor, "frame-age"), PERIOD);
    for (const before of [arrived - PERIOD, Number.NaN]) {
      monitor.onTick(before);
      assert.equal(debounced(monitor, "frame-age"), PERIOD);
    }
    monitor.onTick(arrived);
    assert.equal(debounced(monitor, "frame-age"), 0);
    monitor.onTick(arrived + 3 * PERIOD);
    assert.equal(debounced(monitor, "frame-age"), 3 * PERIOD);
  });

  it("takes a counter that went back for an old frame, even if its time went on", () => {
    const after = (steps: number): boolean => {
      const { monitor, source } = walking();
      source.seq = (source.seq + steps - 1) >>> 0;
      monitor.onFrame(source.next());
      return monitor.fresh;
    };
    assert.equal(after(1), true);
    assert.equal(after(2 ** 31 - 1), true);
    assert.equal(after(2 ** 31), false);
    assert.equal(after(2 ** 31 + 1), false);
    assert.equal(after(-1), false);
    assert.equal(after(0), false);
  });

  it("walks sideways as far as allowed, either way", () => {
    for (const side of [1, -1]) {
      const { monitor, source } = walking();
      const at = (y: number) => monitor.onFrame(source.next({ [channelName.poseY]: side * y }));
      for (let y = 0; y <= 1.5; y += 0.125) assert.equal(at(y), null);
      const breach = at(1.5 + PERIOD);
      assert.deepEqual(
        [breach?.limit.name, breach?.value, breach?.bound],
        ["lateral-distance", 1.5 + PERIOD, 1.5],
      );
    }
  });
});
