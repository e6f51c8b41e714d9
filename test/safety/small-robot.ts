/** A robot with two joints, its envelope and its frames: the smallest thing the monitor can watch. */
import assert from "node:assert/strict";
import { ChannelLayout, channelName, type TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import type { Bounds, Debounce, Envelope, Limit, LimitName } from "../../src/safety/limit.ts";
import { type Breach, SafetyMonitor, type Watch } from "../../src/safety/monitor.ts";

export const JOINTS = ["hip", "knee"];
/** Hz. Times are whole multiples of a power of two, so that tests can stand exactly on a bound. */
export const RATE = 64;
export const PERIOD = 1 / RATE;

const NAMES = [
  channelName.roll,
  channelName.pitch,
  channelName.yaw,
  channelName.angularVelocity("x"),
  channelName.acceleration("z"),
  channelName.height,
  channelName.poseX,
  channelName.poseY,
  ...JOINTS.flatMap((joint) => [
    channelName.jointPosition(joint),
    channelName.jointVelocity(joint),
    channelName.motorPosition(joint),
    channelName.motorVelocity(joint),
    channelName.motorTarget(joint),
    channelName.motorTorque(joint),
    channelName.motorTemperature(joint),
  ]),
  channelName.batteryVoltage,
  channelName.batteryCurrent,
  channelName.stopButton,
];

export function layoutWithout(...missing: string[]): ChannelLayout {
  return new ChannelLayout(
    NAMES.filter((name) => !missing.includes(name)).map((name) => {
      const joint = JOINTS.find((one) => name.includes(`.${one}.`));
      return { name, unit: "", source: "measured", ...(joint === undefined ? {} : { joint }) };
    }),
  );
}

function limit(
  name: LimitName,
  bounds: Partial<Bounds>,
  debounce: Debounce,
  change: Partial<Limit> = {},
): Limit {
  return {
    name,
    unit: "",
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    nominal: 0,
    debounce,
    action: "settle",
    outcome: "aborted",
    ...bounds,
    ...change,
  };
}

const single: Debounce = { kind: "single" };
const accident = { outcome: "interrupted" } as const;

/** Every limit with a single-sample rule, so that a test sees what one frame does. */
export const ENVELOPE: Envelope = {
  tilt: limit("tilt", { high: 0.8, nominal: 0.1 }, single),
  height: limit("height", { low: 0.07, high: 0.22, nominal: 0.14 }, single),
  "joint-position": limit("joint-position", { low: -1, high: 1, nominal: 0.1 }, single, {
    joints: { knee: { low: -2, high: 0.5, nominal: -1 } },
  }),
  "joint-speed": limit("joint-speed", { high: 25, nominal: 10 }, single),
  "motor-speed": limit("motor-speed", { high: 5, nominal: 3 }, single),
  "motor-torque": limit("motor-torque", { high: 4, nominal: 2 }, single),
  "motor-temperature": limit("motor-temperature", { high: 80, nominal: 40 }, single),
  "battery-voltage": limit("battery-voltage", { low: 10, nominal: 12 }, single, accident),
  "lateral-distance": limit("lateral-distance", { high: 1.5, nominal: 0.2 }, single),
  duration: limit("duration", { high: 12, nominal: 10 }, single, accident),
  "frame-age": limit("frame-age", { high: 10 * PERIOD, nominal: PERIOD }, single, accident),
  "frame-gap": limit("frame-gap", { high: 8, nominal: 0 }, single, accident),
  "not-a-number": limit("not-a-number", { high: 5, nominal: 0 }, single, accident),
  frozen: limit("frozen", { high: 13 * PERIOD, nominal: PERIOD }, single, accident),
  "battery-current": limit("battery-current", { high: 15, nominal: 3 }, single, accident),
};

export function withLimit(name: LimitName, change: Partial<Limit>): Envelope {
  return { ...ENVELOPE, [name]: { ...ENVELOPE[name], ...change } };
}

export function monitorOf(envelope: Envelope = ENVELOPE, layout = layoutWithout()): SafetyMonitor {
  return new SafetyMonitor({
    layout,
    envelope,
    joints: JOINTS,
    rate: RATE,
    lateralChannel: channelName.poseY,
  });
}

/** A stream of frames of a robot that stands and is well, one every 1/64 s, except for what a test changes. */
export class FrameSource {
  readonly layout: ChannelLayout;
  seq = 0;
  tRobot = 5;
  /** Arrival minus robot time, s. */
  underway = PERIOD / 2;
  #count = 0;

  constructor(layout = layoutWithout()) {
    this.layout = layout;
  }

  next(change: Readonly<Record<string, number>> = {}): TelemetryFrame {
    this.seq = (this.seq + 1) >>> 0;
    this.tRobot += PERIOD;
    return this.again(change);
  }

  /** The same place in the stream, other values. */
  again(change: Readonly<Record<string, number>> = {}): TelemetryFrame {
    // Healthy sensors are never quite still.
    const noise = (++this.#count % 2) * 1e-3;
    const values = Float64Array.from(this.layout.channels, ({ name }) => {
      if (name in change) return change[name]!;
      if (name === channelName.height) return 0.14 + noise;
      if (name === channelName.batteryVoltage) return 12;
      if (name === channelName.stopButton) return 0;
      if (name === channelName.jointPosition("knee")) return -1 + noise;
      if (name.endsWith("temperature")) return 40;
      return noise;
    });
    return { seq: this.seq, tRobot: this.tRobot, tArrival: this.tRobot + this.underway, values };
  }
}

/** The smallest steps around a bound. */
export const above = (bound: number): number => bound + Math.abs(bound) * 1e-12;
export const below = (bound: number): number => bound - Math.abs(bound) * 1e-12;

export const NOT_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** A monitor that watches this robot walk, and the frames to come. */
export function walking(
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
export function oneFrame(change: Readonly<Record<string, number>>, watch: Watch = "walking"): Breach | null {
  const { monitor, source } = walking(ENVELOPE, watch);
  return monitor.onFrame(source.next(change));
}
