/**
 * The gait generator of OpenCatEsp32 (`src/motion.h`): twelve whole numbers that follow the token `r`. It moves the four
 * shoulders along a cosine, sampled more coarsely in the air than on the ground; the knees keep their posture.
 */
import { type CommandOrderOptions, misunderstoodBy } from "../command-order.ts";

/**
 * Name and range of each number, in the firmware's order. Outside of these the firmware answers as if all was well and
 * delays for minutes (a negative delay), reads beyond its tables (a negative phase) or wraps around (it keeps eight bits).
 */
export const GAIT_NUMBERS = {
  /** Degrees a shoulder swings to either side. */
  amplitude: { low: 0, high: 60 },
  /** Tenths by which one side swings less: positive the right one, negative the left one. */
  side_ratio: { low: -10, high: 10 },
  /** Degrees added while a leg is on the ground. */
  switch_angle: { low: -30, high: 30 },
  /** Degrees by which the front and the back legs lean. */
  shift_front: { low: -45, high: 45 },
  shift_back: { low: -45, high: 45 },
  /** ms per sample. */
  delay: { low: 1, high: 20 },
  /** Only every so manieth of the 300 samples is taken: on the ground, in the air. */
  skip_support: { low: 1, high: 20 },
  skip_swing: { low: 1, high: 20 },
  /** Hundredths of a cycle: left front, right front, right back, left back. */
  phase_left_front: { low: 0, high: 100 },
  phase_right_front: { low: 0, high: 100 },
  phase_right_back: { low: 0, high: 100 },
  phase_left_back: { low: 0, high: 100 },
} as const;

export type GaitNumbers = Readonly<Record<string, number>>;

const NAMES = Object.keys(GAIT_NUMBERS);
const SAMPLES = 300;
const GAIT = "own";

/** What goes over the line. */
export function gaitCommand(numbers: GaitNumbers): string {
  return `r${NAMES.map((name) => numbers[name]).join(" ")}\n`;
}

/**
 * Numbers from the line with which the firmware says what it has understood; the ratio of the sides is printed in whole.
 *
 * @returns null when it is another line
 */
export function understoodGait(line: string): readonly number[] | null {
  const words = line.split("\t");
  if (words.length !== NAMES.length || !words.every((word) => /^-?\d+(\.\d)?$/.test(word))) return null;
  return words.map((word, index) =>
    NAMES[index] === "side_ratio" ? Math.round(10 * Number(word)) : Number(word),
  );
}

export function isSameGait(understood: readonly number[], numbers: GaitNumbers): boolean {
  return NAMES.every((name, index) => understood[index] === numbers[name]);
}

/** How long one cycle takes, s: for so long the firmware hears and says nothing. */
export function cycleSeconds(numbers: GaitNumbers): number {
  const { skip_support: onGround = 1, skip_swing: inAir = 1, delay = 1 } = numbers;
  let samples = 0;
  for (let at = 0; at < SAMPLES; samples++) at += at > 15 && at < 135 ? onGround : inAir;
  return (samples * delay) / 1000;
}

/** @param longestCycle s */
export function misunderstood(longestCycle: number): CommandOrderOptions["misunderstood"] {
  const ranges = misunderstoodBy(GAIT, GAIT_NUMBERS);
  return (parameters) => {
    const outside = ranges(parameters);
    if (outside !== null) return outside;
    const broken = parameters.values.find(([, value]) => !Number.isInteger(value));
    if (broken !== undefined) return `${broken[0]} = ${broken[1]} is not a whole number`;
    const cycle = cycleSeconds(Object.fromEntries(parameters.values));
    return cycle <= longestCycle
      ? null
      : `a cycle of this gait takes ${cycle} s, during which the robot hears no stop; link.longest_cycle allows ${longestCycle} s`;
  };
}
