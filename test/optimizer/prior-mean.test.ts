/** What the Gaussian process expects far from everything observed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Hyperparameters, KernelShape } from "../../src/optimizer/gaussian-process/kernel.ts";
import { Posterior, type PriorMean } from "../../src/optimizer/gaussian-process/posterior.ts";

const SHAPE: KernelShape = { size: 1, categorical: [false] };
const HYPERPARAMETERS: Hyperparameters = {
  inverseSquaredLengthscales: Float64Array.of(25),
  scale: 1,
  noise: 0.05,
  microscale: 0,
};
/** Forty length-scales away from the cube. */
const FAR = Float64Array.of(9);

function posterior(places: readonly number[], values: readonly number[], mean: PriorMean, spare = 0) {
  const x = Float64Array.from(places);
  return new Posterior(
    SHAPE,
    HYPERPARAMETERS,
    x,
    Float64Array.from(values),
    new Float64Array(x.length),
    spare,
    mean,
  );
}

const observed = fc.array(
  fc.record({
    place: fc.double({ min: 0, max: 1, noNaN: true }),
    value: fc.double({ min: -3, max: 3, noNaN: true }),
  }),
  { minLength: 1, maxLength: 12 },
);

describe("estimated prior mean", () => {
  it("counts observations of one place nearly as one, and distant ones each", () => {
    const gathered = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5];
    const there = posterior([...gathered, 8], [...gathered.map(() => 1), 0], "estimated").mean(FAR);
    // Two groups: variance 1 + 0.05/9 of the mean of nine, 1 + 0.05 of the single one.
    const [nine, single] = [1 / (1 + 0.05 / 9), 1 / 1.05];
    // The single one is five length-scales from where the question is asked.
    const own = posterior([8], [1], "zero").mean(FAR);
    const mean = nine / (nine + single);
    assert.ok(Math.abs(there - (mean - mean * own)) < 1e-9, `${there}`);
  });

  it("shifts with the values, whatever is conditioned on afterwards; uncertainty does not", () => {
    fc.assert(
      fc.property(observed, fc.double({ min: -5, max: 5, noNaN: true }), (observations, shift) => {
        const places = observations.map(({ place }) => place);
        const values = observations.map(({ value }) => value);
        const plain = posterior(places, values, "estimated", 2);
        const moved = posterior(
          places,
          values.map((value) => value + shift),
          "estimated",
          2,
        );
        const zero = posterior(places, values, "zero", 2);
        const ask = Float64Array.of(0.3, 0.7, 2);
        const check = (): void => {
          const [a, b, c] = [plain, moved, zero].map((one) => {
            const [means, variances] = [new Float64Array(3), new Float64Array(3)];
            one.predictMany(ask, 3, means, variances);
            return { means, variances, average: one.average(ask, 3), seen: one.observedMeans() };
          });
          ask.forEach((_, i) => {
            assert.ok(Math.abs(b!.means[i]! - a!.means[i]! - shift) < 1e-7);
            assert.equal(a!.variances[i], c!.variances[i]);
          });
          assert.ok(Math.abs(b!.average.mean - a!.average.mean - shift) < 1e-7);
          a!.seen.forEach((mean, i) => {
            assert.ok(Math.abs(b!.seen[i]! - mean - shift) < 1e-6);
          });
        };
        check();
        for (const one of [plain, zero]) one.condition(Float64Array.of(0.6), 1, 0.1);
        moved.condition(Float64Array.of(0.6), 1 + shift, 0.1);
        check();
        for (const one of [plain, zero]) one.assume(Float64Array.of(1.4), -1);
        moved.assume(Float64Array.of(1.4), -1 + shift);
        check();
      }),
      { numRuns: 60 },
    );
  });

  it("is one mean for every way of asking", () => {
    fc.assert(
      fc.property(observed, fc.double({ min: -1, max: 2, noNaN: true }), (observations, at) => {
        const one = posterior(
          observations.map(({ place }) => place),
          observations.map(({ value }) => value),
          "estimated",
        );
        const point = Float64Array.of(at);
        const [means, variances] = [new Float64Array(1), new Float64Array(1)];
        one.predictMany(point, 1, means, variances);
        const prediction = one.prediction();
        one.predict(point, prediction);
        assert.ok(Math.abs(prediction.mean - one.mean(point)) < 1e-12);
        assert.ok(Math.abs(means[0]! - one.mean(point)) < 1e-12);
        assert.ok(Math.abs(one.average(point, 1).mean - one.mean(point)) < 1e-12);
        const seen = one.observedMeans();
        observations.forEach(({ place }, i) => {
          assert.ok(Math.abs(seen[i]! - one.mean(Float64Array.of(place))) < 1e-7);
        });
      }),
      { numRuns: 60 },
    );
  });
});
