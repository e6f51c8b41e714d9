/**
 * What finished walks showed when they had walked as long as the walk in question.
 *
 * Reports of one study come at the same times, step by step, give or take a telemetry frame: then values of the same
 * step are compared, and a peer that lacks the step has no value there (as in Optuna, which knows steps only). Where the
 * times of common steps differ, because the report interval was changed or a robot's clock runs unevenly, equal steps
 * would compare a short walk with a long one: then the peer's value is read at equal measured time, between its reports
 * by linear interpolation, and it has none before its first or after its last report.
 */
import type { Curve } from "../pruner.ts";
import type { Report } from "../trial.ts";
import type { FinishedPeers } from "./finished-peers.ts";

/** Times this share of a step apart still belong to the same moment. */
const JITTER = 0.1;

/** Finished walks beside a walk in progress. What it returns is not to be changed. */
export interface Comparison {
  /** Values at the moment of a report, of those that have one there, in no order; NaN where the reward could not be computed. */
  valuesAt(report: Report): Float64Array;
  /** Of every finished walk the mean of its values up to that moment, NaN ones left out; NaN where there is none. */
  averagesUpTo(report: Report): Float64Array;
}

export function atEqualTime(peers: FinishedPeers, current: Curve): Comparison {
  const tolerance = JITTER * secondsPerStep(current);
  const uneven = unevenRows(peers, current, tolerance);
  return {
    valuesAt: ({ step, time }) => {
      const { rows, values } = peers.at(step);
      if (uneven === null) return values;
      const found = new Float64Array(peers.curves.length);
      let count = 0;
      for (let i = 0; i < rows.length; i++) if (uneven[rows[i]!] === 0) found[count++] = values[i]!;
      for (let row = 0; row < uneven.length; row++) {
        if (uneven[row] === 0) continue;
        const value = interpolated(peers.curves[row]!, time, tolerance);
        if (value !== undefined) found[count++] = value;
      }
      return found.subarray(0, count);
    },
    averagesUpTo: ({ step, time }) => {
      const means = peers.meansUpTo(step);
      if (uneven === null) return means;
      for (let row = 0; row < uneven.length; row++) {
        if (uneven[row] === 1) means[row] = meanValue(peers.curves[row]!, time + tolerance);
      }
      return means;
    },
  };
}

/** Mean of the values, of those until a time (s) where one is given, NaN ones left out; NaN when there is none. */
export function meanValue(reports: readonly Report[], until?: number): number {
  let sum = 0;
  let count = 0;
  for (const { time, value } of reports) {
    if (Number.isNaN(value) || (until !== undefined && !(time <= until))) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

function secondsPerStep({ reports }: Curve): number {
  const first = reports[0];
  const last = reports.at(-1);
  if (first === undefined || last === undefined) return 0;
  const seconds =
    last.step > first.step ? (last.time - first.time) / (last.step - first.step) : last.time / last.step;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

/** 1 for each peer of which the time at a common step differs; null where there is none. */
function unevenRows(peers: FinishedPeers, { reports }: Curve, tolerance: number): Uint8Array | null {
  let uneven: Uint8Array | null = null;
  for (const { step, time } of reports) {
    const { rows, times, earliest, latest } = peers.at(step);
    if (time - earliest <= tolerance && latest - time <= tolerance) continue;
    for (let i = 0; i < times.length; i++) {
      if (!(Math.abs(time - times[i]!) > tolerance)) continue;
      uneven ??= new Uint8Array(peers.curves.length);
      uneven[rows[i]!] = 1;
    }
  }
  return uneven;
}

function interpolated(reports: readonly Report[], time: number, tolerance: number): number | undefined {
  let index = 0;
  while (index < reports.length && !(reports[index]!.time >= time - tolerance)) index++;
  const next = reports[index];
  if (next === undefined) return undefined;
  if (next.time <= time + tolerance) return next.value;
  const before = reports[index - 1];
  if (before === undefined) return undefined;
  const share = (time - before.time) / (next.time - before.time);
  return before.value + share * (next.value - before.value);
}
