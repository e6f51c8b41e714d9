import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EvolutionState, evolution, tell } from "../../src/optimizer/cma-es/evolution.ts";
import { deviation, fixture } from "./fixture.ts";

interface GenerationFixture {
  readonly told: readonly (readonly [readonly number[], number])[];
  readonly mean: readonly number[];
  readonly sigma: number;
  readonly covariance: readonly number[][];
  readonly p_sigma: readonly number[];
  readonly p_c: readonly number[];
}
interface CmaFixture {
  readonly cases: readonly {
    readonly dim: number;
    readonly population_size: number;
    readonly function: string;
    readonly initial_mean: readonly number[];
    readonly initial_sigma: number;
    readonly constants: Readonly<Record<string, number>> & { readonly weights: readonly number[] };
    readonly generations: readonly GenerationFixture[];
  }[];
}

const TOLERANCE = 1e-10;

/** Largest difference of two vectors, relative to the largest element. */
function vectorDeviation(actual: Float64Array, expected: readonly number[]): number {
  const size = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value) / size));
}

describe("CMA-ES is cmaes 0.13.1's, generation by generation", () => {
  for (const one of fixture<CmaFixture>("cma_es.json").cases) {
    it(`${one.function} in ${one.dim} dimensions, population ${one.population_size}`, () => {
      let state: EvolutionState = evolution(
        Float64Array.from(one.initial_mean),
        one.initial_sigma,
        one.population_size,
      );
      const { strategy } = state;
      assert.ok(vectorDeviation(strategy.weights, one.constants.weights) < TOLERANCE);
      const constants: [number, string][] = [
        [strategy.parents, "mu"],
        [strategy.varianceEffectiveParents, "mu_eff"],
        [strategy.cCovariance, "c_c"],
        [strategy.cRankOne, "c_1"],
        [strategy.cRankMu, "c_mu"],
        [strategy.cSigma, "c_sigma"],
        [strategy.dSigma, "d_sigma"],
        [strategy.expectedNorm, "chi_n"],
      ];
      for (const [actual, name] of constants)
        assert.ok(deviation(actual, one.constants[name]!) < TOLERANCE, name);
      for (const [g, generation] of one.generations.entries()) {
        const ranked = [...generation.told].sort((a, b) => a[1] - b[1]).map(([x]) => Float64Array.from(x));
        state = tell(state, ranked);
        const where = `generation ${g + 1}`;
        assert.ok(Math.abs(state.sigma / generation.sigma - 1) < TOLERANCE, where);
        assert.ok(vectorDeviation(state.mean, generation.mean) < TOLERANCE, where);
        assert.ok(vectorDeviation(state.covariance, generation.covariance.flat()) < TOLERANCE, where);
        assert.ok(vectorDeviation(state.sigmaPath, generation.p_sigma) < TOLERANCE, where);
        assert.ok(vectorDeviation(state.covariancePath, generation.p_c) < TOLERANCE, where);
      }
    });
  }
});
