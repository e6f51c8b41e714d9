/** What samplers, pruners and conclusions see of a trial: plain data, no storage. */
import type { ParameterSet } from "./search-space.ts";

export type Direction = "maximize" | "minimize";

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/**
 * How a trial stands.
 *
 * - `running`: asked for, not yet told; pending for the samplers.
 * - `completed`, `pruned` (by the pruner), `aborted` (by safety): evidence about the parameters.
 * - `interrupted`: link, battery or process failed; says nothing, is tried once more.
 * - `abandoned`: discarded by the operator for good; says nothing.
 */
export type TrialState = "running" | "completed" | "pruned" | "aborted" | "interrupted" | "abandoned";

/** Why a trial was run. Only `suggested` trials belong to the sampler's own sequence (generations, brackets). */
export type TrialRole = "suggested" | "seed-gait" | "drift-check" | "enqueued" | "replicate";

/** The objective from the start of measuring to a step. */
export interface Report {
  /** 1, 2, … in order; report `step` covers `time` seconds. */
  readonly step: number;
  /** The reward, or NaN when it could not be computed. */
  readonly value: number;
  /** Seconds measured so far (robot time). */
  readonly time: number;
}

export interface ObservedTrial {
  readonly number: number;
  /**
   * Index of the suggestion this trial runs; a retry inherits it, a replicate has its own. Randomness is keyed by
   * it. Starts at 0.
   */
  readonly suggestion: number;
  readonly role: TrialRole;
  readonly state: TrialState;
  readonly parameters: ParameterSet;
  /** In order of step. Empty for a trial that never measured. */
  readonly reports: readonly Report[];
  /** The final value (completed), the last report's (pruned), else null. Finite when not null. */
  readonly value: number | null;
  /**
   * One number per constraint in the study's fixed order, ≤ 0 is safe, in [−1, 0] for a limit that held and in
   * [1, 2] for the one that aborted the walk (1 + time left / time planned). Empty while running.
   */
  readonly constraints: readonly number[];
  /** Index into `constraints` of the limit that aborted the walk, else null. */
  readonly breached: number | null;
  /** Seconds walked from the start of ramp-in (robot time); how long an aborted walk survived. */
  readonly walked: number;
  /** What the sampler stored with its suggestion (generation, bracket, …), as {@link Suggestion.bookkeeping}. */
  readonly bookkeeping: JsonValue;
  /**
   * In a bracket's view (`bracketView`), of a walk of another bracket: how it ended. To the objective it says nothing and
   * is `abandoned`, but a limit that broke or held did so in every bracket: {@link asSafetyFacts} gives that back.
   */
  readonly endedElsewhere?: "completed" | "pruned" | "aborted";
}

/** Whether a walk says anything about its parameters. */
export function isTold<T extends Pick<ObservedTrial, "state">>(
  trial: T,
): trial is T & { readonly state: "completed" | "pruned" | "aborted" } {
  const { state } = trial;
  return state === "completed" || state === "pruned" || state === "aborted";
}

/**
 * What the trials say of the limits, walks of other brackets included: those stand as they ended, with their constraints, yet
 * without reports and value. For models of limits only; nothing that counts or ranks suggestions may use it.
 */
export function asSafetyFacts(trials: readonly ObservedTrial[]): readonly ObservedTrial[] {
  return trials.map((trial) =>
    trial.endedElsewhere === undefined ? trial : { ...trial, state: trial.endedElsewhere },
  );
}

/** Whether a walk says what reward its parameters have: completed or pruned with a value; an aborted one never does. */
export function tellsObjective({ state, value }: ObservedTrial): boolean {
  return (state === "completed" || state === "pruned") && value !== null && Number.isFinite(value);
}
