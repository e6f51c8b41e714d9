/** What a pruner compares a walk with: one mean curve per parameter set. */
import type { Curve } from "../optimizer/pruner.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";
import type { Report } from "../optimizer/trial.ts";
import { stringifyPython } from "./python-json.ts";
import type { TrialRecord } from "./trial-record.ts";

/**
 * Replicates are averaged, so that a parameter set walked ten times counts once. Left out are baseline walks (the
 * seed gait is slow on purpose, and would keep the bar low), aborted and interrupted walks (they measured too
 * little), and running ones without a report (the walk in question among them).
 *
 * A curve is the mean over the best-ended walks of its set: the completed ones if there are any, else the pruned,
 * else the running.
 *
 * @param steps reports of a full walk: a truncated walk's last value is carried forward to there
 */
export function peerCurves(trials: readonly TrialRecord[], steps: number): Curve[] {
  const peers = trials.filter((trial) => trial.role !== "seed-gait" && trial.reports.length > 0);
  const sets = Map.groupBy(peers, (trial) => parameterKey(trial.parameters));
  return [...sets.values()].flatMap((walks) => {
    const state = STATES.find((one) => walks.some((walk) => walk.state === one));
    const first = walks[0];
    if (state === undefined || first === undefined) return [];
    const curves = walks.filter((walk) => walk.state === state).map((walk) => carriedForward(walk, steps));
    return { number: first.number, state, reports: meanCurve(curves) };
  });
}

const STATES = ["completed", "pruned", "running"] as const;

/** Equal for equal parameter sets, whatever the order of their names. */
function parameterKey(parameters: ParameterSet): string {
  return stringifyPython(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function carriedForward(trial: TrialRecord, steps: number): readonly Report[] {
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
  const bySteps = Map.groupBy(curves.flat(), (report) => report.step);
  return [...bySteps.entries()]
    .sort(([a], [b]) => a - b)
    .map(([step, reports]) => {
      const measured = reports.filter(({ value }) => !Number.isNaN(value));
      const mean = (pick: (report: Report) => number, of: readonly Report[]) =>
        of.reduce((sum, report) => sum + pick(report), 0) / of.length;
      return { step, time: mean(({ time }) => time, reports), value: mean(({ value }) => value, measured) };
    });
}
