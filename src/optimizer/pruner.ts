import type { Direction, Report } from "./trial.ts";

/** The curve of one parameter set: a trial's reports, or the mean over its replicates. */
export interface Curve {
  /** Number of the (first) trial it belongs to. */
  readonly number: number;
  /** Index of that trial's suggestion, which a retry inherits: brackets hang on it. */
  readonly suggestion: number;
  readonly state: "running" | "completed" | "pruned";
  /** In order of step, each step once. A list may grow; what is in it stays as it is. */
  readonly reports: readonly Report[];
  /** Values at the rungs it has reached, lowest first: what earlier decisions gave as {@link PruneDecision.rungs}. */
  readonly rungs: readonly number[];
}

export interface PruneQuestion {
  readonly direction: Direction;
  /** The walk in progress; its last report is the one being decided on. */
  readonly current: Curve;
  /**
   * Every other parameter set of the study, in the order in which they ended (with one robot, in order of number), those
   * under way last; baseline walks are left out by the study.
   */
  readonly peers: readonly Curve[];
}

export interface PruneDecision {
  readonly prune: boolean;
  /** One line of words with the numbers: "0.12 at step 4 is below the median 0.19 of 7". */
  readonly reason: string;
  /** The value the walk had to reach to go on, finite, or null where the rule has none: drawn on the page. */
  readonly threshold: number | null;
  /**
   * Values at the rungs the walk has reached by now, earlier ones included, where the rule has rungs. To be stored with
   * the trial, whatever the verdict, and handed back as {@link Curve.rungs}.
   */
  readonly rungs?: readonly number[];
}

export interface PrunerContext {
  /** The study's name, which brackets hang on. */
  readonly study: string;
}

/**
 * Decides, at a report, whether a walk is worth finishing. Pure: the answer hangs on the question alone, which it does not
 * change. What it works out about the peers it may keep for the next question with the same curves.
 * A walk without reports goes on, and so does the first of a study unless the rule judges a walk by itself.
 * `conformance/pruner.ts` checks it.
 */
export interface Pruner {
  readonly name: string;
  decide(question: PruneQuestion): PruneDecision;
  /**
   * The bracket of a suggestion, for a rule that divides a study into brackets: a sampler then learns rewards from the
   * trials of the suggestion's own bracket only (`bracketView`).
   *
   * @param peers as in {@link PruneQuestion.peers}
   */
  bracketOf?(suggestion: number, peers: readonly Curve[]): number;
}
