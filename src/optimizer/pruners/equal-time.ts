/**
 * What a peer showed when it had walked as long as the walk in question.
 *
 * Reports of one study come at the same times, step by step, give or take a telemetry frame: then values of the same
 * step are compared, and a peer that lacks the step has no value there (as in Optuna, which knows steps only). Where the
 * times of common steps differ, because the report interval was changed or a robot's clock runs unevenly, equal steps
 * would compare a short walk with a long one: then the peer's value is read at equal measured time, between its reports
 * by linear interpolation, and it has none before its first or after its last report.
 */
import type { Curve } from "../pruner.ts";
import type { Report } from "../trial.ts";

/** Times this share of a step apart still belong to the same moment. */
const JITTER = 0.1;

/** @returns NaN where the peer's reward could not be computed, undefined where it has no value at that moment */
export function valueAt(peer: Curve, current: Curve, at: Report): number | undefined {
  const tolerance = JITTER * secondsPerStep(current);
  if (sameTimes(peer, current, tolerance)) return peer.reports.find(({ step }) => step === at.step)?.value;
  return interpolated(peer.reports, at.time, tolerance);
}

/** The peer's reports up to that moment. */
export function reportsUpTo(peer: Curve, current: Curve, at: Report): readonly Report[] {
  const tolerance = JITTER * secondsPerStep(current);
  return sameTimes(peer, current, tolerance)
    ? peer.reports.filter(({ step }) => step <= at.step)
    : peer.reports.filter(({ time }) => time <= at.time + tolerance);
}

function secondsPerStep({ reports }: Curve): number {
  const first = reports[0];
  const last = reports.at(-1);
  if (first === undefined || last === undefined) return 0;
  const seconds =
    last.step > first.step ? (last.time - first.time) / (last.step - first.step) : last.time / last.step;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

function sameTimes(peer: Curve, current: Curve, tolerance: number): boolean {
  const times = new Map(current.reports.map(({ step, time }) => [step, time]));
  return !peer.reports.some(({ step, time }) => {
    const own = times.get(step);
    return own !== undefined && Math.abs(own - time) > tolerance;
  });
}

function interpolated(reports: readonly Report[], time: number, tolerance: number): number | undefined {
  const index = reports.findIndex((report) => report.time >= time - tolerance);
  const next = reports[index];
  if (next === undefined) return undefined;
  if (next.time <= time + tolerance) return next.value;
  const before = reports[index - 1];
  if (before === undefined) return undefined;
  const share = (time - before.time) / (next.time - before.time);
  return before.value + share * (next.value - before.value);
}
