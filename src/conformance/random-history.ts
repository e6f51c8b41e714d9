/** Told trials for conformance suites: everything that a walk may come to, as `ObservedTrial` documents it. */
import type { RandomSource } from "../optimizer/math/random-source.ts";
import type { Suggestion } from "../optimizer/sampler.ts";
import type { ObservedTrial, TrialState } from "../optimizer/trial.ts";
import { between, oneOf } from "./rounds.ts";

/** How a walk went. */
export interface Walk {
  readonly state: TrialState;
  /** Of every report; NaN where the reward could not be computed. */
  readonly value: number;
  readonly reports: number;
  /** s */
  readonly walked: number;
  /** Which limit aborted it; null for an operator's stop. */
  readonly breached: number | null;
  /** An interrupted one: whether it has been walked again. A completed one: whether a replicate follows. */
  readonly repeated: boolean;
}

const STATES: readonly TrialState[] = [
  "completed",
  "completed",
  "completed",
  "pruned",
  "aborted",
  "running",
  "interrupted",
  "abandoned",
];

const PECULIAR = [0, -0, 0.5, 0.5, Number.NaN, 1e300, -1e300, 5e-324];

/** @param constraintCount as in `SamplerContext` */
export function randomWalk(source: RandomSource, constraintCount: number): Walk {
  return {
    state: oneOf(source, STATES),
    value: source.uniform() < 0.3 ? oneOf(source, PECULIAR) : between(source, -10, 10),
    reports: source.integer(5),
    walked: between(source, 0, 20),
    breached: constraintCount === 0 || source.uniform() < 0.1 ? null : source.integer(constraintCount),
    repeated: source.integer(2) === 0,
  };
}

/** A finished walk without incident. */
export function goodWalk(value: number): Walk {
  return { state: "completed", value, reports: 3, walked: 9, breached: null, repeated: false };
}

export function nextSuggestion(trials: readonly ObservedTrial[]): number {
  return trials.reduce((highest, { suggestion }) => Math.max(highest, suggestion), -1) + 1;
}

/** The trials of a suggestion that came to this: the walk, and what repeats it. */
export function trialsOf(
  trials: readonly ObservedTrial[],
  { parameters, bookkeeping }: Suggestion,
  walk: Walk,
  constraintCount: number,
): ObservedTrial[] {
  const first: ObservedTrial = {
    number: trials.length,
    suggestion: nextSuggestion(trials),
    role: "suggested",
    parameters,
    bookkeeping,
    ...outcomeOf(walk, constraintCount),
  };
  const again = { ...first, number: first.number + 1 };
  if (walk.repeated && walk.state === "interrupted") {
    return [first, { ...again, ...outcomeOf({ ...walk, state: "completed" }, constraintCount) }];
  }
  if (walk.repeated && walk.state === "completed") {
    return [first, { ...again, suggestion: first.suggestion + 1, role: "replicate", bookkeeping: null }];
  }
  return [first];
}

/** @returns what a told walk adds to its trial */
export function outcomeOf(walk: Walk, constraintCount: number) {
  const { state, value, walked } = walk;
  const evidence = state === "completed" || state === "pruned";
  const breached = state === "aborted" ? walk.breached : null;
  const margins = Array.from({ length: constraintCount }, (_, i) => (i === breached ? 1.5 : -0.3));
  return {
    state,
    value: evidence && Number.isFinite(value) ? value : null,
    reports: Array.from({ length: walk.reports }, (_, k) => ({ step: k + 1, value, time: k + 1 })),
    constraints: evidence || state === "aborted" ? margins : [],
    breached,
    walked,
  };
}
