/** The limits on the page: their order in live frames, their words, and how near to one a value is. */

import type { Bounds, LimitName } from "../../safety/limit.ts";
import type { RobotStatus } from "../../service/live-events.ts";

/** As `LIMIT_NAMES`, which a browser cannot import; a test holds the two together. */
export const LIMIT_ORDER: readonly LimitName[] = [
  "tilt",
  "height",
  "joint-position",
  "joint-speed",
  "motor-speed",
  "motor-torque",
  "motor-temperature",
  "battery-voltage",
  "lateral-distance",
  "duration",
  "frame-age",
  "frame-gap",
  "not-a-number",
  "frozen",
  "battery-current",
];

export const LIMIT_WORDS: Readonly<Record<LimitName, string>> = {
  tilt: "Trunk tilt",
  height: "Trunk height",
  "joint-position": "Joint position",
  "joint-speed": "Joint speed (link side)",
  "motor-speed": "Motor speed",
  "motor-torque": "Motor torque",
  "motor-temperature": "Motor temperature",
  "battery-voltage": "Battery",
  "lateral-distance": "Sideways drift",
  duration: "Duration",
  "frame-age": "Telemetry age",
  "frame-gap": "Lost frames",
  "not-a-number": "Implausible values",
  frozen: "Frozen values",
  "battery-current": "Battery current",
};

/** A limit's bounds after JSON, which has no word for the infinity of an open side. */
export interface WireBounds {
  readonly low: number | null;
  readonly high: number | null;
  readonly nominal: number;
  /** Where a warning is due before the limit. */
  readonly softLow: number | null;
  readonly softHigh: number | null;
  readonly unit: string;
}

export function boundsOf(robot: RobotStatus, name: LimitName): WireBounds | null {
  const limit = (robot.envelope as Partial<RobotStatus["envelope"]>)[name];
  if (limit === undefined) return null;
  return onWire(limit, limit.unit);
}

function onWire({ low, high, nominal, softLow, softHigh }: Bounds, unit: string): WireBounds {
  const finite = (value: number | null | undefined): number | null =>
    Number.isFinite(value) ? (value as number) : null;
  return {
    ...{ low: finite(low), high: finite(high), nominal, unit },
    ...{ softLow: finite(softLow), softHigh: finite(softHigh) },
  };
}

/**
 * How much of the way from nominal to the limit a value has gone: 0 at nominal or on its open side, 1 at the limit,
 * above 1 beyond it.
 */
export function wayToLimit(value: number, bounds: WireBounds): number {
  const { low, high, nominal } = bounds;
  const limit = value > nominal ? high : low;
  if (limit === null || value === nominal) return 0;
  if (limit === nominal) return Number.POSITIVE_INFINITY;
  return (value - nominal) / (limit - nominal);
}

export type Nearness = "fine" | "near" | "over";

export const NEAR = 0.8;

/** Near is where a warning is due, and close to the limit in any case. */
export function nearness(value: number, bounds: WireBounds): Nearness {
  const way = wayToLimit(value, bounds);
  const { softLow, softHigh } = bounds;
  const warned = (softLow !== null && value < softLow) || (softHigh !== null && value > softHigh);
  return way > 1 ? "over" : warned || way >= NEAR ? "near" : "fine";
}

export interface LimitReading {
  readonly value: number;
  readonly bounds: WireBounds;
  /** The joint it is about, where joints have bounds of their own. */
  readonly joint: string | null;
}

/**
 * Each limit's value now. Where joints have bounds of their own, the frame's one number does not say whose it is, so
 * the joint nearest to its own limit is looked up in the channels.
 */
export function readLimit(
  robot: RobotStatus,
  name: LimitName,
  values: readonly (number | null)[],
  margins: readonly (number | null)[],
): LimitReading | null {
  const bounds = boundsOf(robot, name);
  if (bounds === null) return null;
  const own = robot.envelope[name].joints;
  if (name === "joint-position" && own !== undefined) {
    const readings = robot.channels.flatMap((channel, index): LimitReading[] => {
      const value = values[index] ?? null;
      if (channel.joint === undefined || channel.name !== `joint.${channel.joint}.position` || value === null)
        return [];
      const ofJoint = own[channel.joint];
      const shown = ofJoint === undefined ? bounds : onWire(ofJoint, bounds.unit);
      return [{ value, bounds: shown, joint: channel.joint }];
    });
    const way = (reading: LimitReading): number => wayToLimit(reading.value, reading.bounds);
    const worst = readings.reduce<LimitReading | null>(
      (most, reading) => (most === null || way(reading) > way(most) ? reading : most),
      null,
    );
    if (worst !== null) return worst;
  }
  const value = margins[LIMIT_ORDER.indexOf(name)] ?? null;
  return value === null ? null : { value, bounds, joint: null };
}
