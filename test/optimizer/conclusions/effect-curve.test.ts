import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../../src/errors.ts";
import { effectCurve } from "../../../src/optimizer/conclusions/effect-curve.ts";
import { studyModel } from "../../../src/optimizer/conclusions/study-model.ts";
import { Posterior } from "../../../src/optimizer/gaussian-process/posterior.ts";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { SearchSpace } from "../../../src/optimizer/search-space.ts";
import { unitCube } from "../unit-cube.ts";
import { POOR_STUDIES, walked } from "./walked-function.ts";

/** Additive: the effect of x0 is its own term plus the mean of the others'. */
const own = (x: number): number => Math.sin(5 * x);
const other = (x: number): number => 2 * (x - 0.4) ** 2;
const additive = (p: Readonly<Record<string, unknown>>): number =>
  own(Number(p["x0"])) + other(Number(p["x1"]));

describe("the average of a Gaussian process over points", () => {
  const source = new RandomSource({ seed: 5, index: 0, stream: "average" });
  const n = 12;
  const x = Float64Array.from({ length: 2 * n }, () => source.uniform());
  const y = Float64Array.from({ length: n }, () => source.normal());
  const posterior = new Posterior(
    { size: 2, categorical: [false, false] },
    { inverseSquaredLengthscales: Float64Array.of(4, 2), scale: 1.3, noise: 0.05, microscale: 0.2 },
    x,
    y,
    new Float64Array(n),
  );

  it("at one point is the prediction there", () => {
    const point = Float64Array.of(0.3, 0.8);
    const prediction = posterior.prediction();
    posterior.predict(point, prediction);
    const average = posterior.average(point, 1);
    assert.ok(Math.abs(average.mean - prediction.mean) < 1e-12);
    assert.ok(Math.abs(average.variance - prediction.variance) < 1e-12);
  });

  it("has the variance of the joint posterior: a point counted twice does not average out", () => {
    const once = posterior.average(Float64Array.of(0.3, 0.8), 1);
    const twice = posterior.average(Float64Array.of(0.3, 0.8, 0.3, 0.8), 2);
    assert.ok(Math.abs(once.variance - twice.variance) < 1e-12);
    const apart = posterior.average(Float64Array.of(0.3, 0.8, -40, 90), 2);
    // Two places that know nothing of each other: half the mean of the two variances.
    assert.ok(Math.abs(apart.variance - (once.variance + 1.5) / 4) < 1e-9, `${apart.variance}`);
  });

  it("agrees with the covariance from variances of pairs", () => {
    const pairs = Float64Array.of(0.2, 0.7, 0.35, 0.6, 0.9, 0.1);
    const at = (...rows: number[]) =>
      posterior.average(
        Float64Array.from(rows.flatMap((r) => [pairs[2 * r]!, pairs[2 * r + 1]!])),
        rows.length,
      ).variance;
    // Var of the mean of three from those of one and of two: (4 ΣVar(pairs) − ΣVar(singles)) / 9.
    const expected = (4 * (at(0, 1) + at(0, 2) + at(1, 2)) - (at(0) + at(1) + at(2))) / 9;
    assert.ok(Math.abs(at(0, 1, 2) - expected) < 1e-12, `${at(0, 1, 2)}, not ${expected}`);
  });
});

describe("effect curve", () => {
  for (const direction of ["maximize", "minimize"] as const) {
    it(`recovers the term of an additive function, within its band (${direction})`, () => {
      const trials = walked(unitCube(3), 80, (p, source) => additive(p) + 0.1 * source.normal(), 2);
      const model = studyModel(trials, unitCube(3), direction)!;
      const curve = effectCurve(model, "x0", 21)!;
      const others = trials.reduce(
        (sum, { parameters }) => sum + other(Number(parameters["x1"])) / trials.length,
        0,
      );
      let worst = 0;
      for (const [i, value] of curve.values.entries()) {
        const error = curve.mean[i]! - own(Number(value)) - others;
        worst = Math.max(worst, Math.abs(error) / curve.deviation[i]!);
        assert.ok(Math.abs(error) < 0.15, `at ${value}: off by ${error}`);
        assert.ok(
          curve.deviation[i]! > 0.005 && curve.deviation[i]! < 0.15,
          `deviation ${curve.deviation[i]}`,
        );
      }
      assert.ok(worst < 3.5, `${worst} deviations away`);
    });
  }

  it("of a parameter that does nothing is flat", () => {
    const trials = walked(unitCube(3), 80, (p, source) => additive(p) + 0.1 * source.normal(), 2);
    const { mean } = effectCurve(studyModel(trials, unitCube(3), "maximize")!, "x2")!;
    assert.equal(mean.length, 25);
    assert.ok(Math.max(...mean) - Math.min(...mean) < 0.15, `${Math.max(...mean) - Math.min(...mean)}`);
  });

  it("has the choices of a categorical parameter, and averages a conditional one where it exists", () => {
    const space: SearchSpace = {
      parameters: [
        { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace"] },
        { kind: "int", name: "level", unit: "", low: 1, high: 5, log: false, step: 1 },
        {
          kind: "float",
          name: "lift",
          unit: "m",
          low: 0,
          high: 0.1,
          log: false,
          step: null,
          when: { parameter: "pattern", in: ["trot"] },
        },
      ],
    };
    const trials = walked(space, 90, (p, source) => {
      const lift = p["pattern"] === "trot" ? 10 * Number(p["lift"]) : 0;
      return (p["pattern"] === "trot" ? 2 : 1) + 0.2 * Number(p["level"]) + lift + 0.03 * source.normal();
    });
    const model = studyModel(trials, space, "maximize")!;
    const pattern = effectCurve(model, "pattern")!;
    assert.deepEqual(pattern.values, ["trot", "pace"]);
    // 1 from the pattern and 0.5 from the mean lift.
    assert.ok(Math.abs(pattern.mean[0]! - pattern.mean[1]! - 1.5) < 0.15, `${pattern.mean}`);
    const level = effectCurve(model, "level")!;
    assert.deepEqual(level.values, [1, 2, 3, 4, 5]);
    assert.ok(Math.abs(level.mean[4]! - level.mean[0]! - 0.8) < 0.1, `${level.mean}`);
    const lift = effectCurve(model, "lift", 3)!;
    assert.deepEqual(lift.values, [0, 0.05, 0.1]);
    assert.ok(Math.abs(lift.mean[2]! - lift.mean[0]! - 1) < 0.15, `${lift.mean}`);
    const paced = studyModel(
      trials.filter(({ parameters }) => parameters["pattern"] === "pace"),
      space,
      "maximize",
    )!;
    assert.equal(effectCurve(paced, "lift"), null);
  });

  it("refuses a parameter that the space lacks, by name", () => {
    const model = studyModel(walked(unitCube(2), 5, additive), unitCube(2), "maximize")!;
    assert.throws(
      () => effectCurve(model, "speed"),
      (error) =>
        error instanceof GaitsmithError && error.code === "SPACE_INVALID" && /speed/.test(error.message),
    );
  });

  for (const [name, trials] of Object.entries(POOR_STUDIES)) {
    it(`is finite or absent: ${name}`, () => {
      const model = studyModel(trials, unitCube(2), "minimize");
      if (model === null) {
        assert.ok(trials.every(({ state, value }) => state !== "completed" || !Number.isFinite(value)));
        return;
      }
      const curve = effectCurve(model, "x1", 5)!;
      assert.ok([...curve.mean, ...curve.deviation].every(Number.isFinite));
      assert.equal(curve.values.length, 5);
    });
  }
});
