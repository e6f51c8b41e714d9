/** Structure finer than the data resolve: told apart from noise by repeated walks, and used to judge what was walked. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fitHyperparameters } from "../../src/optimizer/gaussian-process/fit.ts";
import { logMarginalLikelihood } from "../../src/optimizer/gaussian-process/likelihood.ts";
import { objectiveModel } from "../../src/optimizer/gaussian-process/objective-model.ts";
import { Posterior } from "../../src/optimizer/gaussian-process/posterior.ts";
import { independentPriors } from "../../src/optimizer/gaussian-process/priors.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import { unitSpace } from "../../src/optimizer/space/unit-space.ts";
import { trialAt } from "./trial-at.ts";
import { unitCube } from "./unit-cube.ts";

const SHAPE = { size: 2, categorical: [false, false] };
const PLACES = 40;
const WALKS = 3;

/** Every place is walked `WALKS` times: a smooth function, a value of the place's own, and noise of each walk. */
function walkedPlaces(own: number, noise: number, seed: number) {
  const source = new RandomSource({ seed, index: 0, stream: "microscale" });
  const x: number[] = [];
  const y: number[] = [];
  for (let place = 0; place < PLACES; place++) {
    const [a, b] = [source.uniform(), source.uniform()];
    const level = Math.sin(3 * a) + b * b + own * source.normal();
    for (let walk = 0; walk < WALKS; walk++) {
      x.push(a, b);
      y.push(level + noise * source.normal());
    }
  }
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  return {
    shape: SHAPE,
    x: Float64Array.from(x),
    y: Float64Array.from(y, (value) => value - mean),
    knownVariance: new Float64Array(y.length),
  };
}

function fitted(own: number, noise: number, seed: number) {
  const wide = { center: Math.log(0.01), deviation: 2 };
  return fitHyperparameters(walkedPlaces(own, noise, seed), {
    prior: independentPriors({
      lengthscales: new Array(2).fill({ center: 0, deviation: 1 }),
      scale: { center: 0, deviation: 1 },
      noise: wide,
      microscale: wide,
    }),
    bounds: { lengthscale: [0.05, 30], scale: [0.05, 20], noise: [1e-6, 2], microscale: [1e-6, 2] },
    starts: [{ inverseSquaredLengthscales: Float64Array.of(1, 1), scale: 1, noise: 0.05, microscale: 0.05 }],
    maxIterations: 60,
  }).hyperparameters;
}

describe("microscale structure", () => {
  it("has the gradient of its likelihood", () => {
    const { x, y, knownVariance } = walkedPlaces(0.2, 0.1, 1);
    const likelihood = logMarginalLikelihood(SHAPE, x, y, knownVariance);
    const h = Float64Array.of(0.5, 1.2, -0.3, -3, -2.5);
    const gradient = new Float64Array(h.length);
    likelihood(h, gradient);
    for (const j of h.keys()) {
      const step = 1e-5;
      const at = (move: number) =>
        likelihood(
          h.map((value, i) => (i === j ? value + move : value)),
          new Float64Array(h.length),
        );
      const slope = (at(step) - at(-step)) / (2 * step);
      assert.ok(
        Math.abs(slope - gradient[j]!) < 1e-4 * Math.max(1, Math.abs(slope)),
        `element ${j}: ${gradient[j]}, not ${slope}`,
      );
    }
  });

  it("is told apart from noise by walks of the same place", () => {
    for (const seed of [1, 2, 3]) {
      const rough = fitted(0.3, 0.05, seed);
      assert.ok(rough.microscale > 5 * rough.noise, `rough: τ ${rough.microscale}, σ² ${rough.noise}`);
      const noisy = fitted(0, 0.3, seed);
      assert.ok(noisy.noise > 5 * noisy.microscale, `noisy: τ ${noisy.microscale}, σ² ${noisy.noise}`);
      assert.ok(Math.abs(Math.sqrt(noisy.noise) - 0.3) < 0.06, `σ ${Math.sqrt(noisy.noise)}, not 0.3`);
    }
  });

  it("lets a place keep what its walks showed, and tells neighbours nothing of it", () => {
    const { x, y, knownVariance } = walkedPlaces(0.3, 0.05, 4);
    const hyperparameters = {
      inverseSquaredLengthscales: Float64Array.of(1, 1),
      scale: 1,
      noise: 0.05 ** 2,
      microscale: 0.3 ** 2,
    };
    const posterior = new Posterior(SHAPE, hyperparameters, x, y, knownVariance);
    const place = x.slice(0, 2);
    const shown = (y[0]! + y[1]! + y[2]!) / 3;
    const there = posterior.prediction();
    posterior.predict(place, there);
    assert.ok(Math.abs(there.mean - shown) < 0.02, `${there.mean} where ${shown} was walked`);
    assert.ok(there.variance < 0.05 ** 2 / 2);
    const beside = posterior.prediction();
    posterior.predict(
      place.map((value) => value + 1e-6),
      beside,
    );
    assert.ok(
      beside.variance > hyperparameters.microscale,
      "a place of its own is not known before it is walked",
    );
  });

  it("is not presumed where nothing was walked twice", () => {
    const source = new RandomSource({ seed: 5, index: 0, stream: "microscale" });
    const space = unitCube(2);
    const once = Array.from({ length: 20 }, (_, number) => {
      const [x0, x1] = [source.uniform(), source.uniform()];
      return trialAt(number, { x0, x1 }, { value: Math.sin(3 * x0) + x1 + 0.3 * source.normal() });
    });
    const twice = [...once, trialAt(20, once[3]!.parameters, { value: once[3]!.value! + 0.02 })];
    const own = (trials: typeof once): number =>
      objectiveModel(unitSpace(space), trials, "maximize", "microscale")!.posterior.hyperparameters
        .microscale;
    assert.equal(own(once), 0);
    assert.ok(own(twice) > 0);
  });
});
