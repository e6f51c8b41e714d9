/**
 * Limits: what may not be crossed while the robot is powered. Data only; {@link Envelope} is all limits of a robot.
 * A robot with an unset limit cannot be armed.
 */

/**
 * Every limit gaitsmith knows, in the fixed order in which their constraint values are stored with a trial.
 *
 * - `tilt`: angle between the trunk's vertical and gravity, rad
 * - `height`: trunk above ground, m
 * - `joint-position`, `joint-speed`: link side, rad and rad/s; `motor-speed`: motor side (in a springy leg the link
 *   reaches several times the motor's speed)
 * - `motor-torque` N·m, `motor-temperature` °C, `battery-voltage` V
 * - `lateral-distance`: sideways from the start line, m: the arena's edge
 * - `duration`: the walk's length, s
 * - `frame-age`: time since the newest frame arrived, or that it was underway where that is longer, s
 * - `frame-gap`: frames lost in a row
 * - `not-a-number`: implausible values in a row in one channel
 * - `frozen`: seconds a noisy channel repeats the very same value
 * - `battery-current`: what the robot draws from its supply, A; what it feeds back while it brakes is negative
 *
 * New ones come last, so that the constraint values and the breached limit of stored trials keep their places.
 */
export const LIMIT_NAMES = [
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
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];

/** Limits that a robot without the sensor may do without, when its config says so in words. The others never. */
export const MAY_GO_UNWATCHED: readonly LimitName[] = [
  "height",
  "joint-position",
  "joint-speed",
  "motor-speed",
  "motor-torque",
  "motor-temperature",
  "battery-voltage",
  "lateral-distance",
  "battery-current",
];

/**
 * When crossing counts: at once; after `frames` consecutive frames beyond; or when the mean over the last `seconds`
 * is beyond. The debounced extreme is the same statistic: the largest over time of the smallest of `frames`
 * consecutive values, or of the window's mean.
 */
export type Debounce =
  | { readonly kind: "single" }
  | { readonly kind: "streak"; readonly frames: number }
  | { readonly kind: "window"; readonly seconds: number };

export interface Bounds {
  /** Allowed range, inclusive, SI; −Infinity or Infinity where a side is open. */
  readonly low: number;
  readonly high: number;
  /** Where a healthy walk is, inside the range: scales the constraint value. */
  readonly nominal: number;
  /**
   * Where a warning is due, by the same statistic as the bound: strictly between nominal and the bound of that side. Crossing
   * it never stops the robot and stays out of the constraint value. Absent: that side has none.
   */
  readonly softLow?: number;
  readonly softHigh?: number;
}

export interface Limit extends Bounds {
  readonly name: LimitName;
  readonly unit: string;
  readonly debounce: Debounce;
  /** What a breach does: `settle` (damped, then off), `cut` (off at once), `warn` (noted, the walk goes on). */
  readonly action: "settle" | "cut" | "warn";
  /** What a breach says about the gait: evidence against it, or an accident that is tried once more. */
  readonly outcome: "aborted" | "interrupted";
  /**
   * The robot cannot report what this limit is about, and why that is acceptable, in the words of who wrote the config.
   * Its bounds are open then, and its constraint value is always −1. Absent: it is watched.
   */
  readonly unwatched?: string;
  /** Bounds of single joints that differ from the limit's own. */
  readonly joints?: Readonly<Record<string, Bounds>>;
}

/** Of one joint, which may have bounds of its own. */
export function boundsOf(limit: Limit, joint: string): Bounds {
  return limit.joints?.[joint] ?? limit;
}

/** All limits of a robot: one of each name. */
export type Envelope = Readonly<Record<LimitName, Limit>>;
