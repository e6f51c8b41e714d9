/** The one JSON document that `tune --json`, `show --json` and the HTTP API answer with. */

import type { ParameterSet } from "../optimizer/search-space.ts";
import type { Direction, TrialState } from "../optimizer/trial.ts";

/** An estimate of the true reward of one parameter set. */
export interface Estimate {
  readonly params: ParameterSet;
  readonly mean: number;
  /** 95 % interval of the mean. */
  readonly ci95: readonly [low: number, high: number];
  /** Walks of exactly these parameters behind it. */
  readonly n: number;
}

/** Numbers that JSON has no word for (NaN) are null. */
export interface TrialDocument {
  readonly number: number;
  readonly state: TrialState;
  /** The reason's code: `finished`, `pruner`, a limit's name, … or null while running. */
  readonly outcome: string | null;
  /** The reason in words. */
  readonly reason: string | null;
  readonly params: ParameterSet;
  readonly value: number | null;
  readonly intermediate_values: Readonly<Record<string, number | null>>;
  readonly constraints: readonly number[];
  readonly metrics: Readonly<Record<string, number | null>> | null;
  /** Seconds walked, robot time. */
  readonly duration_s: number;
  readonly recording: string | null;
  readonly role: string;
  readonly suggestion: number;
  readonly attempt: number;
  readonly truncated: boolean;
  readonly note: string;
}

export interface StudyDocument {
  readonly study: string;
  readonly direction: Direction;
  readonly reward: string;
  readonly trials: readonly TrialDocument[];
  readonly champion: Estimate | null;
  readonly baseline: Estimate | null;
  readonly robot_time_s: number;
  readonly sampler: string;
  readonly pruner: string;
  readonly seed: number;
  readonly constraint_names: readonly string[];
  /** Unit of each parameter. */
  readonly units: Readonly<Record<string, string>>;
}
