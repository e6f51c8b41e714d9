/** What a sampler sees of a stored trial. */
import type { ObservedTrial } from "../optimizer/trial.ts";
import type { TrialRecord } from "./trial-record.ts";

/** Metrics, reasons and wall times stay behind: a sampler must not depend on them. */
export function observe(trial: TrialRecord): ObservedTrial {
  const { number, suggestion, role, state, parameters, value } = trial;
  const { constraints, breached, walked, bookkeeping } = trial;
  return {
    number,
    suggestion,
    role,
    state,
    parameters,
    reports: trial.reports.map(({ step, value: reward, time }) => ({ step, value: reward, time })),
    // Optuna's files may hold infinite values.
    value: value !== null && Number.isFinite(value) ? value : null,
    constraints,
    breached,
    walked,
    bookkeeping,
  };
}
