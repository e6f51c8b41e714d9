/**
 * What Optuna has no column for, as user attributes of a trial with the prefix `gaitsmith:`. Few rows: what people
 * filter by stands alone, the rest is packed.
 */
import type { TrialHealth } from "../config/trial-health.ts";
import type { JsonValue, TrialRole, TrialState } from "../optimizer/trial.ts";
import type { OptunaTrialState } from "./optuna-schema.ts";
import type { NewTrial, TrialEnd, TrialReason } from "./trial-record.ts";

export const PREFIX = "gaitsmith:";

/** Optuna's system attribute of the value at rung k, without the k. */
export const RUNG_KEY = "completed_rung_";

/** A trial state and its nearest in Optuna, which knows neither safety nor broken cables. */
export const OPTUNA_STATE: Readonly<Record<TrialState, OptunaTrialState>> = {
  running: "RUNNING",
  completed: "COMPLETE",
  pruned: "PRUNED",
  aborted: "PRUNED",
  interrupted: "FAIL",
  abandoned: "FAIL",
};

/** Keys without the prefix. */
export interface TrialAttributes {
  readonly role?: TrialRole;
  readonly replicate_of?: number;
  readonly suggestion?: {
    readonly index: number;
    readonly attempt: number;
    readonly bookkeeping: JsonValue;
    readonly note: string;
  };
  /** Path of the walk's recording, relative to the study file. */
  readonly recording?: string | null;
  /** Our exact state; OPTUNA_STATE joins several. */
  readonly state?: TrialState;
  readonly reason?: TrialReason;
  readonly outcome?: {
    readonly walked: number;
    readonly measured: number;
    readonly truncated: boolean;
    readonly breached: number | null;
    readonly carry_over: JsonValue;
  };
  /** Covariates of the walk. */
  readonly health?: TrialHealth;
}

export function attributesAtStart(trial: NewTrial): TrialAttributes {
  const { suggestion, attempt, bookkeeping, note, role, replicateOf, recording } = trial;
  return {
    role,
    ...(replicateOf === null ? {} : { replicate_of: replicateOf }),
    suggestion: { index: suggestion, attempt, bookkeeping, note },
    ...(recording === null ? {} : { recording }),
  };
}

/** @param recordingAtStart what {@link attributesAtStart} stored, so that an unchanged one is not written again */
export function attributesAtEnd(end: TrialEnd, recordingAtStart: string | null): TrialAttributes {
  const { walked, measured, truncated, breached, carryOver, recording, health } = end;
  return {
    state: end.state,
    ...(end.reason === null ? {} : { reason: end.reason }),
    outcome: { walked, measured, truncated, breached, carry_over: carryOver },
    ...(recording === recordingAtStart ? {} : { recording }),
    ...(health === undefined ? {} : { health }),
  };
}
