import type { Region } from "./exploration/region.ts";
import type { ParameterSet, SearchSpace } from "./search-space.ts";
import type { Direction, JsonValue, ObservedTrial } from "./trial.ts";

/** A pure, deterministic predicate: box and coupling constraints, reach, joint range. */
export interface Feasibility {
  (parameters: ParameterSet): boolean;
  /**
   * Where only a small part of the space may be explored: that part. A sampler need not know it, but without drawing from it,
   * or pulling proposals back into it, it hardly finds a feasible point in many dimensions.
   */
  readonly region?: Region;
}

export interface SamplerContext {
  readonly space: SearchSpace;
  readonly direction: Direction;
  /** The study's seed, any safe integer. */
  readonly seed: number;
  /** Number of constraint values each finished trial has. */
  readonly constraintCount: number;
  /** A parameter set known to be good or safe (the seed gait), where a local search begins. */
  readonly start?: ParameterSet;
}

export interface AskRequest {
  /** Every trial of the study in order of number, running ones (pending) included. */
  readonly trials: readonly ObservedTrial[];
  /** Index of the suggestion asked for; together with the seed it keys all randomness. */
  readonly suggestion: number;
  readonly feasible: Feasibility;
}

export interface Suggestion {
  readonly parameters: ParameterSet;
  /** Stored with the trial and handed back in {@link ObservedTrial.bookkeeping}; plain JSON. */
  readonly bookkeeping: JsonValue;
  /** One line for people: what the sampler did and why ("start-up 3 of 10", "log worth −1.2, P(safe) 0.93"). */
  readonly note: string;
}

/**
 * Proposes the next parameter set.
 *
 * The contract: `ask` is a function of its context, the told trials and the suggestion index alone. A sampler may
 * keep derived state warm between calls (a factorisation, a generation), but a fresh instance given the same
 * trials must answer the same. It never returns a set that is outside the space or that `feasible` refuses; when
 * it finds none it throws SPACE_INFEASIBLE, and one that comes to an end, as a grid does, SAMPLER_EXHAUSTED. Trials
 * `interrupted` and `abandoned` say nothing about the objective. What it is given it does not change.
 * `conformance/sampler.ts` checks it all.
 */
export interface Sampler {
  readonly name: string;
  ask(request: AskRequest): Suggestion;
}
