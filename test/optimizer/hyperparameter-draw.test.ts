/** Hyperparameters drawn among the plausible ones: where noise leaves them open, and only there. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fitHyperparameters, negativeLogPosterior, toLog } from "../../src/optimizer/gaussian-process/fit.ts";
import { drawHyperparameters } from "../../src/optimizer/gaussian-process/hyperparameter-draw.ts";
import { independentPriors } from "../../src/optimizer/gaussian-process/priors.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import { deviation } from "../proof/statistics.ts";

const SIZE = 3;
const POSTERIOR = {
  prior: independentPriors({
    lengthscales: new Array(SIZE).fill({ center: Math.log(0.9), deviation: 1 }),
    scale: { center: 0, deviation: 1 },
    noise: { center: Math.log(0.01), deviation: 2 },
    microscale: null,
  }),
  bounds: {
    lengthscale: [0.05, 30],
    scale: [0.05, 20],
    noise: [1e-9, 2],
    microscale: null,
  },
} as const;

/** `n` walks of a function that varies along its first two coordinates only. */
function walks(n: number, noise: number) {
  const source = new RandomSource({ seed: 1, index: 0, stream: "walks" });
  const x = Float64Array.from({ length: SIZE * n }, () => source.uniform());
  const y = Float64Array.from(
    { length: n },
    (_, i) => Math.sin(5 * x[SIZE * i]!) + x[SIZE * i + 1]! ** 2 - 0.7 + noise * source.normal(),
  );
  const shape = { size: SIZE, categorical: new Array<boolean>(SIZE).fill(false) };
  return { shape, x, y, knownVariance: new Float64Array(n) };
}

function drawn(n: number, noise: number, count: number) {
  const data = walks(n, noise);
  const start = {
    inverseSquaredLengthscales: new Float64Array(SIZE).fill(1),
    ...{ scale: 1, noise: 0.1, microscale: 0 },
  };
  const fit = fitHyperparameters(data, { ...POSTERIOR, starts: [start], maxIterations: 60 });
  const f = negativeLogPosterior(data, POSTERIOR.prior);
  const draws = Array.from({ length: count }, (_, index) =>
    drawHyperparameters(
      data,
      POSTERIOR,
      fit.hyperparameters,
      new RandomSource({ seed: 3, index, stream: "draws" }),
    ),
  );
  const value = (h: Float64Array): number => f(h, new Float64Array(h.length));
  return { mode: toLog(fit.hyperparameters), draws: draws.map(toLog), value };
}

describe("hyperparameters drawn", () => {
  it("are spread as far as the data leave open, least where these speak most clearly", () => {
    const few = drawn(15, 0.3, 200);
    const many = drawn(120, 0.3, 200);
    const spread = ({ draws }: typeof few, j: number): number => deviation(draws.map((h) => h[j]!));
    for (let j = 0; j < SIZE + 2; j++)
      assert.ok(spread(few, j) > 0.3, `element ${j} of few: ${spread(few, j)}`);
    // The noise is known to 1/√(2n) of its logarithm's scale: 2/√(2n), widened by half.
    const noise = spread(many, SIZE + 1);
    assert.ok(Math.abs(noise - (1.5 * 2) / Math.sqrt(240)) < 0.06, `${noise}`);
    // Nothing depends on the third coordinate, so anything long enough will do.
    assert.ok(spread(many, 2) > 1.5 * spread(many, 0), `${spread(many, 2)}, ${spread(many, 0)}`);
  });

  it("are all plausible, and the same for the same key", () => {
    const { mode, draws, value } = drawn(25, 0.3, 100);
    const m = mode.length;
    const drops = draws.map((h) => value(h) - value(mode));
    assert.ok(Math.max(...drops) <= 0.5 * 1.5 ** 2 * (m + 2 * Math.sqrt(2 * m)) + 1e-9);
    assert.ok(Math.max(...drops) > 2, "they go beyond the top");
    assert.deepEqual(drawn(25, 0.3, 100).draws, draws);
  });

  it("are the most plausible ones where there is no noise", () => {
    const { mode, draws } = drawn(40, 0, 50);
    for (const h of draws) for (const j of mode.keys()) assert.ok(Math.abs(h[j]! - mode[j]!) < 0.05, `${h}`);
  });
});
