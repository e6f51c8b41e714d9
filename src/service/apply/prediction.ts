/** What a short walk of a gait should score, by what a study knows of the gait and of its own noise. */
import { measuredTime, withinWalkVariance } from "../../optimizer/gaussian-process/walk-noise.ts";
import { studentQuantile } from "../../optimizer/math/student-t.ts";
import { replicateVariance, type Standing } from "../../optimizer/standings.ts";
import type { Direction, ObservedTrial } from "../../optimizer/trial.ts";

/** Where 99 of 100 walks of that length lie, were everything as in the study. */
export interface Prediction {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** Measured time that it is for, s. */
  readonly seconds: number;
}

const LEVEL = 0.99;
/** Reports are taken to be of the same time within this, s. */
const SAME_TIME = 1e-6;

/**
 * Prediction interval of one walk of `seconds`: the model's uncertainty of the mean, one walk about it, and what a shorter walk adds
 * (variance σ_b² + σ_w²/t). Student's, by the degrees of freedom of the study's repeated walks. Its centre is moved by what this
 * gait's own walks had at that time, compared with their end: a gait may begin better or worse than it goes on.
 *
 * @param standing of the gait in its study
 * @returns null when the study walked nothing twice: then nothing is known of its noise
 */
export function predictWalk(
  standing: Standing,
  trials: readonly ObservedTrial[],
  seconds: number,
): Prediction | null {
  const { degrees } = replicateVariance(trials);
  if (degrees < 1) return null;
  const own = trials.filter(({ number }) => standing.trials.includes(number));
  const shifts = own.flatMap(({ reports, value }) => {
    const then = reports.find(({ time }) => Math.abs(time - seconds) < SAME_TIME);
    return then === undefined || value === null || !Number.isFinite(then.value) ? [] : [then.value - value];
  });
  const shift = shifts.length === 0 ? 0 : shifts.reduce((sum, one) => sum + one, 0) / shifts.length;
  const full = Math.max(seconds, ...own.map(measuredTime));
  const shorter = withinWalkVariance(trials) * (1 / seconds - 1 / full);
  const deviation = Math.sqrt(standing.deviation ** 2 + standing.walkDeviation ** 2 + shorter);
  const half = studentQuantile((1 + LEVEL) / 2, degrees) * deviation;
  const expected = standing.mean + shift;
  return { expected, low: expected - half, high: expected + half, seconds };
}

/** A walk may be better than foretold. */
export function isAsGood(reward: number, { low, high }: Prediction, direction: Direction): boolean {
  return direction === "maximize" ? reward >= low : reward <= high;
}
