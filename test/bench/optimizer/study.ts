/** A study of a test function: asked, evaluated with noise, told, as a study runner would. */
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { Sampler } from "../../../src/optimizer/sampler.ts";
import type { ParameterSet } from "../../../src/optimizer/search-space.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../../optimizer/trial-at.ts";

export function coordinates(parameters: ParameterSet): number[] {
  return Object.keys(parameters).map((_, i) => Number(parameters[`x${i}`]));
}

export interface FunctionStudy {
  readonly sampler: Sampler;
  readonly value: (x: readonly number[]) => number;
  /** Standard deviation of an observation about the value. */
  readonly noise: number;
  readonly seed: number;
  /** Trials in flight at any time; 1: each is told before the next is asked for. */
  readonly parallel?: number;
}

/**
 * Yields the told trials after each evaluation; with `parallel` above 1 the oldest trial in flight is told first and the list
 * holds the others as running.
 */
export function* runFunctionStudy({
  sampler,
  value,
  noise,
  seed,
  parallel = 1,
}: FunctionStudy): Generator<readonly ObservedTrial[], never> {
  const trials: ObservedTrial[] = [];
  for (let finished = 0; ; finished++) {
    while (trials.length < finished + parallel) {
      const suggestion = trials.length;
      const { parameters, bookkeeping } = sampler.ask({ trials, suggestion, feasible: () => true });
      trials.push(trialAt(suggestion, parameters, { state: "running", walked: 0, bookkeeping }));
    }
    const trial = trials[finished]!;
    const draw = new RandomSource({ seed, index: trial.suggestion, stream: "benchmark-noise" }).normal();
    const observed = value(coordinates(trial.parameters)) + noise * draw;
    trials[finished] = { ...trial, state: "completed", value: observed, walked: 1 };
    yield trials;
  }
}
