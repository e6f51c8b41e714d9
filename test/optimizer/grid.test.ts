import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { Options } from "../../src/optimizer/options.ts";
import type { Sampler } from "../../src/optimizer/sampler.ts";
import { gridSize } from "../../src/optimizer/samplers/grid.ts";
import type { ParameterSet, SearchSpace } from "../../src/optimizer/search-space.ts";
import { parameterKey } from "../../src/optimizer/space/parameter-key.ts";
import { contains } from "../../src/optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { GAIT_SPACE, runStudy } from "./walked-study.ts";

/** 2 (pace) + 3 lifts (trot) sets of the last two, times 3 lengths. */
const SMALL: SearchSpace = {
  parameters: [
    { kind: "float", name: "length", unit: "m", low: 1, high: 100, log: true, step: null },
    { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace"] },
    {
      kind: "int",
      name: "lift",
      unit: "",
      low: 0,
      high: 4,
      log: false,
      step: 2,
      when: { parameter: "pattern", in: ["trot"] },
    },
  ],
};

function grid(space: SearchSpace, options: Options, seed = 1): Sampler {
  return createSampler("grid", options, { space, direction: "maximize", seed, constraintCount: 1 });
}

function refusal(action: () => unknown): GaitsmithError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof GaitsmithError, String(error));
    return error;
  }
  return assert.fail("nothing was refused");
}

const keys = (trials: readonly ObservedTrial[]): string[] =>
  trials.map(({ parameters }) => parameterKey(parameters));

describe("the grid", () => {
  it("walks every point once, counts conditional parameters only where they exist, and then says that it is done", () => {
    assert.equal(gridSize(SMALL, { points: 3 }), 12);
    for (const shuffle of [true, false]) {
      const sampler = grid(SMALL, { points: 3, shuffle });
      const trials = runStudy(sampler, 1, 12);
      assert.equal(new Set(keys(trials)).size, 12);
      for (const { parameters } of trials) assert.ok(contains(SMALL, parameters));
      const { code, message } = refusal(() => sampler.ask({ trials, suggestion: 12, feasible: () => true }));
      assert.equal(code, "SAMPLER_EXHAUSTED");
      assert.equal(message, "all 12 points of the grid are walked");
      // Asked again for one that is walked already, it is that one's turn.
      const again = sampler.ask({ trials, suggestion: 7, feasible: () => true });
      assert.deepEqual(again.parameters, trials[7]?.parameters);
    }
  });

  it("divides each parameter evenly on its scale, first parameter fastest when not shuffled", () => {
    const lengths = runStudy(grid(SMALL, { points: 3, shuffle: false }), 1, 4).map(({ parameters }) =>
      Number(parameters["length"]),
    );
    assert.ok([1, 10, 100, 1].every((length, i) => Math.abs(lengths[i]! - length) < 1e-12));
    assert.equal(gridSize(GAIT_SPACE, { points: 4 }), 4 * 4 * 6 * (6 + 1));
    assert.equal(gridSize(GAIT_SPACE), 5 * 5 * 6 * 7);
  });

  it("takes values of single parameters in place of levels", () => {
    const values = { length: [2, 3], pattern: ["pace"] };
    assert.equal(gridSize(SMALL, { values }), 2);
    const trials = runStudy(grid(SMALL, { values, shuffle: false }), 1, 2);
    assert.deepEqual(
      trials.map(({ parameters }) => parameters),
      [
        { length: 2, pattern: "pace" },
        { length: 3, pattern: "pace" },
      ],
    );
  });

  it("says in its note how many points there are", () => {
    const { note } = grid(SMALL, { points: 3 }).ask({ trials: [], suggestion: 0, feasible: () => true });
    assert.equal(note, "point 1 of 12");
  });

  it("passes over infeasible points and counts them at the end", () => {
    const feasible = (parameters: ParameterSet): boolean => Number(parameters["length"]) < 50;
    const sampler = grid(SMALL, { points: 3 });
    const trials = runStudy(sampler, 1, 8, feasible);
    assert.ok(trials.every(({ parameters }) => feasible(parameters)));
    const { message } = refusal(() => sampler.ask({ trials, suggestion: 8, feasible }));
    assert.equal(message, "all 8 points of the grid are walked, 4 of its 12 are not feasible");
    const none = refusal(() => sampler.ask({ trials: [], suggestion: 0, feasible: () => false }));
    assert.equal(none.code, "SPACE_INFEASIBLE");
  });

  it("ends a study that has walked something when another feasible point is too rare to be found", () => {
    const sampler = grid(SMALL, { points: 100_000 });
    const first = runStudy(sampler, 1, 1);
    const { code, message } = refusal(() =>
      sampler.ask({ trials: first, suggestion: 1, feasible: () => false }),
    );
    assert.equal(code, "SAMPLER_EXHAUSTED");
    assert.equal(message, "1 points of the grid are walked, and 200000 others were not feasible");
  });

  it("goes on with a finer grid without walking a point again", () => {
    const coarse = runStudy(grid(SMALL, { points: 3 }), 1, 12);
    const fine = runStudy(grid(SMALL, { points: 5 }), 1, 20, () => true, coarse);
    assert.equal(new Set(keys(fine)).size, 20);
  });

  it("looks everywhere early when shuffled, in an order of the seed", () => {
    const order = (seed: number): string[] => keys(runStudy(grid(GAIT_SPACE, {}, seed), 1, 40));
    assert.deepEqual(order(1), order(1));
    assert.notDeepEqual(order(1), order(2));
    const lengths = new Set(
      runStudy(grid(GAIT_SPACE, {}), 1, 40).map(({ parameters }) => parameters["length"]),
    );
    const levels = new Set(
      runStudy(grid(GAIT_SPACE, {}), 1, 40).map(({ parameters }) => parameters["level"]),
    );
    assert.deepEqual([lengths.size, levels.size], [5, 6]);
  });

  it("walks a part of a grid far too large to write down", () => {
    const parameters = Array.from({ length: 12 }, (_, i) => ({ ...SMALL.parameters[0]!, name: `p${i}` }));
    const trials = runStudy(grid({ parameters }, { points: 10 }), 1, 30);
    assert.equal(new Set(keys(trials)).size, 30);
    assert.equal(gridSize({ parameters }, { points: 10 }), 1e12);
  });

  it("refuses options that do not fit", () => {
    const cases: readonly (readonly [Options, RegExp])[] = [
      [{ points: 0 }, /"points" of sampler grid is 0/],
      [{ points: 2.5 }, /"points" of sampler grid is 2\.5/],
      [{ points: 1e9 }, /"length" has 1000000000 levels/],
      [{ values: { lenth: [1] } }, /no parameter "lenth".*length, pattern, lift/s],
      [{ values: { length: [0.5] } }, /0\.5 is not a value of "length".*from 1 to 100 m/s],
      [{ values: { lift: [1] } }, /1 is not a value of "lift"/],
      [{ values: { pattern: ["run"] } }, /"run" is not a value.*"trot", "pace"/s],
      [{ values: { length: 3 } }, /not a list/],
      [{ values: { length: [3, 3] } }, /listed twice/],
      [{ values: null }, /"values" of sampler grid is null/],
      [{ shuffle: "no" }, /"shuffle"/],
    ];
    for (const [options, words] of cases) {
      const error = refusal(() => grid(SMALL, options));
      assert.equal(error.code, "CONFIG_INVALID");
      assert.match(error.describe(), words);
    }
    const parameters = Array.from({ length: 30 }, (_, i) => ({ ...SMALL.parameters[0]!, name: `p${i}` }));
    assert.match(refusal(() => grid({ parameters }, {})).message, /about 9\.3e\+20 points/);
  });
});
