/** What a pruner compares a walk with: one mean curve per parameter set. */
import type { Curve } from "./pruner.ts";
import { parameterKey } from "./space/parameter-key.ts";
import type { ObservedTrial, Report } from "./trial.ts";

/** What a curve is made from. */
export interface CurveSource
  extends Pick<ObservedTrial, "number" | "suggestion" | "role" | "state" | "parameters" | "reports"> {
  /** The walk left the arena forwards before its time. */
  readonly truncated?: boolean;
  /** As {@link Curve.rungs}. */
  readonly rungs?: readonly number[];
}

/**
 * Replicates are averaged, so that a parameter set walked ten times counts once. Left out are walks of the seed gait, baseline and drift checks (it
 * is slow on purpose, and would keep the bar low), aborted and interrupted walks (they measured too
 * little), and running ones without a report (the walk in question among them).
 *
 * A curve is the mean over the best-ended walks of its set: the completed ones if there are any, else the pruned,
 * else the running. So are its rungs, over those of them that have any.
 *
 * @param trials in order of number
 * @param steps reports of a full walk: a truncated walk's last value is carried forward to there
 */
export function peerCurves(trials: readonly CurveSource[], steps: number): Curve[] {
  const peers = trials.filter(
    ({ role, reports }) => role !== "seed-gait" && role !== "drift-check" && reports.length > 0,
  );
  const sets = Map.groupBy(peers, (trial) => parameterKey(trial.parameters));
  return [...sets.values()].flatMap((walks) => {
    const state = STATES.find((one) => walks.some((walk) => walk.state === one));
    const first = walks[0];
    if (state === undefined || first === undefined) return [];
    const ended = walks.filter((walk) => walk.state === state);
    const { number, suggestion } = first;
    const reports = meanCurve(ended.map((walk) => carriedForward(walk, steps)));
    return { number, suggestion, state, reports, rungs: meanRungs(ended) };
  });
}

const STATES = ["completed", "pruned", "running"] as const;

function carriedForward(trial: CurveSource, steps: number): readonly Report[] {
  const last = trial.reports.at(-1);
  if (!trial.truncated || last === undefined || last.step < 1) return trial.reports;
  const interval = last.time / last.step;
  const missing = Array.from({ length: Math.max(0, steps - last.step) }, (_, index) => {
    const step = last.step + index + 1;
    return { step, value: last.value, time: step * interval };
  });
  return [...trial.reports, ...missing];
}

/** NaN at a step where no walk has a number. */
function meanCurve(curves: readonly (readonly Report[])[]): Report[] {
  const [only] = curves;
  // Nearly every set is walked once. Adding 0 is what a mean of one does: −0 becomes 0.
  if (only !== undefined && curves.length === 1 && hasEachStepOnce(only)) {
    return only.map(({ step, time, value }) => ({ step, time: 0 + time, value: 0 + value }));
  }
  const bySteps = Map.groupBy(curves.flat(), (report) => report.step);
  return [...bySteps.entries()]
    .sort(([a], [b]) => a - b)
    .map(([step, reports]) => {
      const measured = reports.filter(({ value }) => !Number.isNaN(value));
      const time = mean(reports.map((report) => report.time));
      return { step, time, value: mean(measured.map(({ value }) => value)) };
    });
}

function hasEachStepOnce(reports: readonly Report[]): boolean {
  return reports.every(({ step }, index) => index === 0 || step > reports[index - 1]!.step);
}

function meanRungs(walks: readonly CurveSource[]): number[] {
  const lists = walks.map(({ rungs = [] }) => rungs);
  const height = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: height }, (_, rung) => mean(lists.flatMap((values) => values[rung] ?? [])));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
