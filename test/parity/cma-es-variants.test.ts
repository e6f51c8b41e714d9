/** Constants, learning-rate adaptation, margin and warm start against the programs they follow. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EvolutionState, evolution, tell } from "../../src/optimizer/cma-es/evolution.ts";
import { boundariesAround, levelOf, scaledAboutMean } from "../../src/optimizer/cma-es/margin.ts";
import { defaultPopulationSize, strategy } from "../../src/optimizer/cma-es/strategy.ts";
import { distributionAround, promising } from "../../src/optimizer/cma-es/warm-start.ts";
import { fixture } from "./fixture.ts";

type Numbers = readonly number[];

interface GenerationFixture {
  readonly values: Numbers;
  readonly mean: Numbers;
  readonly sigma: number;
  readonly C: readonly Numbers[];
}
interface VariantsFixture {
  readonly params_cmaes: readonly ConstantsFixture[];
  readonly params_pycma: readonly ConstantsFixture[];
  readonly traces_cma: readonly {
    readonly n: number;
    readonly lr_adapt: boolean;
    readonly init_mean: Numbers;
    readonly init_sigma: number;
    readonly generations: readonly (GenerationFixture & {
      readonly X: readonly Numbers[];
      readonly p_sigma: Numbers;
      readonly pc: Numbers;
      readonly eta_mean?: number;
      readonly eta_Sigma?: number;
      readonly Vmean?: number;
      readonly VSigma?: number;
    })[];
  }[];
  readonly trace_cmawm: {
    readonly bounds: readonly (readonly [number, number])[];
    readonly steps: Numbers;
    readonly init_mean: Numbers;
    readonly init_sigma: number;
    readonly generations: readonly (GenerationFixture & {
      readonly X_raw: readonly Numbers[];
      readonly X_encoded: readonly Numbers[];
      readonly A: Numbers;
      readonly margin: number;
      readonly m_z_lim_low: Numbers;
      readonly m_z_lim_up: Numbers;
    })[];
  };
  readonly warm_start: {
    readonly solutions: readonly (readonly [Numbers, number])[];
    readonly gamma: number;
    readonly alpha: number;
    readonly mean: Numbers;
    readonly sigma: number;
    readonly cov: readonly Numbers[];
  };
}
type ConstantsFixture = Readonly<Record<string, number>> & { readonly weights: Numbers };

const FIXTURE = fixture<VariantsFixture>("cma_es_variants.json");
const TOLERANCE = 1e-8;

/** Every element within the tolerance, relative to the largest of the vector. */
function assertClose(actual: ArrayLike<number>, expected: Numbers, what: string): void {
  assert.equal(actual.length, expected.length, what);
  const size = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  for (const [i, value] of expected.entries()) {
    assert.ok(Math.abs(actual[i]! - value) <= TOLERANCE * size, `${what}[${i}]: ${actual[i]}, not ${value}`);
  }
}

/** The points of a generation, the lowest value first. */
function sortedByValue(points: readonly Numbers[], values: Numbers): Float64Array[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  return order.map((i) => Float64Array.from(points[i]!));
}

function assertDistribution(
  state: EvolutionState,
  { mean, sigma, C }: GenerationFixture,
  where: string,
): void {
  assertClose(state.mean, mean, `${where}: mean`);
  assertClose([state.sigma], [sigma], `${where}: σ`);
  assertClose(state.covariance, C.flat(), `${where}: C`);
}

describe("constants of CMA-ES", () => {
  const names = {
    cmaes: { mu_eff: "mu_eff", c1: "c1", cmu: "cmu", c_sigma: "c_sigma", d_sigma: "d_sigma", cc: "cc" },
    pycma: { mu_eff: "mueff", c1: "c1_sp", cmu: "cmu_sp", c_sigma: "cs", d_sigma: "damps", cc: "cc" },
  };
  for (const [program, cases] of [
    ["cmaes", FIXTURE.params_cmaes],
    ["pycma", FIXTURE.params_pycma],
  ] as const) {
    for (const one of cases) {
      const n = one["n"]!;
      const lambda = one["lambda"]!;
      it(`as ${program} has them in ${n} dimensions, population ${lambda}`, () => {
        const ours = strategy(n, lambda, program);
        const name = names[program];
        assert.equal(ours.parents, one["mu"]);
        assertClose(ours.weights, one.weights, "weights");
        assertClose([ours.varianceEffectiveParents], [one[name.mu_eff]!], "μ_eff");
        assertClose([ours.cRankOne], [one[name.c1]!], "c_1");
        assertClose([ours.cRankMu], [one[name.cmu]!], "c_μ");
        assertClose([ours.cSigma], [one[name.c_sigma]!], "c_σ");
        assertClose([ours.dSigma], [one[name.d_sigma]!], "d_σ");
        assertClose([ours.cCovariance], [one[name.cc]!], "c_c");
        if (one["chi_n"] !== undefined) assertClose([ours.expectedNorm], [one["chi_n"]], "χ_n");
      });
    }
  }

  it("include the default population size", () => {
    const usual = new Map(
      FIXTURE.params_pycma.map((one) => [one["n"]!, one["lambda"]!]).reverse() as [number, number][],
    );
    assert.ok(usual.size > 3);
    for (const [n, lambda] of usual) assert.equal(defaultPopulationSize(n), lambda, `${n} dimensions`);
  });
});

describe("CMA-ES is cmaes's, generation by generation", () => {
  for (const one of FIXTURE.traces_cma) {
    it(`in ${one.n} dimensions${one.lr_adapt ? ", with learning-rate adaptation" : ""}`, () => {
      let state = evolution(Float64Array.from(one.init_mean), one.init_sigma, one.generations[0]!.X.length, {
        learningRateAdaptation: one.lr_adapt,
      });
      for (const [g, generation] of one.generations.entries()) {
        const where = `generation ${g + 1}`;
        state = tell(state, sortedByValue(generation.X, generation.values));
        assertDistribution(state, generation, where);
        assertClose(state.sigmaPath, generation.p_sigma, `${where}: p_σ`);
        assertClose(state.covariancePath, generation.pc, `${where}: p_c`);
        if (generation.eta_mean === undefined) continue;
        assertClose([state.learning!.mean.eta], [generation.eta_mean], `${where}: η_m`);
        assertClose([state.learning!.covariance.eta], [generation.eta_Sigma!], `${where}: η_Σ`);
        assertClose([state.learning!.mean.power], [generation.Vmean!], `${where}: V_m`);
        assertClose([state.learning!.covariance.power], [generation.VSigma!], `${where}: V_Σ`);
      }
    });
  }
});

describe("CMA-ES with margin is cmaes's, generation by generation", () => {
  const { bounds, steps, init_mean, init_sigma, generations } = FIXTURE.trace_cmawm;
  const levels = steps.map((step, i) => {
    const [low, high] = bounds[i]!;
    return step > 0
      ? Array.from({ length: Math.round((high - low) / step) + 1 }, (_, k) => low + k * step)
      : [];
  });
  const discrete = levels.flatMap((values, index) =>
    values.length < 2
      ? []
      : [{ index, boundaries: Float64Array.from(values.slice(1), (value, k) => (value + values[k]!) / 2) }],
  );

  it("walks the levels it walks, and corrects mean and scales as it does", () => {
    assert.ok(discrete.length > 0);
    const size = generations[0]!.X_raw.length;
    let state = evolution(Float64Array.from(init_mean), init_sigma, size, { discrete });
    for (const [g, generation] of generations.entries()) {
      const where = `generation ${g + 1}`;
      for (const [k, raw] of generation.X_raw.entries()) {
        const walked = scaledAboutMean(state.margin!, state.mean, Float64Array.from(raw));
        for (const axis of discrete)
          walked[axis.index] = levels[axis.index]![levelOf(axis, walked[axis.index]!)]!;
        assertClose(walked, generation.X_encoded[k]!, `${where}: point ${k}`);
      }
      const before = state;
      state = tell(state, sortedByValue(generation.X_raw, generation.values));
      assertDistribution(state, generation, where);
      assertClose(state.margin!.scales, generation.A, `${where}: A`);
      assertClose([state.margin!.probability], [generation.margin], `${where}: α`);
      // The boundaries are those around the mean before it is corrected.
      const plain = tell({ ...before, margin: null }, sortedByValue(generation.X_raw, generation.values));
      const around = discrete.map((axis) => boundariesAround(axis, plain.mean[axis.index]!));
      assertClose(
        around.map(({ low }) => low),
        generation.m_z_lim_low,
        `${where}: lower boundaries`,
      );
      assertClose(
        around.map(({ high }) => high),
        generation.m_z_lim_up,
        `${where}: upper boundaries`,
      );
    }
  });
});

describe("warm start is cmaes's", () => {
  it("from the better solutions of an earlier search", () => {
    const { solutions, gamma, alpha, mean, sigma, cov } = FIXTURE.warm_start;
    const sorted = [...solutions].sort((a, b) => a[1] - b[1]).map(([x]) => Float64Array.from(x));
    const found = distributionAround(promising(sorted, gamma), alpha);
    assertClose(found.mean, mean, "mean");
    assertClose([found.sigma], [sigma], "σ");
    assertClose(found.covariance, cov.flat(), "C");
  });
});
