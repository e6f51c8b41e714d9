/** The gait generator's numbers: how they are read from a command and repeated (`src/motion.h`). */
import type { CpgNumbers } from "./body.ts";

const SAMPLES = 300;

/** @param text of the command `r`. Missing numbers are zero, and numbers keep their low eight bits. */
export function readGait(text: string): CpgNumbers {
  const numbers = text.split(/[ ,\t]+/).map((word) => Number.parseInt(word, 10) || 0);
  const at = (index: number): number => ((numbers[index] ?? 0) << 24) >> 24;
  return {
    amplitude: at(0),
    sideRatio: at(1),
    switchAngle: at(2),
    shiftFront: at(3),
    shiftBack: at(4),
    loopDelay: at(5),
    skipSupport: at(6),
    skipSwing: at(7),
    phases: [at(8), at(9), at(10), at(11)],
  };
}

/** The line in which the firmware says what it has understood. */
export function gaitLine(gait: CpgNumbers): string {
  return [
    gait.amplitude,
    (gait.sideRatio / 10).toFixed(1),
    gait.switchAngle,
    gait.shiftFront,
    gait.shiftBack,
    gait.loopDelay,
    gait.skipSupport,
    gait.skipSwing,
    ...gait.phases,
  ].join("\t");
}

/** Samples of a cycle: one step at a time through the swing, another through the middle of the support. */
export function samplesOf({ skipSupport, skipSwing }: CpgNumbers): number {
  let count = 0;
  for (let sample = 0; sample < SAMPLES; ) {
    count++;
    const supporting = sample > 0.05 * SAMPLES && sample < 0.45 * SAMPLES;
    const step = supporting ? skipSupport : skipSwing;
    // A skip of zero picks this sample and never another.
    if (step < 1) return count;
    sample += step;
  }
  return count;
}
