/** What a study stores of itself and of each trial. */
import type { Choice } from "../config/choice.ts";
import type { Metrics } from "../config/metrics.ts";
import type { TrialHealth } from "../config/trial-health.ts";
import type { ParameterSet, SearchSpace } from "../optimizer/search-space.ts";
import type { Direction, JsonValue, TrialRole, TrialState } from "../optimizer/trial.ts";

/** Everything that must be the same when a study is continued. */
export interface StudyDefinition {
  readonly name: string;
  readonly direction: Direction;
  readonly space: SearchSpace;
  readonly seedGait: ParameterSet;
  /** The reward expression's text. */
  readonly reward: string;
  /** Constraints between the parameters, as written. Studies stored before there were any lack it: none. */
  readonly parameterConstraints?: readonly string[];
  /** Names of the constraint values, in order. */
  readonly constraintNames: readonly string[];
  readonly sampler: Choice;
  readonly pruner: Choice;
  readonly seed: number;
  readonly robotId: string;
  /** Hash of the hardware config's text. */
  readonly configHash: string;
}

/**
 * Reasons by which something other than the gait interrupted a trial: a person's controlled stop, their word that something else
 * spoilt the walk, another program that took the robot, a page that held it and is gone, an actuator that a person had to see to, a
 * robot that refused before it had begun. Such an interruption says nothing about the gait, so it never counts as its second one.
 */
export const NOT_THE_GAIT: readonly string[] = [
  "operator-stop",
  "operator-redo",
  "actuator-fault",
  "lease-taken",
  "operator-gone",
  "not-begun",
];

export interface TrialReason {
  readonly code: string;
  readonly words: string;
  /** Seconds since the start of ramp-in, or null. */
  readonly time: number | null;
  readonly channel: string | null;
  readonly value: number | null;
  readonly limit: number | null;
}

export interface TrialReport {
  /** 1, 2, … */
  readonly step: number;
  /** Seconds measured so far. */
  readonly time: number;
  readonly metrics: Metrics;
  /** The reward of those metrics; NaN where it cannot be computed. */
  readonly value: number;
}

export interface TrialRecord {
  readonly number: number;
  /** Index of the suggestion; a retry inherits it. */
  readonly suggestion: number;
  /** 1, or 2 for the retry. */
  readonly attempt: number;
  readonly role: TrialRole;
  /** For a replicate: the number of the first trial with these parameters. */
  readonly replicateOf: number | null;
  readonly state: TrialState;
  readonly parameters: ParameterSet;
  readonly reports: readonly TrialReport[];
  /** Values at the rungs it has reached, lowest first; empty under a pruner without rungs. */
  readonly rungs: readonly number[];
  /** Final value (completed), last value (pruned), else null. */
  readonly value: number | null;
  readonly reason: TrialReason | null;
  readonly truncated: boolean;
  readonly constraints: readonly number[];
  readonly breached: number | null;
  /** Seconds walked and seconds measured, robot time. */
  readonly walked: number;
  readonly measured: number;
  readonly recording: string | null;
  readonly bookkeeping: JsonValue;
  /** The sampler's words on its suggestion. */
  readonly note: string;
  /** What a simulated robot carries over to the next walk. */
  readonly carryOver: JsonValue;
  /** Covariates of the walk; absent where nobody saw it, or a version before them walked it. */
  readonly health?: TrialHealth;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export type NewTrial = Pick<
  TrialRecord,
  | "suggestion"
  | "attempt"
  | "role"
  | "replicateOf"
  | "parameters"
  | "bookkeeping"
  | "note"
  | "recording"
  | "startedAt"
>;

/** How a trial ended, written once. */
export type TrialEnd = Pick<
  TrialRecord,
  | "value"
  | "reason"
  | "truncated"
  | "constraints"
  | "breached"
  | "walked"
  | "measured"
  | "recording"
  | "carryOver"
  | "health"
  | "finishedAt"
> & { readonly state: Exclude<TrialState, "running"> };

/** What a trial is before it has reported anything. */
export const RUNNING = {
  state: "running",
  reports: [],
  rungs: [],
  value: null,
  reason: null,
  truncated: false,
  constraints: [],
  breached: null,
  walked: 0,
  measured: 0,
  carryOver: null,
  finishedAt: null,
} as const satisfies Partial<TrialRecord>;
