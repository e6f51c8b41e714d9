/** Which changes between two frames no robot can make. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import type { LimitName } from "../../src/safety/limit.ts";
import { TelemetryTrust } from "../../src/safety/telemetry-trust.ts";
import { nextUp } from "./next-number.ts";
import { FrameSource, monitorOf, PERIOD, RATE, walking } from "./small-robot.ts";

const SPEEDS = { link: (joint: string) => (joint === "hip" ? 8 : 16), motor: () => 4 };

/** One channel alone, and what is thought of it frame by frame. */
class Watched {
  readonly #trust: TelemetryTrust;
  readonly #dt: number;

  constructor(name: string, joint?: string, dt = PERIOD) {
    const channel = {
      name,
      unit: "",
      source: "measured" as const,
      ...(joint === undefined ? {} : { joint }),
    };
    this.#trust = new TelemetryTrust(new ChannelLayout([channel]), SPEEDS);
    this.#dt = dt;
  }

  /** @returns whether each value is believed */
  see(...values: readonly number[]): boolean[] {
    return values.map((value) => {
      this.#trust.judge(Float64Array.of(value), { dt: this.#dt }, true);
      const believed = this.#trust.believes(0);
      assert.equal(this.#trust.implausible > 0, !believed);
      assert.equal(this.#trust.implausibleChannel, believed ? -1 : 0);
      return believed;
    });
  }

  reset(): void {
    this.#trust.reset();
  }
}

describe("an impossible jump", () => {
  const fastest: readonly (readonly [string, string | undefined, number])[] = [
    [channelName.jointPosition("hip"), "hip", 4 * 8],
    [channelName.jointPosition("knee"), "knee", 4 * 16],
    [channelName.motorPosition("hip"), "hip", 4 * 4],
    [channelName.poseX, undefined, 10],
    [channelName.poseY, undefined, 10],
    [channelName.odometryX, undefined, 10],
    [channelName.odometryY, undefined, 10],
  ];
  for (const [name, joint, speed] of fastest)
    it(`of ${name} is one faster than ${speed} a second, either way`, () => {
      for (const sign of [1, -1]) {
        const most = (sign * speed) / RATE;
        assert.deepEqual(new Watched(name, joint).see(0, most), [true, true]);
        assert.deepEqual(new Watched(name, joint).see(0, sign * nextUp(Math.abs(most))), [true, false]);
        assert.deepEqual(new Watched(name, joint).see(0, 5 * most, 5 * most), [true, false, true]);
      }
      assert.deepEqual(new Watched(name, joint).see(100), [true], "the first value is none");
      const again = new Watched(name, joint);
      again.see(0);
      again.reset();
      assert.deepEqual(again.see(100), [true], "nor is the first one after a reset");
    });

  it("is not seen where there was no number before", () => {
    for (const [name, joint] of fastest)
      for (const unknown of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        assert.deepEqual(new Watched(name, joint).see(0, unknown, 100), [true, false, true]);
  });

  it("is not seen of what may change at once, or turns around", () => {
    const others: readonly (readonly [string, string?])[] = [
      [channelName.height],
      [channelName.batteryVoltage],
      [channelName.batteryCurrent],
      [channelName.roll],
      [channelName.pitch],
      [channelName.yaw],
      [channelName.poseYaw],
      [channelName.odometryYaw],
      [channelName.jointVelocity("hip"), "hip"],
      [channelName.motorVelocity("hip"), "hip"],
      [channelName.motorTarget("hip"), "hip"],
      [channelName.motorTorque("hip"), "hip"],
      [channelName.motorTemperature("hip"), "hip"],
    ];
    for (const [name, joint] of others)
      assert.deepEqual(new Watched(name, joint).see(0, 1e6, -1e6), [true, true, true], name);
  });

  it("of a place is counted from when it last changed: cameras are slower than telemetry", () => {
    const step = 10 / RATE;
    for (const name of [channelName.poseX, channelName.odometryY]) {
      assert.deepEqual(new Watched(name).see(0, 0, 0, 3 * step), [true, true, true, true]);
      assert.deepEqual(new Watched(name).see(0, 0, 0, nextUp(3 * step)), [true, true, true, false]);
      assert.deepEqual(new Watched(name).see(0, 0, 0, 3 * step, 4.5 * step), [true, true, true, true, false]);
      const again = new Watched(name);
      again.see(0, 0, 0);
      again.reset();
      assert.deepEqual(again.see(0, 2 * step), [true, false], "and from the first frame after a reset");
    }
    // An encoder is read for every frame.
    const hip = channelName.jointPosition("hip");
    assert.deepEqual(new Watched(hip, "hip").see(0, 0, 0, 1), [true, true, true, false]);
  });

  it("of the place does not end a walk, and many of them do", () => {
    const { monitor, source } = walking();
    const at = (y: number): LimitName | undefined =>
      monitor.onFrame(source.next({ [channelName.poseY]: y }))?.limit.name;
    assert.equal(at(0), undefined);
    assert.equal(at(2), undefined, "a camera that mixes up its markers for a frame");
    assert.equal(at(0), undefined);
    assert.equal(at(0.001), undefined);
    const flapping = [2, 0, 2, 0, 2, 0].map(at);
    assert.deepEqual(flapping, [...Array(5).fill(undefined), "not-a-number"]);
    assert.equal(monitor.breach?.channel, channelName.poseY);
  });

  it("of a joint is judged by that joint's own limit of speed", () => {
    const { monitor, source } = walking();
    assert.equal(monitor.onFrame(source.next({ [channelName.motorPosition("hip")]: 0.3 })), null);
    const quick = monitorOf();
    const frames = new FrameSource();
    for (let count = 0; count < 12; count++) {
      const position = count % 2 === 0 ? 0 : 0.4;
      const breach = quick.onFrame(frames.next({ [channelName.motorPosition("hip")]: position }));
      // 4 · 5 rad/s · 1/64 s = 0.3125 rad
      assert.equal(breach?.limit.name, count === 6 ? "not-a-number" : undefined, `${count}`);
    }
    assert.equal(quick.breach?.channel, channelName.motorPosition("hip"));
  });
});
