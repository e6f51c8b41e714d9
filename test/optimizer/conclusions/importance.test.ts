import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSampler } from "../../../src/optimizer/catalogue.ts";
import {
  parameterImportance as ofModel,
  type ParameterImportance,
} from "../../../src/optimizer/conclusions/importance.ts";
import { studyModel } from "../../../src/optimizer/conclusions/study-model.ts";
import type { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { SearchSpace } from "../../../src/optimizer/search-space.ts";
import type { Direction, ObservedTrial } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../trial-at.ts";
import { unitCube } from "../unit-cube.ts";
import { GAIT_SPACE, runStudy } from "../walked-study.ts";
import { POOR_STUDIES, walked } from "./walked-function.ts";

const parameterImportance = (
  trials: readonly ObservedTrial[],
  space: SearchSpace,
  direction: Direction,
): ParameterImportance[] => {
  const model = studyModel(trials, space, direction);
  return model === null ? [] : ofModel(model);
};

const shares = (found: readonly ParameterImportance[]): Record<string, number> =>
  Object.fromEntries(found.map(({ parameter, importance }) => [parameter, importance]));

function assertShares(found: readonly ParameterImportance[]): void {
  const sum = found.reduce((total, { importance }) => total + importance, 0);
  assert.ok(Math.abs(sum - 1) < 1e-12, `sum ${sum}`);
  assert.ok(found.every(({ importance }) => importance >= 0));
  assert.deepEqual(
    [...found].sort((a, b) => b.importance - a.importance),
    found,
  );
}

/** Σ weight (p − ½). */
const WEIGHTS = [4, 2, 0, 0];
const linear = (parameters: Readonly<Record<string, unknown>>): number =>
  WEIGHTS.reduce((sum, weight, i) => sum + weight * (Number(parameters[`x${i}`]) - 0.5), 0);

/**
 * ∫ (p_best / p_all − 1)² of x0 and x1 for points spread evenly, by counting on a fine grid: the divergences themselves, without
 * any estimate of a density.
 */
function sharesOfBestFifth(): { x0: number; x1: number } {
  const n = 400;
  const at = (i: number): number => (i + 0.5) / n;
  const values = Array.from({ length: n * n }, (_, k) =>
    linear({ x0: at(Math.floor(k / n)), x1: at(k % n), x2: 0.5, x3: 0.5 }),
  );
  const edge = [...values].sort((a, b) => b - a)[Math.floor(0.2 * n * n)]!;
  const best = [new Float64Array(n), new Float64Array(n)] as const;
  for (const [k, value] of values.entries()) {
    if (value < edge) continue;
    best[0][Math.floor(k / n)]! += 1 / (0.2 * n);
    best[1][k % n]! += 1 / (0.2 * n);
  }
  const [d0, d1] = best.map((density) => density.reduce((sum, p) => sum + (p - 1) ** 2 / n, 0)) as [
    number,
    number,
  ];
  return { x0: d0 / (d0 + d1), x1: d1 / (d0 + d1) };
}

describe("parameter importance", () => {
  it("of a linear function is what the densities of the best fifth say, on average over ten studies", () => {
    const expected = sharesOfBestFifth();
    const mean = { x0: 0, x1: 0, x2: 0, x3: 0 };
    for (let seed = 1; seed <= 10; seed++) {
      const found = parameterImportance(walked(unitCube(4), 100, linear, seed), unitCube(4), "maximize");
      assertShares(found);
      for (const { parameter, importance } of found) mean[parameter as "x0"] += importance / 10;
    }
    assert.ok(Math.abs(mean.x0 - expected.x0) < 0.05, `x0 ${mean.x0}, not ${expected.x0}`);
    assert.ok(Math.abs(mean.x1 - expected.x1) < 0.05, `x1 ${mean.x1}, not ${expected.x1}`);
    assert.ok(mean.x2 < 0.03 && mean.x3 < 0.03, `x2 ${mean.x2}, x3 ${mean.x3}`);
  });

  it("does not depend on the sign of the reward", () => {
    const up = parameterImportance(walked(unitCube(4), 60, linear), unitCube(4), "maximize");
    const down = parameterImportance(
      walked(unitCube(4), 60, (p) => -linear(p)),
      unitCube(4),
      "minimize",
    );
    assert.deepEqual(up, down);
    assert.equal(up[0]?.parameter, "x0");
  });

  it("sees through noise, and counts a gait that was walked often once", () => {
    const trials = walked(unitCube(4), 80, (p, source) => linear(p) + 0.4 * source.normal(), 3);
    const unimportant = trials[0]!;
    const again = Array.from({ length: 20 }, (_, i) =>
      trialAt(trials.length + i, unimportant.parameters, { value: unimportant.value }),
    );
    for (const study of [trials, [...trials, ...again]]) {
      const found = parameterImportance(study, unitCube(4), "maximize");
      assert.deepEqual(
        found.slice(0, 2).map(({ parameter }) => parameter),
        ["x0", "x1"],
      );
      assertShares(found);
    }
  });

  it("takes falling as not being among the best", () => {
    // The reward is flat but for a little of x1; beyond x0 = 0.6 the robot falls.
    const trials = walked(unitCube(3), 120, (p) =>
      Number(p["x0"]) > 0.6
        ? { state: "aborted", constraints: [1.5], breached: 0 }
        : 1 + 0.01 * Number(p["x1"]),
    );
    const { x0, x1, x2 } = shares(parameterImportance(trials, unitCube(3), "maximize"));
    assert.ok(x0! > 0.15 && x1! > x0! && x2! < 0.05, `${x0}, ${x1}, ${x2}`);
    const unfallen = trials.filter(({ state }) => state !== "aborted");
    assert.ok(shares(parameterImportance(unfallen, unitCube(3), "maximize"))["x0"]! < x0! / 2);
  });

  it("lets a pruned walk count with what it measured", () => {
    const pruned = (trials: readonly ObservedTrial[]): ObservedTrial[] =>
      trials.map((trial) =>
        trial.value! < -0.5
          ? { ...trial, state: "pruned", reports: [{ step: 1, value: trial.value!, time: 1 }] }
          : trial,
      );
    const trials = walked(unitCube(4), 150, linear);
    const { x0, x1, x2 } = shares(parameterImportance(pruned(trials), unitCube(4), "maximize"));
    assert.ok(x0! > x1! && x1! > x2!, `${x0}, ${x1}, ${x2}`);
  });

  it("handles every kind of parameter; a conditional one matters where it exists", () => {
    const space: SearchSpace = {
      parameters: [
        { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace", "bound"] },
        { kind: "int", name: "level", unit: "", low: 1, high: 9, log: false, step: 1 },
        { kind: "float", name: "stiffness", unit: "", low: 0.01, high: 100, log: true, step: null },
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
    const only = (f: (p: Readonly<Record<string, unknown>>, source: RandomSource) => number): string[] =>
      parameterImportance(walked(space, 200, f), space, "minimize").map(({ parameter }) => parameter);
    assert.equal(
      only((p, source) => (p["pattern"] === "pace" ? 0 : 1) + 0.3 * source.normal())[0],
      "pattern",
    );
    assert.equal(only((p) => Math.abs(Number(p["level"]) - 5))[0], "level");
    assert.equal(only((p) => Math.abs(Math.log(Number(p["stiffness"]))))[0], "stiffness");
    assert.deepEqual(
      only((p) => (p["pattern"] === "trot" ? Math.abs(Number(p["lift"]) - 0.03) : 1))
        .slice(0, 2)
        .sort(),
      ["lift", "pattern"],
    );
  });

  it("works on what a model-based search left behind", () => {
    const context = { space: GAIT_SPACE, direction: "maximize" as const, seed: 1, constraintCount: 1 };
    const found = parameterImportance(
      runStudy(createSampler("gp", {}, context), 1, 40),
      GAIT_SPACE,
      "maximize",
    );
    assertShares(found);
    const { length, frequency, level } = shares(found);
    assert.ok(length! + frequency! > 0.5 && level! < 0.3, JSON.stringify(shares(found)));
  });

  for (const [name, trials] of Object.entries(POOR_STUDIES)) {
    it(`is empty: ${name}`, () => {
      assert.deepEqual(parameterImportance(trials, unitCube(2), "maximize"), []);
    });
  }
});
