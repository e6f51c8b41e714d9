/**
 * Percentile stopping: a walk ends when the best it has shown is worse than a percentile of what the finished
 * walks showed at the same step. Decisions equal those of Optuna 4.9's PercentilePruner with the rule
 * "best-so-far"; "running-average" compares with each peer's mean up to the step, after D. Golovin et al., "Google
 * Vizier: a service for black-box optimization" (KDD 2017), section 3.2.1.
 */
import type { Curve, PruneDecision, PruneQuestion, Pruner } from "../pruner.ts";
import type { Direction } from "../trial.ts";
import { type DecisionPoints, waitsBecause } from "./decision-points.ts";

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
  /** A walk that would rank among this many best at the step, by its last value, is never pruned; 0 protects none. */
  readonly protectBest: number;
}

export function percentilePruner(name: string, options: PercentileOptions): Pruner {
  return { name, decide: (question) => decide(question, options) };
}

function decide({ direction, current, peers }: PruneQuestion, options: PercentileOptions): PruneDecision {
  const { percentile, startupTrials, minTrials, rule, protectBest } = options;
  const completed = peers.filter(({ state }) => state === "completed");
  if (completed.length === 0 || completed.length < startupTrials) {
    return goOn(`${completed.length} of ${Math.max(1, startupTrials)} walks before pruning begins`);
  }
  const waiting = waitsBecause(current, options);
  if (waiting !== null) return goOn(waiting);

  const last = current.reports.at(-1)!;
  const own = rule === "best-so-far" ? bestValue(current, direction) : meanValue(current, last.step);
  if (Number.isNaN(own)) {
    return { prune: true, reason: `no reward could be computed up to step ${last.step}`, threshold: null };
  }
  const shown = completed
    .map((peer) => (rule === "best-so-far" ? valueAt(peer, last.step) : meanValue(peer, last.step)))
    .filter((value) => value !== undefined);
  if (shown.length < minTrials) {
    return goOn(`${shown.length} of ${minTrials} walks have a value at step ${last.step}`);
  }
  const values = shown.filter((value) => !Number.isNaN(value));
  const threshold = percentileOf(values, direction === "maximize" ? 100 - percentile : percentile);
  if (Number.isNaN(threshold)) return goOn(`no walk has a reward at step ${last.step}`);

  const worse = direction === "maximize" ? own < threshold : own > threshold;
  const mark = percentile === 50 ? "the median" : `the ${percentile} % mark`;
  const subject = rule === "best-so-far" ? "best" : "average";
  const numbers = `${subject} ${format(own)} up to step ${last.step}`;
  const against = `${mark} ${format(threshold)} of ${values.length}`;
  if (!worse) return { prune: false, reason: `${numbers} reaches ${against}`, threshold };
  const rank = 1 + values.filter((value) => isBetter(value, last.value, direction)).length;
  if (protectBest > 0 && rank <= protectBest) {
    return {
      prune: false,
      reason: `${numbers} misses ${against}, but ranks ${rank} and is protected`,
      threshold,
    };
  }
  const relation = direction === "maximize" ? "below" : "above";
  return { prune: true, reason: `${numbers} is ${relation} ${against}`, threshold };
}

function goOn(reason: string): PruneDecision {
  return { prune: false, reason, threshold: null };
}

function isBetter(a: number, b: number, direction: Direction): boolean {
  return direction === "maximize" ? a > b : a < b;
}

/** Best of all reports, NaN when none has a value. */
function bestValue({ reports }: Curve, direction: Direction): number {
  let best = Number.NaN;
  for (const { value } of reports) {
    if (Number.isNaN(best) || isBetter(value, best, direction)) best = value;
  }
  return best;
}

function valueAt({ reports }: Curve, step: number): number | undefined {
  return reports.find((report) => report.step === step)?.value;
}

/** Mean of the values up to a step, NaN values left out; undefined for a curve that has none. */
function meanValue({ reports }: Curve, step: number): number {
  let sum = 0;
  let count = 0;
  for (const report of reports) {
    if (report.step > step || Number.isNaN(report.value)) continue;
    sum += report.value;
    count++;
  }
  return sum / count;
}

/** The q-th percentile with linear interpolation between neighbours (NumPy's default); NaN for no values. */
export function percentileOf(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return Number.NaN;
  const place = (q / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const share = place - below;
  if (low === high) return low;
  return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share;
}

function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}
