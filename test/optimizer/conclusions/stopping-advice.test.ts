import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { confidence, upperBound } from "../../../src/optimizer/conclusions/regret-bound.ts";
import { stoppingAdvice } from "../../../src/optimizer/conclusions/stopping-advice.ts";
import { studyModel } from "../../../src/optimizer/conclusions/study-model.ts";
import { logExpectedImprovement } from "../../../src/optimizer/gaussian-process/log-expected-improvement.ts";
import { Posterior } from "../../../src/optimizer/gaussian-process/posterior.ts";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { SearchSpace } from "../../../src/optimizer/search-space.ts";
import type { Direction, ObservedTrial } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../trial-at.ts";
import { unitCube } from "../unit-cube.ts";
import { POOR_STUDIES, walked } from "./walked-function.ts";

const advice = (trials: readonly ObservedTrial[], space: SearchSpace, direction: Direction = "maximize") =>
  stoppingAdvice(studyModel(trials, space, direction)!)!;

const NOISE = 0.05;
const hill = (p: Readonly<Record<string, unknown>>): number =>
  2 * Math.exp(-8 * (Number(p["x0"]) - 0.62) ** 2) * Math.exp(-3 * (Number(p["x1"] ?? 0.5) - 0.5) ** 2);
const hillWalks = (dimensions: number, count: number, seed = 1) =>
  walked(unitCube(dimensions), count, (p, source) => hill(p) + NOISE * source.normal(), seed);

describe("stopping advice", () => {
  it("says go on while the best is far from found, and that little is left when it is found", () => {
    const early = advice(hillWalks(2, 6), unitCube(2));
    assert.equal(early.verdict, "go-on");
    assert.ok(early.expectedGain > early.walkNoise);
    const places = walked(unitCube(1), 40, hill);
    const source = new RandomSource({ seed: 2, index: 0, stream: "stopping" });
    const repeated = places.flatMap(({ parameters }, i) =>
      [0, 1, 2].map((k) =>
        trialAt(3 * i + k, parameters, { value: hill(parameters) + NOISE * source.normal() }),
      ),
    );
    const late = advice(repeated, unitCube(1));
    assert.notEqual(late.verdict, "go-on");
    assert.ok(late.expectedGain < 0.1 * late.walkNoise, `${late.expectedGain}`);
    assert.ok(Math.abs(late.walkNoise - NOISE) < 0.015, `${late.walkNoise}`);
    assert.ok(late.championDeviation < late.walkNoise);
  });

  it("says that nothing is left when every gait there is has been walked often", () => {
    const space: SearchSpace = {
      parameters: [{ kind: "int", name: "level", unit: "", low: 1, high: 4, log: false, step: 1 }],
    };
    const source = new RandomSource({ seed: 3, index: 0, stream: "stopping" });
    const trials = Array.from({ length: 60 }, (_, i) => {
      const level = 1 + (i % 4);
      return trialAt(i, { level }, { value: level + 0.2 * source.normal() });
    });
    const { verdict, regretBound, walkNoise } = advice(trials, space);
    assert.equal(verdict, "nothing-left", `${regretBound} against ${walkNoise}`);
  });

  it("finds the largest expected improvement: that of a fine grid", () => {
    const trials = hillWalks(1, 7, 4);
    const model = studyModel(trials, unitCube(1), "maximize")!;
    const { expectedGain, next } = stoppingAdvice(model)!;
    const { observations, posterior: trend } = model.trend;
    const { x, y, knownVariance, spread, center } = observations;
    const posterior = new Posterior(observations.shape, trend.hyperparameters, x, y, knownVariance, 1);
    const champion = model.ranked[0]!;
    const home = Float64Array.of(Number(champion.params["x0"]));
    const threshold = Math.max(trend.mean(home), (champion.mean - center) / spread);
    posterior.assume(home, trend.mean(home));
    const n = 4001;
    const means = new Float64Array(n);
    const variances = new Float64Array(n);
    const grid = Float64Array.from({ length: n }, (_, i) => i / (n - 1));
    posterior.predictMany(grid, n, means, variances);
    let best = 0;
    let place = 0;
    for (let i = 0; i < n; i++) {
      const gain = spread * Math.exp(logExpectedImprovement(means[i]!, variances[i]!, threshold));
      if (gain > best) [best, place] = [gain, grid[i]!];
    }
    assert.ok(Math.abs(expectedGain / best - 1) < 0.01, `${expectedGain}, grid ${best}`);
    assert.ok(Math.abs(Number(next["x0"]) - place) < 0.02, `${next["x0"]}, grid ${place}`);
  });

  it("bounds the true regret in at least nine of ten studies", () => {
    let held = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const model = studyModel(hillWalks(2, 15, seed), unitCube(2), "maximize")!;
      const regret = 2 - Math.max(...model.ranked.map(({ params }) => hill(params)));
      if (stoppingAdvice(model)!.regretBound >= regret) held++;
    }
    assert.ok(held >= 18, `held in ${held} of 20`);
  });

  it("is the same for the negated reward minimised, and when asked twice", () => {
    const trials = hillWalks(2, 20);
    const up = advice(trials, unitCube(2));
    assert.deepEqual(advice(trials, unitCube(2)), up);
    const down = advice(
      trials.map((trial) => ({ ...trial, value: -trial.value! })),
      unitCube(2),
      "minimize",
    );
    assert.ok(Math.abs(down.expectedGain - up.expectedGain) < 1e-9);
    assert.ok(Math.abs(down.regretBound - up.regretBound) < 1e-9);
    assert.equal(down.verdict, up.verdict);
  });

  it("counts no gain where the robot falls", () => {
    // Everything beyond 0.5 falls; the reward rises towards it.
    const trials = walked(unitCube(1), 60, (p) =>
      Number(p["x0"]) > 0.5
        ? { state: "aborted", constraints: [1.6], breached: 0 }
        : { value: 2 * Number(p["x0"]), constraints: [Math.max(-1, 2 * (Number(p["x0"]) - 0.5))] },
    );
    const { expectedGain, next } = advice(trials, unitCube(1));
    assert.ok(Number(next["x0"]) < 0.6, `${next["x0"]}`);
    assert.ok(expectedGain < 0.1, `${expectedGain}`);
  });

  it("asks only for what can be walked", () => {
    const model = studyModel(hillWalks(2, 6), unitCube(2), "maximize")!;
    const { next } = stoppingAdvice(model, { feasible: (p) => Number(p["x0"]) < 0.4 })!;
    assert.ok(Number(next["x0"]) < 0.4);
  });

  it("has the gradient of its upper bound", () => {
    const { judge } = studyModel(hillWalks(2, 12), unitCube(2), "maximize")!;
    const bound = upperBound(judge.posterior, confidence(2, 12));
    const at = Float64Array.of(0.31, 0.77);
    const gradient = new Float64Array(2);
    bound.valueAndGradient(at, gradient);
    for (const j of [0, 1]) {
      const moved = (by: number) => at.map((value, i) => (i === j ? value + by : value));
      const [above, below] = [moved(1e-5), moved(-1e-5)].map((point) => bound.values(point, 1)[0]!) as [
        number,
        number,
      ];
      assert.ok(Math.abs((above - below) / 2e-5 - gradient[j]!) < 1e-5, `${j}`);
    }
  });

  for (const [name, trials] of Object.entries(POOR_STUDIES)) {
    it(`says nothing, or finite numbers: ${name}`, () => {
      const model = studyModel(trials, unitCube(2), "maximize");
      const found = model === null ? null : stoppingAdvice(model);
      if (found === null) return assert.notEqual(name, "twelve walks all equal");
      const { expectedGain, regretBound, walkNoise, championDeviation } = found;
      assert.ok(
        [expectedGain, regretBound, walkNoise, championDeviation].every(
          (value) => Number.isFinite(value) && value >= 0,
        ),
      );
    });
  }
});
