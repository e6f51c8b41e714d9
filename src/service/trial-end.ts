/** From what happened on the robot to what is stored: a pure function, because every study rests on it. */

import type { JsonValue } from "../optimizer/trial.ts";
import type { WalkOutcome } from "../station/messages.ts";
import { NOT_THE_GAIT, type TrialEnd, type TrialRecord } from "../study/trial-record.ts";

/** The constraint value of a limit that a walk never came near. */
const FAR = -1;

/**
 * How a trial ends, given its walk's outcome.
 *
 * A walk interrupted a second time is aborted: gaits do shake cables loose and brown robots out. An operator's controlled
 * stop, or word that it was not the gait, never counts against it. A completed walk whose reward is not a number cannot be
 * learnt from and is abandoned.
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
    constraints: ofAllLimits(outcome.constraints, constraintNames),
    breached: outcome.breached,
    walked: outcome.walked,
    measured: outcome.measured,
    // Stored relative to the study file, so that both can be moved together.
    recording: outcome.recording === null ? null : trial.recording,
    carryOver: outcome.carryOver as JsonValue,
    ...(outcome.health === undefined ? {} : { health: outcome.health }),
    finishedAt: at,
  };
  const last = trial.reports.findLast((report) => Number.isFinite(report.value))?.value ?? null;
  const again = trial.attempt > 1 && !NOT_THE_GAIT.includes(reason.code);
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
          index === breached ? 1 + timeLeft : Math.min(shared.constraints[index] ?? FAR, 0),
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

/** An outcome that was recorded before a limit was added came near it as far as anyone knows not at all. */
function ofAllLimits(constraints: readonly number[], names: readonly string[]): readonly number[] {
  if (constraints.length === 0) return constraints;
  return [...constraints, ...names.slice(constraints.length).map(() => FAR)];
}

/** The outcome of a walk that did not take place, or that nobody saw the end of. */
export function notWalked(
  trial: TrialRecord,
  code: string,
  words: string,
  end: WalkOutcome["end"] = "interrupted",
): WalkOutcome {
  return {
    trial: trial.number,
    attempt: trial.attempt,
    end,
    reason: { code, words, time: Number.NaN, channel: null, value: null, limit: null },
    truncated: false,
    constraints: [],
    breached: null,
    reports: trial.reports.length,
    walked: trial.reports.at(-1)?.time ?? 0,
    measured: trial.reports.at(-1)?.time ?? 0,
    distance: null,
    carryOver: null,
    recording: trial.recording,
    latched: false,
  };
}

/** Of a trial that the person at the robot gave up before it was walked. */
export function skipped(trial: TrialRecord, note: string): WalkOutcome {
  return notWalked(trial, "operator-skip", noted("the operator gave it up", note), "abandoned");
}

/**
 * A walk that the person at the robot judged before it was told: repeated, because something other than the gait spoilt it
 * (DESIGN, "not the gait": interrupted, by one of {@link NOT_THE_GAIT}), or discarded for good (abandoned). What happened in it
 * stays stored.
 */
export function judged(outcome: WalkOutcome, verdict: "redo" | "abandon", note: string): WalkOutcome {
  const [end, code, words] = {
    redo: ["interrupted", "operator-redo", "the operator has it walked again"] as const,
    abandon: ["abandoned", "operator-discard", "discarded by the operator"] as const,
  }[verdict];
  return ended(outcome, end, code, noted(words, note));
}

/** A walk whose distance nobody knows cannot be scored. */
export function withoutKnownDistance(outcome: WalkOutcome, words: string): WalkOutcome {
  return ended(outcome, "abandoned", "distance-unknown", words);
}

export function noted(words: string, note: string): string {
  return note === "" ? words : `${words}: ${note}`;
}

function ended(outcome: WalkOutcome, end: WalkOutcome["end"], code: string, words: string): WalkOutcome {
  return { ...outcome, end, reason: { ...outcome.reason, code, words } };
}
