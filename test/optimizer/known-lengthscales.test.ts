/** What is known of a parameter's length-scale: on which scale it is taken, and what the Gaussian process makes of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { float, int } from "../../src/conformance/random-space.ts";
import { constraintModels } from "../../src/optimizer/gaussian-process/constraint-model.ts";
import { objectiveModel } from "../../src/optimizer/gaussian-process/objective-model.ts";
import { lengthscalePriors, logNormalPrior } from "../../src/optimizer/gaussian-process/priors.ts";
import type { Parameter } from "../../src/optimizer/search-space.ts";
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

  it("is where its prior is largest, and leaves the others what they were", () => {
    const unit = unitSpace({ parameters: [float("a", { high: 4, lengthscale: 1 }), float("b")] });
    const unknown = { center: Math.log(0.8), deviation: 1 };
    const flat = { center: 0, deviation: 1 };
    const prior = logNormalPrior({
      lengthscales: lengthscalePriors(unit, unknown),
      ...{ scale: flat, noise: flat, microscale: null },
    });
    const gradient = new Float64Array(4);
    prior(Float64Array.of(-2 * Math.log(0.25), -2 * Math.log(0.8), 0, 0), gradient);
    for (const slope of gradient) assert.ok(Math.abs(slope) < 1e-12, `${gradient}`);
    const there = gradient.fill(0);
    prior(Float64Array.of(-2 * Math.log(0.5), -2 * Math.log(1.6), 0, 0), there);
    assert.ok(Math.abs(there[0]! / there[1]! - 1 / 0.3 ** 2) < 1e-9, "what is known holds more tightly");
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
