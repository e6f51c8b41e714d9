import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { ExpectedRise } from "../../src/optimizer/gaussian-process/expected-rise.ts";
import type { KernelShape } from "../../src/optimizer/gaussian-process/kernel.ts";
import { KnowledgeGradient } from "../../src/optimizer/gaussian-process/knowledge-gradient.ts";
import { logExpectedImprovement } from "../../src/optimizer/gaussian-process/log-expected-improvement.ts";
import { Posterior } from "../../src/optimizer/gaussian-process/posterior.ts";
import { normalDensity } from "../../src/optimizer/math/normal-distribution.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";

interface Line {
  readonly intercept: number;
  readonly slope: number;
}

function riseOf(lines: readonly Line[]): ExpectedRise {
  const rise = new ExpectedRise(lines.length);
  for (const [j, { intercept, slope }] of lines.entries()) {
    rise.intercepts[j] = intercept;
    rise.slopes[j] = slope;
  }
  return rise;
}

/** E max_j (a_j + b_j Z) − max_j a_j, summed over a fine grid of Z. */
function summed(lines: readonly Line[]): number {
  const step = 1e-3;
  const largest = Math.max(...lines.map(({ intercept }) => intercept));
  let sum = 0;
  for (let z = -10; z <= 10; z += step) {
    const value = Math.max(...lines.map(({ intercept, slope }) => intercept + slope * z));
    sum += step * normalDensity(z) * (value - largest);
  }
  return sum;
}

const line = fc.record({
  intercept: fc.double({ min: -3, max: 3, noNaN: true }),
  slope: fc.oneof(fc.double({ min: -2, max: 2, noNaN: true }), fc.constantFrom(-1, 0, 1)),
});

describe("expected rise of the largest of several guesses", () => {
  it("is what summing over the drawn number gives", () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        const value = Math.exp(riseOf(lines).logValue());
        assert.ok(Math.abs(value - summed(lines)) < 1e-6, `${value}, not ${summed(lines)}`);
      }),
      { numRuns: 40 },
    );
  });

  it("has the gradient of its logarithm, also where the rise itself underflows", () => {
    const cases: Line[][] = [
      [
        { intercept: 0.2, slope: -0.5 },
        { intercept: 0.5, slope: 0.1 },
        { intercept: 0.1, slope: 0.9 },
        { intercept: -4, slope: 1.5 },
      ],
      [
        { intercept: 0, slope: 0 },
        { intercept: -80, slope: 1 },
      ],
    ];
    for (const lines of cases) {
      const rise = riseOf(lines);
      assert.ok(Number.isFinite(rise.logValue()));
      rise.differentiate();
      const shifted = (j: number, by: Partial<Line>): number => {
        const { intercept, slope } = lines[j]!;
        const moved = {
          intercept: intercept + (by.intercept ?? 0),
          slope: slope + (by.slope ?? 0),
        };
        return riseOf(lines.with(j, moved)).logValue();
      };
      const step = 1e-5;
      for (let j = 0; j < lines.length; j++) {
        const byIntercept = (shifted(j, { intercept: step }) - shifted(j, { intercept: -step })) / (2 * step);
        const bySlope = (shifted(j, { slope: step }) - shifted(j, { slope: -step })) / (2 * step);
        near(rise.byIntercept[j]!, byIntercept, 1e-4);
        near(rise.bySlope[j]!, bySlope, 1e-4);
      }
    }
    assert.ok(riseOf(cases[1]!).logValue() < -3000);
  });

  it("is nothing among equals, and where one draw says nothing", () => {
    const same = { intercept: 1, slope: 0.3 };
    assert.equal(riseOf([same, same, same]).logValue(), Number.NEGATIVE_INFINITY);
    assert.equal(riseOf([same, { intercept: 0, slope: 0.3 }]).logValue(), Number.NEGATIVE_INFINITY);
  });
});

const SHAPE: KernelShape = { size: 3, categorical: [false, false, true] };
const OBSERVED = 14;

function someStudy(noise: number): { posterior: Posterior; x: Float64Array; source: RandomSource } {
  const source = new RandomSource({ seed: 5, index: 0, stream: "knowledge-gradient-test" });
  const point = (): number[] => [source.uniform(), source.uniform(), source.integer(3)];
  const x = Float64Array.from(Array.from({ length: OBSERVED }, point).flat());
  const y = Float64Array.from({ length: OBSERVED }, () => source.normal());
  const hyperparameters = {
    inverseSquaredLengthscales: Float64Array.of(6, 9, 0.7),
    scale: 1.2,
    noise,
    microscale: 0,
  };
  const posterior = new Posterior(SHAPE, hyperparameters, x, y, new Float64Array(OBSERVED), 1);
  return { posterior, x, source };
}

const ALL = Array.from({ length: OBSERVED }, (_, i) => i);

describe("knowledge gradient", () => {
  it("is the rise of the best estimate that is observed after its walks", () => {
    const { posterior, x, source } = someStudy(0.3);
    const worth = new KnowledgeGradient(posterior, ALL, 0.3);
    const at = (row: number): Float64Array => x.subarray(row * SHAPE.size, (row + 1) * SHAPE.size);
    const means = posterior.observedMeans();
    const best = Math.max(...means);
    for (let i = 0; i < 6; i++) {
      const point = Float64Array.of(source.uniform(), source.uniform(), source.integer(3));
      const prediction = posterior.prediction();
      posterior.predict(point, prediction);
      const deviation = Math.sqrt(prediction.variance + 0.3 / 4);
      const lines = ALL.map((row) => ({
        intercept: means[row]!,
        slope: posterior.covariance(at(row), point) / deviation,
      }));
      lines.push({ intercept: prediction.mean, slope: prediction.variance / deviation });
      const expected = summed(lines) + Math.max(0, prediction.mean - best);
      const gradient = new Float64Array(SHAPE.size);
      near(Math.exp(worth.addValueAndGradient(point, gradient)), expected, 1e-5);
      near(Math.exp(worth.values(point, 1)[0]!), expected, 1e-5);
    }
  });

  it("has its own gradient", () => {
    const { posterior, source } = someStudy(0.3);
    const worth = new KnowledgeGradient(posterior, ALL, 0.3);
    for (let i = 0; i < 10; i++) {
      const point = Float64Array.of(source.uniform(), source.uniform(), source.integer(3));
      const gradient = new Float64Array(SHAPE.size);
      worth.addValueAndGradient(point, gradient);
      for (const j of [0, 1]) {
        const moved = (by: number): number => {
          const other = point.slice();
          other[j]! += by;
          return worth.values(other, 1)[0]!;
        };
        near(gradient[j]!, (moved(1e-6) - moved(-1e-6)) / 2e-6, 1e-4);
      }
      assert.equal(gradient[2], 0);
    }
  });

  it("is the expected improvement where there is no noise", () => {
    const { posterior, source } = someStudy(1e-9);
    const worth = new KnowledgeGradient(posterior, ALL, 1e-9);
    const best = Math.max(...posterior.observedMeans());
    const prediction = posterior.prediction();
    for (let i = 0; i < 10; i++) {
      const point = Float64Array.of(source.uniform(), source.uniform(), source.integer(3));
      posterior.predict(point, prediction);
      const improvement = logExpectedImprovement(prediction.mean, prediction.variance, best);
      near(worth.values(point, 1)[0]!, improvement, 1e-5);
    }
  });
});

function near(actual: number, expected: number, tolerance: number): void {
  const off = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(off < tolerance, `${actual}, not ${expected}`);
}
