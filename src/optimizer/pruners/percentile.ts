/**
 * Percentile stopping: a walk ends when the best it has shown is worse than a percentile of what the finished
 * walks showed at the same step. Decisions equal those of Optuna 4.9's PercentilePruner with the rule
 * "best-so-far"; "running-average" compares with each peer's mean up to the step, after D. Golovin et al., "Google
 * Vizier: a service for black-box optimization" (KDD 2017), section 3.2.1.
 */
import { atLeast, oneOf, within } from "../options.ts";
import type { PruneDecision, PruneQuestion, Pruner } from "../pruner.ts";
import { bestOf, goOn, shown, stop, worseSide } from "./decision.ts";
import { DECISION_POINT_RULES, type DecisionPoints, waitsBecause } from "./decision-points.ts";
import { atEqualTime, meanValue } from "./equal-time.ts";
import { type FinishedPeers, finishedPeers } from "./finished-peers.ts";

export type PercentileRule = "best-so-far" | "running-average";

export interface PercentileOptions extends DecisionPoints {
  /** 0 to 100: this share of the walks, the best, is kept. */
  readonly percentile: number;
  /** Completed peers before anything is pruned. */
  readonly startupTrials: number;
  /** Peers with a value at the step before anything is pruned there. */
  readonly minTrials: number;
  /**
   * What is compared: the walk's best value against the peers' values at this very step, or its running average
   * against theirs. (Reports that are themselves averages since the start make both smooth.)
   */
  readonly rule: PercentileRule;
}

export const PERCENTILE_DEFAULTS: PercentileOptions = {
  percentile: 25,
  startupTrials: 5,
  warmupSteps: 0,
  intervalSteps: 1,
  minTrials: 1,
  rule: "best-so-far",
};

export const PERCENTILE_RULES = {
  ...DECISION_POINT_RULES,
  percentile: within(0, 100),
  startupTrials: atLeast(0),
  minTrials: atLeast(1),
  rule: oneOf("best-so-far", "running-average"),
};

export function percentilePruner(
  options: Partial<PercentileOptions> = {},
  name: "percentile" | "median" = "percentile",
): Pruner {
  const complete = { ...PERCENTILE_DEFAULTS, ...options };
  const finished = finishedPeers();
  return { name, decide: (question) => decide(question, finished(question.peers), complete) };
}

function decide(
  { direction, current }: PruneQuestion,
  finished: FinishedPeers,
  options: PercentileOptions,
): PruneDecision {
  const { percentile, startupTrials, minTrials, rule } = options;
  const count = finished.curves.length;
  if (count === 0 || count < startupTrials) {
    return goOn(`${count} of ${Math.max(1, startupTrials)} walks before pruning begins`);
  }
  const waiting = waitsBecause(current, options);
  if (waiting !== null) return goOn(waiting);

  const last = current.reports.at(-1)!;
  const bestSoFar = rule === "best-so-far";
  const own = bestSoFar
    ? bestOf(
        current.reports.map(({ value }) => value),
        direction,
      )
    : meanValue(current.reports);
  if (Number.isNaN(own)) return stop(`no reward could be computed up to step ${last.step}`);
  const comparison = atEqualTime(finished, current);
  const values = bestSoFar ? comparison.valuesAt(last) : comparison.averagesUpTo(last);
  if (values.length < minTrials) {
    return goOn(`${values.length} of ${minTrials} walks have a value at step ${last.step}`);
  }
  const numbers = values.filter((value) => !Number.isNaN(value));
  const threshold = percentileOf(numbers, direction === "maximize" ? 100 - percentile : percentile);
  if (Number.isNaN(threshold)) return goOn(`no walk has a reward at step ${last.step}`);

  const worse = direction === "maximize" ? own < threshold : own > threshold;
  const mark = percentile === 50 ? "the median" : `the best ${shown(percentile)} % mark`;
  const subject = `${bestSoFar ? "best" : "average"} ${shown(own)} up to step ${last.step}`;
  const against = `${mark} ${shown(threshold)} of ${numbers.length}`;
  return worse
    ? stop(`${subject} is ${worseSide(direction)} ${against}`, threshold)
    : goOn(`${subject} reaches ${against}`, threshold);
}

/** The q-th percentile with linear interpolation between neighbours (NumPy's default); NaN for no values. */
export function percentileOf(values: Float64Array, q: number): number {
  const sorted = values.toSorted();
  if (sorted.length === 0) return Number.NaN;
  const place = (q / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const share = place - below;
  if (low === high) return low;
  return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share;
}
