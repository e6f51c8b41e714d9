/** What is known of a parameter's length-scale: on which scale it is taken, and what the Gaussian process makes of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { float, int } from "../../src/conformance/random-space.ts";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import { constraintModels } from "../../src/optimizer/gaussian-process/constraint-model.ts";
import { objectiveModel } from "../../src/optimizer/gaussian-process/objective-model.ts";
import { independentPriors, lengthscalePriors } from "../../src/optimizer/gaussian-process/priors.ts";
import type { Parameter, SearchSpace } from "../../src/optimizer/search-space.ts";
import { coordinateOf, dimensionOf, lengthscaleOf } from "../../src/optimizer/space/dimension.ts";
import { unitSpace } from "../../src/optimizer/space/unit-space.ts";
import { trialAt } from "./trial-at.ts";

describe("a length-scale that is known", () => {
  it("is the length of the coordinate that so large a change of the value has", () => {
    const change = (parameter: Parameter, from: number, to: number): number => {
      const dimension = dimensionOf(parameter);
      return coordinateOf(dimension, to) - coordinateOf(dimension, from);
    };
    const linear = float("p", { low: -2, high: 8, lengthscale: 3 });
    assert.equal(lengthscaleOf(dimensionOf(linear)), change(linear, 1, 4));
    const stepped = float("p", { low: 1, high: 4, step: 0.5, lengthscale: 1.5 });
    assert.ok(Math.abs(lengthscaleOf(dimensionOf(stepped))! - change(stepped, 2, 3.5)) < 1e-12);
    const whole = int("p", { low: 1, high: 9, step: 2, lengthscale: 4 });
    assert.ok(Math.abs(lengthscaleOf(dimensionOf(whole))! - change(whole, 3, 7)) < 1e-12);
  });

  it("is taken in the middle of a logarithmic scale", () => {
    for (const parameter of [
      float("p", { low: 1, high: 100, log: true, lengthscale: 2 }),
      int("p", { low: 1, high: 10_000, log: true, lengthscale: 20 }),
    ]) {
      const dimension = dimensionOf(parameter);
      const middle = Math.sqrt(parameter.low * parameter.high);
      const small = 0.5 * parameter.lengthscale!;
      const change = coordinateOf(dimension, middle + small) - coordinateOf(dimension, middle - small);
      assert.ok(
        Math.abs(lengthscaleOf(dimension)! / change - 1) < 0.01,
        `${lengthscaleOf(dimension)} ${change}`,
      );
    }
  });

  it("is null where nothing is said", () => {
    assert.equal(lengthscaleOf(dimensionOf(float("p"))), null);
    assert.equal(
      lengthscaleOf(dimensionOf({ kind: "categorical", name: "p", unit: "", choices: ["a"] })),
      null,
    );
  });

  /** What is said of `a` (0.25 of its range) and what is taken of `b`, of which nothing is said. */
  const prior = independentPriors({
    lengthscales: lengthscalePriors(
      unitSpace({ parameters: [float("a", { high: 4, lengthscale: 1 }), float("b")] }),
      { center: Math.log(0.8), deviation: 1 },
    ),
    scale: { center: 0, deviation: 1 },
    noise: { center: 0, deviation: 1 },
    microscale: null,
  });
  /** The log density's gradient in log θ where both length-scales are so many times their centre. */
  const slopesAt = (times: number): Float64Array => {
    const gradient = new Float64Array(4);
    prior(Float64Array.of(-2 * Math.log(0.25 * times), -2 * Math.log(0.8 * times), 0, 0), gradient);
    return gradient;
  };

  it("is where its prior is largest, and leaves the others what they were", () => {
    for (const slope of slopesAt(1)) assert.ok(Math.abs(slope) < 1e-12, `${slope}`);
    const [near, far] = [slopesAt(1.1), slopesAt(20)];
    assert.ok(near[0]! > 40 * near[1]!, "what is known holds more tightly");
    assert.ok(far[0]! < far[1]!, "and gives way more easily where it is far from the truth");
  });

  it("has a prior whose gradient is its own, near and far", () => {
    const h = Float64Array.of(0, 0, 0.3, -0.4);
    for (const times of [0.01, 0.5, 0.9, 1.3, 40]) {
      h[0] = -2 * Math.log(0.25 * times);
      h[1] = -2 * Math.log(0.8 * times);
      const gradient = new Float64Array(4);
      prior(h, gradient);
      gradient.forEach((slope, j) => {
        const at = (step: number): number =>
          prior(
            h.map((value, i) => (i === j ? value + step : value)),
            new Float64Array(4),
          );
        const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert.ok(Math.abs(slope - difference) < 1e-6 * (1 + Math.abs(slope)), `${times}, ${j}`);
      });
    }
  });

  it("makes the start-up shorter where it is known of every parameter", () => {
    const startup = (space: SearchSpace): string =>
      createSampler("gp", {}, { space, direction: "maximize", seed: 1, constraintCount: 0 }).ask({
        ...{ trials: [], suggestion: 0, feasible: () => true },
      }).note!;
    const known = ["a", "b", "c"].map((name) => float(name, { lengthscale: 0.3 }));
    assert.equal(startup({ parameters: known }), "start-up 1 of 4");
    assert.equal(startup({ parameters: [...known.slice(1), float("a")] }), "start-up 1 of 6");
  });

  /** Lengths are fitted to so few walks that they hardly tell: what is known decides, for the objective and for the limits. */
  it("guides the models while walks are few, and yields to many", () => {
    const learnt = (lengthscale: number, walks: number) => {
      const unit = unitSpace({ parameters: [float("a", { lengthscale }), float("b")] });
      const trials = Array.from({ length: walks }, (_, i) => {
        const [a, b] = [(i * 0.618) % 1, (i * 0.414) % 1];
        const value = Math.sin(9 * a) + b;
        return trialAt(i, { a, b }, { value, constraints: [Math.max(-1, 0.1 * value - 0.1)] });
      });
      const length = (theta: number): number => 1 / Math.sqrt(theta);
      const objective = objectiveModel(unit, trials, "maximize", "smooth")!;
      const [limit] = constraintModels(unit, trials, 1);
      return {
        objective: length(objective.posterior.hyperparameters.inverseSquaredLengthscales[0]!),
        limit: length(limit!.posterior.hyperparameters.inverseSquaredLengthscales[0]!),
      };
    };
    for (const model of ["objective", "limit"] as const) {
      const [short, long] = [learnt(0.1, 4)[model], learnt(1, 4)[model]];
      assert.ok(Math.abs(Math.log(short / 0.1)) < 0.4, `${model}: ${short}`);
      assert.ok(Math.abs(Math.log(long / 1)) < 0.4, `${model}: ${long}`);
    }
    const [fromShort, fromLong] = [learnt(0.1, 60).objective, learnt(1, 60).objective];
    assert.ok(Math.abs(Math.log(fromShort / fromLong)) < 0.5, `${fromShort} and ${fromLong}`);
  });
});
