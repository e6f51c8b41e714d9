/** When a CMA-ES run ends, and what begins after it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type EvolutionState, evolution } from "../../src/optimizer/cma-es/evolution.ts";
import { firstRun, nextRun, type Run } from "../../src/optimizer/cma-es/restarts.ts";
import {
  defaultGenerations,
  type GenerationLosses,
  type StopLimits,
  stopReason,
} from "../../src/optimizer/cma-es/stop.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";

const LIMITS: StopLimits = { toleranceFun: 1e-12, toleranceX: 1e-12, initialSigma: 0.3, generations: 1000 };
const HEALTHY = evolution(Float64Array.of(0.4, 0.6), 0.3);
/** Better by the generation. */
const falling = (count: number): GenerationLosses[] =>
  Array.from({ length: count }, (_, g) => ({ best: -g, median: 1 - g, worst: 2 - g }));
const flat = (count: number, height = 1): GenerationLosses[] =>
  Array.from({ length: count }, () => ({ best: height, median: height, worst: height }));
const reason = (
  change: Partial<EvolutionState>,
  losses = falling(5),
  limits: Partial<StopLimits> = {},
): string | null => stopReason({ ...HEALTHY, ...change }, losses, { ...LIMITS, ...limits });

describe("a CMA-ES run stops", () => {
  it("not while it gets on", () => {
    assert.equal(reason({}), null);
    assert.equal(reason({}, falling(900)), null);
  });

  it("when rewards have been equal for 10 + ⌈30 n / λ⌉ generations and one more", () => {
    assert.equal(reason({}, flat(20)), null);
    assert.match(reason({}, flat(21)) ?? "", /last 20 generations differ by less than 1e-12/);
    assert.equal(reason({}, [...falling(1), ...flat(19), ...falling(1)]), null);
    assert.match(reason({}, falling(21), { toleranceFun: 30 }) ?? "", /less than 30/);
  });

  it("not for want of rewards: falls are not equal", () => {
    assert.equal(reason({}, flat(50, Number.POSITIVE_INFINITY)), null);
  });

  it("when every step and the path have shrunk below the share of the initial step size", () => {
    assert.match(reason({ sigma: 2e-13 }) ?? "", /no step is larger than 3.0e-13/);
    assert.equal(reason({ sigma: 0.029 }, falling(5), { toleranceX: 0.05 }), null);
    assert.match(reason({ sigma: 0.029 }, falling(5), { toleranceX: 0.1 }) ?? "", /0.030/);
    assert.equal(
      reason({ sigma: 0.029, covariancePath: Float64Array.of(0, 2) }, falling(5), { toleranceX: 0.1 }),
      null,
    );
  });

  it("when it diverges", () => {
    assert.equal(reason({ sigma: 9e3 }), null);
    assert.match(reason({ sigma: 1.1e4 }) ?? "", /diverges/);
  });

  it("when steps vanish in rounding, along a coordinate or an axis", () => {
    const covariance = Float64Array.of(1, 0, 0, 1e-33);
    const directions = Float64Array.of(1, 0, 0, 1);
    const axes = { directions, lengths: Float64Array.of(1, 1) };
    assert.match(reason({ covariance, axes }) ?? "", /coordinate 2 vanish/);
    const tilted = Float64Array.of(Math.SQRT1_2, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT1_2);
    const thin = { directions: tilted, lengths: Float64Array.of(1e-16, 1) };
    assert.match(reason({ axes: thin }) ?? "", /axis 1 vanish/);
  });

  it("when the covariance is ill-conditioned, by its own condition number", () => {
    const directions = HEALTHY.axes.directions;
    assert.equal(reason({ axes: { directions, lengths: Float64Array.of(1, 0.9e7) }, sigma: 1e-4 }), null);
    const lengths = Float64Array.of(1, 1.1e7);
    assert.match(reason({ axes: { directions, lengths }, sigma: 1e-4 }) ?? "", /condition number/);
  });

  it("when neither best nor median has improved for long", () => {
    const noisy = (count: number, slope: number): GenerationLosses[] =>
      Array.from({ length: count }, (_, g) => {
        const best = ((g * 7919) % 101) / 101 - slope * g;
        return { best, median: best + 1, worst: best + 2 };
      });
    assert.match(reason({}, noisy(500, 0)) ?? "", /no improvement in the last 50 generations/);
    assert.equal(reason({}, noisy(500, 0.01)), null);
    assert.equal(reason({}, noisy(40, 0)), null);
  });

  it("when its generations are used up", () => {
    assert.equal(reason({ generation: 999 }), null);
    assert.match(reason({ generation: 1000 }) ?? "", /1000 generations are used up/);
    assert.equal(defaultGenerations(2, 6), Math.floor(100 + (150 * 25) / Math.sqrt(6)));
  });
});

describe("restarts", () => {
  const first = firstRun(5, 8, 0.2);
  const source = (run: number): RandomSource => new RandomSource({ seed: 1, index: run, stream: "test" });

  it("double the population by IPOP", () => {
    let run = first;
    for (const populationSize of [16, 32, 64]) {
      run = nextRun("ipop", first, run, 30, source(run.index + 1));
      assert.equal(run.populationSize, populationSize);
      assert.equal(run.sigma, first.sigma);
    }
    assert.equal(run.index, 3);
  });

  it("take turns by BIPOP: whichever kind has used fewer evaluations", () => {
    const spent = { small: 0, large: 0 };
    const regimes = new Set<string>();
    let run: Run = first;
    for (let index = 1; index <= 40; index++) {
      const generations = Math.min(run.generations, 50);
      spent[run.regime] += run.populationSize * generations;
      const before = run;
      run = nextRun("bipop", first, run, generations, source(index));
      assert.deepEqual(run.evaluations, spent);
      assert.equal(run.regime, spent.small < spent.large ? "small" : "large");
      regimes.add(run.regime);
      if (run.regime === "large") {
        assert.equal(run.largeRuns, before.largeRuns + 1);
        assert.equal(run.populationSize, 8 * 2 ** run.largeRuns);
        assert.equal(run.sigma, first.sigma);
      } else {
        assert.equal(run.largeRuns, before.largeRuns);
        assert.ok(run.populationSize >= 8 && run.populationSize <= 8 * 2 ** run.largeRuns);
        assert.ok(run.sigma <= first.sigma && run.sigma >= 0.01 * first.sigma);
        assert.ok(run.generations * run.populationSize <= spent.large / 2 || run.generations === 1);
      }
    }
    assert.deepEqual([...regimes].sort(), ["large", "small"]);
  });
});
