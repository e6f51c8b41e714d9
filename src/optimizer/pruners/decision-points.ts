/** At which reports a pruner with warm-up and interval looks at all. */
import { atLeast } from "../options.ts";
import type { Curve } from "../pruner.ts";

export interface DecisionPoints {
  /** No decision at a step below this one. */
  readonly warmupSteps: number;
  /** One decision per this many steps, counted from the warm-up: at the first report inside each interval. */
  readonly intervalSteps: number;
}

export const DECISION_POINT_RULES = { warmupSteps: atLeast(0), intervalSteps: atLeast(1) };

/** Why nothing is decided at the curve's last report, in words; null when it is a decision point. */
export function waitsBecause(curve: Curve, { warmupSteps, intervalSteps }: DecisionPoints): string | null {
  const step = curve.reports.at(-1)?.step;
  if (step === undefined) return "nothing reported yet";
  if (step < warmupSteps) return `step ${step} is within the warm-up of ${warmupSteps}`;
  const intervalStart = Math.floor((step - warmupSteps) / intervalSteps) * intervalSteps + warmupSteps;
  let previous = -1;
  for (const report of curve.reports) if (report.step !== step) previous = Math.max(previous, report.step);
  return previous < intervalStart ? null : `decided already in the interval from step ${intervalStart}`;
}
