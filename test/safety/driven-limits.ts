/** For every limit: frames in which what it is about has the value that a test wants. */
import { channelName, type TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import type { Bounds, LimitName } from "../../src/safety/limit.ts";
import { type FrameSource, PERIOD } from "./small-robot.ts";

/** What a frame says, and what the limit is to make of it. */
export interface Driven {
  readonly frame: TelemetryFrame;
  /** The value that is judged; NaN: nothing is. */
  readonly raw: number;
  /** When, s, by the clock that its debounce rule counts in. */
  readonly time: number;
}

export interface DrivenLimit {
  readonly limit: LimitName;
  /** What a breach names; null where it is not one channel. */
  readonly channel: string | null;
  /** Channels without which it cannot be watched. */
  readonly needs: readonly string[];
  /** The bounds that values are driven around. Open where the limit has no such side. */
  readonly bounds: Bounds;
  /** Numbers beyond either bound may be driven, or only what can be counted. */
  readonly isCounted: boolean;
  /** Bounds of the joint that it is driven by, which count in place of the limit's. */
  readonly joint?: string;
  /** @param wanted about the bounds, or NaN and the infinities */
  drive(source: FrameSource, wanted: number, walkStart: number): Driven;
}

const OPEN = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

function ofChannel(
  limit: LimitName,
  channel: string,
  bounds: Partial<Bounds>,
  judged: (value: number) => number = (value) => value,
): DrivenLimit {
  return {
    ...{ limit, channel, needs: [channel], isCounted: false },
    bounds: { ...OPEN, nominal: 0, ...bounds },
    drive: (source, wanted) => {
      const frame = source.next({ [channel]: wanted });
      return { frame, raw: Number.isFinite(wanted) ? judged(wanted) : Number.NaN, time: frame.tRobot };
    },
  };
}

const frame = (source: FrameSource, change: Partial<TelemetryFrame>): TelemetryFrame => ({
  ...source.next(),
  ...change,
});

export const DRIVEN: readonly DrivenLimit[] = [
  {
    ...{ limit: "tilt", channel: null, needs: [channelName.roll, channelName.pitch], isCounted: false },
    bounds: { ...OPEN, high: 0.75, nominal: 0.125 },
    drive: (source, wanted) => {
      const leaning = source.next({ [channelName.roll]: wanted, [channelName.pitch]: 0 });
      return { frame: leaning, raw: Math.acos(Math.cos(wanted) * Math.cos(0)), time: leaning.tRobot };
    },
  },
  ofChannel("height", channelName.height, { low: 0.0625, high: 0.25, nominal: 0.125 }),
  ofChannel("joint-position", channelName.jointPosition("hip"), { low: -1, high: 0.75, nominal: 0.125 }),
  {
    ...ofChannel("joint-position", channelName.jointPosition("knee"), { low: -2, high: -0.5, nominal: -1 }),
    joint: "knee",
  },
  ofChannel("joint-speed", channelName.jointVelocity("knee"), { high: 25, nominal: 10 }, Math.abs),
  ofChannel("motor-speed", channelName.motorVelocity("hip"), { high: 5, nominal: 3 }, Math.abs),
  ofChannel("motor-torque", channelName.motorTorque("knee"), { high: 4, nominal: 2 }, Math.abs),
  ofChannel("motor-temperature", channelName.motorTemperature("knee"), { high: 80, nominal: 45 }),
  ofChannel("battery-voltage", channelName.batteryVoltage, { low: 10, nominal: 12 }),
  // Small: a robot does not jump.
  ofChannel("lateral-distance", channelName.poseY, { high: 0.0625, nominal: 0.03125 }, Math.abs),
  {
    ...{ limit: "duration", channel: null, needs: [], isCounted: false },
    // Short: a robot whose time jumps is another breach.
    bounds: { ...OPEN, high: 6 * PERIOD, nominal: 2 * PERIOD },
    drive: (source, wanted, walkStart) => {
      // Its clock goes on, in steps that bring it where it is wanted.
      source.tRobot = Math.max(walkStart + wanted, source.tRobot + PERIOD / 2) - PERIOD;
      const next = source.next();
      return { frame: next, raw: next.tRobot - walkStart, time: next.tRobot };
    },
  },
  {
    ...{ limit: "frame-age", channel: null, needs: [], isCounted: false },
    bounds: { ...OPEN, high: 8 * PERIOD, nominal: PERIOD },
    drive: (source, wanted) => {
      const late = frame(source, { delay: wanted });
      return { frame: late, raw: Math.max(wanted, PERIOD), time: late.tArrival };
    },
  },
  {
    ...{ limit: "frame-gap", channel: null, needs: [], isCounted: true },
    bounds: { ...OPEN, high: 8, nominal: 1 },
    drive: (source, wanted) => {
      const lost = Number.isFinite(wanted) ? Math.max(0, Math.round(wanted)) : 0;
      source.seq += lost;
      const next = source.next();
      return { frame: next, raw: lost, time: next.tRobot };
    },
  },
  ofChannel("battery-current", channelName.batteryCurrent, { high: 15, nominal: 3 }),
];
