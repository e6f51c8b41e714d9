/**
 * Threshold: a walk ends when its latest reward leaves a fixed range, or cannot be computed. Needs no other walk, so it
 * works from the first trial on. Decisions equal those of Optuna 4.9's ThresholdPruner.
 */
import { fail } from "../../errors.ts";
import { ANY_NUMBER_OR_NULL } from "../options.ts";
import type { PruneDecision, PruneQuestion, Pruner } from "../pruner.ts";
import { goOn, shown, stop } from "./decision.ts";
import { DECISION_POINT_RULES, type DecisionPoints, waitsBecause } from "./decision-points.ts";

export interface ThresholdOptions extends DecisionPoints {
  /** Lowest reward that may go on, in the reward's unit; null: none. One of the two must be given. */
  readonly lower: number | null;
  /** Highest reward that may go on; null: none. */
  readonly upper: number | null;
}

export const THRESHOLD_DEFAULTS: ThresholdOptions = {
  lower: null,
  upper: null,
  warmupSteps: 0,
  intervalSteps: 1,
};

export const THRESHOLD_RULES = {
  ...DECISION_POINT_RULES,
  lower: ANY_NUMBER_OR_NULL,
  upper: ANY_NUMBER_OR_NULL,
};

/** @throws CONFIG_INVALID without a bound, or with bounds that cross */
export function thresholdPruner(options: Partial<ThresholdOptions>): Pruner {
  const complete = { ...THRESHOLD_DEFAULTS, ...options };
  const { lower, upper } = complete;
  if ((lower === null && upper === null) || (lower ?? -Infinity) > (upper ?? Infinity)) {
    fail("CONFIG_INVALID", {
      what: `Pruner threshold has no range: lower is ${lower}, upper is ${upper}.`,
      where: "options of pruner threshold",
      remedy: "Give lower, the reward below which a walk is not worth finishing, or upper, or both in order.",
    });
  }
  return { name: "threshold", decide: (question) => decide(question, complete) };
}

function decide({ direction, current }: PruneQuestion, options: ThresholdOptions): PruneDecision {
  const waiting = waitsBecause(current, options);
  if (waiting !== null) return goOn(waiting);
  const { lower, upper } = options;
  const bound = direction === "maximize" ? lower : upper;
  const { value, step } = current.reports.at(-1)!;
  if (Number.isNaN(value)) return stop(`no reward could be computed at step ${step}`, bound);
  const latest = `${shown(value)} at step ${step}`;
  if (lower !== null && value < lower) return stop(`${latest} is below the bound ${shown(lower)}`, bound);
  if (upper !== null && value > upper) return stop(`${latest} is above the bound ${shown(upper)}`, bound);
  return goOn(
    `${latest} is within ${lower === null ? "" : shown(lower)}…${upper === null ? "" : shown(upper)}`,
    bound,
  );
}
