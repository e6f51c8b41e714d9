/** Evaluations that CMA-ES needs on the classic functions, and where it ends under noise. */
import { evolution, sample, tell } from "../../../src/optimizer/cma-es/evolution.ts";
import type { ConstantsOf } from "../../../src/optimizer/cma-es/strategy.ts";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";

export type Objective = (x: Float64Array) => number;

export const sphere: Objective = (x) => x.reduce((sum, value) => sum + value * value, 0);

/** Axes whose squared scales run from 1 to `condition`. */
export const ellipsoid =
  (condition: number): Objective =>
  (x) =>
    x.reduce((sum, value, i) => sum + condition ** (i / (x.length - 1)) * value * value, 0);

export const rosenbrock: Objective = (x) => {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += 100 * (x[i + 1]! - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2;
  return sum;
};

export interface Start {
  readonly dimension: number;
  /** Every coordinate of the initial mean. */
  readonly from: number;
  readonly sigma: number;
  readonly seed: number;
}

/** One generation after another, without end: its sorted values and the mean it left. */
function* search(
  { dimension, from, sigma, seed }: Start,
  evaluate: Objective,
  variant: { readonly learningRateAdaptation?: boolean; readonly constants?: ConstantsOf },
): Generator<{ readonly evaluations: number; readonly best: number; readonly mean: Float64Array }> {
  const source = new RandomSource({ seed, index: 0, stream: "convergence" });
  let state = evolution(new Float64Array(dimension).fill(from), sigma, undefined, variant);
  const size = state.strategy.populationSize;
  for (let evaluations = size; ; evaluations += size) {
    const members = Array.from({ length: size }, () => {
      const x = sample(state, source);
      return { x, value: evaluate(x) };
    }).sort((a, b) => a.value - b.value);
    state = tell(
      state,
      members.map(({ x }) => x),
    );
    yield { evaluations, best: members[0]!.value, mean: state.mean };
  }
}

/** Evaluations, in whole generations, until one is at most `target`; null when `limit` does not suffice. */
export function evaluationsTo(
  target: number,
  start: Start,
  objective: Objective,
  { constants = "cmaes", limit = 1e5 }: { readonly constants?: ConstantsOf; readonly limit?: number } = {},
): number | null {
  for (const { evaluations, best } of search(start, objective, { constants })) {
    if (best <= target) return evaluations;
    if (evaluations >= limit) return null;
  }
  return null;
}

/** The noiseless value of the mean after a budget of evaluations with added normal noise of deviation `noise`. */
export function endUnderNoise(
  objective: Objective,
  noise: number,
  budget: number,
  start: Start,
  learningRateAdaptation: boolean,
): number {
  const source = new RandomSource({ seed: start.seed, index: 0, stream: "noise" });
  const noisy: Objective = (x) => objective(x) + noise * source.normal();
  for (const { evaluations, mean } of search(start, noisy, { learningRateAdaptation })) {
    if (evaluations >= budget) return objective(mean);
  }
  return Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
