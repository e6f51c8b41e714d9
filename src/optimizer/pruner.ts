import type { Direction, Report } from "./trial.ts";

/** The curve of one parameter set: a trial's reports, or the mean over its replicates. */
export interface Curve {
  /** Number of the (first) trial it belongs to. */
  readonly number: number;
  readonly state: "running" | "completed" | "pruned";
  /** In order of step. */
  readonly reports: readonly Report[];
}

export interface PruneQuestion {
  readonly direction: Direction;
  /** The walk in progress; its last report is the one being decided on. */
  readonly current: Curve;
  /** Every other parameter set of the study, in order of number; baseline walks are left out by the study. */
  readonly peers: readonly Curve[];
}

export interface PruneDecision {
  readonly prune: boolean;
  /** In words with the numbers: "0.12 at step 4 is below the median 0.19 of 7". */
  readonly reason: string;
  /** The value the walk had to reach to go on, where the rule has one: drawn on the page. */
  readonly threshold: number | null;
}

/** Decides, at a report, whether a walk is worth finishing. Pure: no state beyond the question. */
export interface Pruner {
  readonly name: string;
  decide(question: PruneQuestion): PruneDecision;
}
