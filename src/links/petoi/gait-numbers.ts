/** The gait of OpenCatEsp32 on the wire: the token `r` and twelve whole numbers (`src/motion.h`). */
import { PETOI_GAIT, petoiCycle } from "../../config/known-gaits.ts";
import { type CommandOrderOptions, misunderstoodBy } from "../command-order.ts";

export type GaitNumbers = Readonly<Record<string, number>>;

const NAMES = Object.keys(PETOI_GAIT);
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

/** @param longestCycle s */
export function misunderstood(longestCycle: number): CommandOrderOptions["misunderstood"] {
  const ranges = misunderstoodBy(GAIT, PETOI_GAIT);
  return (parameters) => {
    const outside = ranges(parameters);
    if (outside !== null) return outside;
    const broken = parameters.values.find(([, value]) => !Number.isInteger(value));
    if (broken !== undefined) return `${broken[0]} = ${broken[1]} is not a whole number`;
    const cycle = petoiCycle(Object.fromEntries(parameters.values));
    return cycle <= longestCycle
      ? null
      : `a cycle of this gait takes ${cycle} s, during which the robot hears no stop; link.longest_cycle allows ${longestCycle} s`;
  };
}
