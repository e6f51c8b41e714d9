/** From what happened on the robot to what is stored: a pure function, because every study rests on it. */

import type { JsonValue } from "../optimizer/trial.ts";
import type { WalkOutcome } from "../station/messages.ts";
import type { TrialEnd, TrialRecord } from "../study/trial-record.ts";

/**
 * How a trial ends, given its walk's outcome.
 *
 * A walk interrupted a second time is aborted: gaits do shake cables loose and brown robots out. An operator's
 * controlled stop never counts against a gait. A completed walk whose reward is not a number cannot be learnt from
 * and is abandoned.
 *
 * @param planned seconds from the start of ramp-in to the end of ramp-out
 * @param constraintNames of the study, in order
 */
export function endOfTrial(
  trial: TrialRecord,
  outcome: WalkOutcome,
  planned: number,
  constraintNames: readonly string[],
  at: Date,
): TrialEnd {
  const { reason } = outcome;
  const shared = {
    reason: { ...reason, time: Number.isNaN(reason.time) ? null : reason.time },
    truncated: outcome.truncated,
    constraints: outcome.constraints,
    breached: outcome.breached,
    walked: outcome.walked,
    measured: outcome.measured,
    // Stored relative to the study file, so that both can be moved together.
    recording: outcome.recording === null ? null : trial.recording,
    carryOver: outcome.carryOver as JsonValue,
    finishedAt: at,
  };
  const last = trial.reports.findLast((report) => Number.isFinite(report.value))?.value ?? null;
  const again = trial.attempt > 1 && reason.code !== "operator-stop";
  switch (outcome.end) {
    case "completed": {
      const value = trial.reports.at(-1)?.value ?? Number.NaN;
      if (Number.isFinite(value)) return { ...shared, state: "completed", value };
      const words =
        "the reward is not a number: the expression divides by zero or uses a metric this robot lacks";
      return {
        ...shared,
        state: "abandoned",
        value: null,
        reason: { ...shared.reason, code: "reward-undefined", words },
      };
    }
    case "pruned":
      return { ...shared, state: "pruned", value: last };
    case "interrupted":
      if (again) {
        const breached = outcome.breached ?? constraintNames.indexOf("frame-gap");
        const timeLeft = Math.max(0, planned - outcome.walked) / planned;
        const constraints = constraintNames.map((_, index) =>
          index === breached ? 1 + timeLeft : Math.min(shared.constraints[index] ?? -1, 0),
        );
        const words = `${reason.words}; interrupted a second time with the same parameters`;
        return {
          ...shared,
          state: "aborted",
          value: null,
          breached,
          constraints,
          reason: { ...shared.reason, words },
        };
      }
      return { ...shared, state: "interrupted", value: null };
    default:
      return { ...shared, state: outcome.end, value: null };
  }
}
