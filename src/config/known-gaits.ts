/** Robots' own gaits whose parameters are known because their link is gaitsmith's: what the robot takes, and in which range. */
import type { ConfigSource } from "./config-source.ts";
import type { HardwareConfig } from "./hardware-config.ts";
import { nearestName } from "./nearest-name.ts";
import type { SiUnit } from "./units.ts";

export interface KnownParameter {
  readonly low: number;
  readonly high: number;
  /** "" by default: the robot's own number. */
  readonly unit?: SiUnit;
  /** Only whole numbers are understood. */
  readonly whole?: boolean;
}

export type KnownGait = Readonly<Record<string, KnownParameter>>;

/**
 * The gait generator of OpenCatEsp32 (`src/motion.h`), twelve whole numbers in the firmware's order. Outside of these ranges
 * it answers as if all was well and waits for minutes (a negative delay), reads beyond its tables (a negative phase) or
 * wraps around (it keeps eight bits).
 */
export const PETOI_GAIT = {
  /** Degrees a shoulder swings to either side; the knees keep their posture. */
  amplitude: { low: 0, high: 60, whole: true },
  /** Tenths by which one side swings less: positive the right one, negative the left one. */
  side_ratio: { low: -10, high: 10, whole: true },
  /** Degrees added while a leg is on the ground. */
  switch_angle: { low: -30, high: 30, whole: true },
  /** Degrees by which the front and the back legs lean. */
  shift_front: { low: -45, high: 45, whole: true },
  shift_back: { low: -45, high: 45, whole: true },
  /** ms per sample. */
  delay: { low: 1, high: 20, whole: true },
  /** Of the 300 samples of a cycle only every so manieth is taken: on the ground, in the air. */
  skip_support: { low: 1, high: 20, whole: true },
  skip_swing: { low: 1, high: 20, whole: true },
  /** Hundredths of a cycle. */
  phase_left_front: { low: 0, high: 100, whole: true },
  phase_right_front: { low: 0, high: 100, whole: true },
  phase_right_back: { low: 0, high: 100, whole: true },
  phase_left_back: { low: 0, high: 100, whole: true },
} as const satisfies KnownGait;

/** The walk of mjbots/quad (`mech/quadruped_command.h`): what is asked of it; it limits speeds to what its legs can do. */
export const MJBOTS_WALK = {
  /** Forward, to the left, anticlockwise. */
  speed: { low: -0.5, high: 2, unit: "m/s" },
  sideways_speed: { low: -0.5, high: 0.5, unit: "m/s" },
  turn_rate: { low: -1.5, high: 1.5, unit: "rad/s" },
  /** Times the height in the robot's own config (`walk.lift_height`). */
  step_height: { low: 0.2, high: 3 },
  /** 1: as long in the air as its config allows, at any speed. */
  maximize_flight: { low: 0, high: 1, whole: true },
} as const satisfies KnownGait;

const PETOI_SAMPLES = 300;

/** How long one cycle of a Petoi robot's gait takes, s: for so long the firmware hears and says nothing. */
export function petoiCycle(numbers: Readonly<Record<string, number>>): number {
  const { skip_support: onGround = 1, skip_swing: inAir = 1, delay = 1 } = numbers;
  let samples = 0;
  for (let at = 0; at < PETOI_SAMPLES; samples++) at += at > 15 && at < 135 ? onGround : inAir;
  return (samples * delay) / 1000;
}

/** What is wrong is reported to the source. */
export function checkKnownGait(source: ConfigSource, config: HardwareConfig): void {
  const { link } = config;
  if (link.kind === "petoi") {
    checkParameters(source, config, PETOI_GAIT);
    const cycle = petoiCycle({
      ...config.gait.constants,
      ...(config.seedGait as Readonly<Record<string, number>>),
    });
    if (source.sound && cycle > link.longestCycle)
      source.report({
        path: ["gait", "parameters"],
        what: `a cycle of the seed gait takes ${cycle} s, during which the robot hears no stop`,
        remedy: "Choose a quicker one, or allow more in link.longest_cycle.",
      });
  } else if (link.kind === "mjbots") checkParameters(source, config, MJBOTS_WALK);
}

function checkParameters(source: ConfigSource, config: HardwareConfig, known: KnownGait): void {
  const { gait, space, seedGait } = config;
  const report = (name: string, what: string, remedy: string, atKey = false): void =>
    source.report({ path: ["gait", "parameters", ...(name === "" ? [] : [name])], what, remedy, atKey });
  if (gait.body !== null) {
    source.report({
      path: ["gait", "name"],
      what: `this robot walks a gait of its own, not ${gait.name}`,
      remedy: "Write `own`.",
    });
    return;
  }
  const names = Object.keys(known);
  const given = new Set([...Object.keys(gait.constants), ...Object.keys(seedGait)]);
  for (const name of given) {
    if (Object.hasOwn(known, name)) continue;
    const near = nearestName(name, names);
    report(
      name,
      "the robot's gait has no such parameter",
      `${near === null ? "" : `Did you mean \`${near}\`? `}It has: ${names.join(", ")}.`,
      true,
    );
  }
  const missing = names.filter((name) => !given.has(name));
  if (missing.length > 0)
    report(
      "",
      `${missing.map((name) => `\`${name}\``).join(", ")} ${missing.length === 1 ? "is" : "are"} missing`,
      "The robot needs all of them: fix those that are not tuned with a single value.",
    );
  for (const [name, { low, high, whole = false }] of Object.entries(known)) {
    const tuned = space.parameters.find((one) => one.name === name);
    const values =
      tuned?.kind === "float" ? [tuned.low, tuned.high] : given.has(name) ? [gait.constants[name]!] : [];
    if (values.some((value) => value < low || value > high))
      report(name, `the robot takes ${low} to ${high}`, "Stay within that.");
    const steps = tuned?.kind === "float" ? [tuned.step ?? Number.NaN] : [];
    if (whole && ![...values, ...steps].every(Number.isInteger))
      report(
        name,
        "the robot understands whole numbers only",
        "Write whole numbers, and `step: 1` where it is tuned.",
      );
  }
}
