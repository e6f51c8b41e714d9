/** How much better the champion is than the gait to beat. */
import type { Estimate, StudyDocument } from "../../study/study-document.ts";

export interface Gain {
  /** Shares of the baseline's size; positive is better in the study's direction. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The champion against the baseline. The interval of the difference is recovered from the two intervals (MOVER, Zou
 * and Donner 2008); the baseline's size is taken as known.
 * @returns null when the baseline is 0, where a share means nothing
 */
export function gainOver(
  champion: Estimate,
  baseline: Estimate,
  direction: StudyDocument["direction"],
): Gain | null {
  const size = Math.abs(baseline.mean);
  if (size === 0) return null;
  const sign = direction === "maximize" ? 1 : -1;
  const difference = champion.mean - baseline.mean;
  const down = Math.hypot(champion.mean - champion.ci95[0], baseline.ci95[1] - baseline.mean);
  const up = Math.hypot(champion.ci95[1] - champion.mean, baseline.mean - baseline.ci95[0]);
  const ends = [(sign * (difference - down)) / size, (sign * (difference + up)) / size];
  return { mean: (sign * difference) / size, low: Math.min(...ends), high: Math.max(...ends) };
}
