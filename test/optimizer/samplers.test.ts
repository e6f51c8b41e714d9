/** What every sampler promises, whatever its algorithm. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createSampler, SAMPLER_NAMES } from "../../src/optimizer/catalogue.ts";
import type { SamplerContext } from "../../src/optimizer/sampler.ts";
import type { SearchSpace } from "../../src/optimizer/search-space.ts";
import { contains } from "../../src/optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { GAIT_SPACE, runStudy } from "./walked-study.ts";

/** CMA-ES moves in continuous coordinates; what it is given here is its own ground. */
const NUMERIC_SPACE: SearchSpace = { parameters: GAIT_SPACE.parameters.slice(0, 3) };
const spaceOf = (name: string): SearchSpace => (name === "cma-es" ? NUMERIC_SPACE : GAIT_SPACE);
const contextOf = (name: string, seed: number): SamplerContext => ({
  space: spaceOf(name),
  direction: "maximize",
  seed,
  constraintCount: 1,
});

for (const name of SAMPLER_NAMES) {
  describe(`sampler ${name}`, () => {
    it("suggests only what is inside the space and feasible", () => {
      const feasible = (parameters: ObservedTrial["parameters"]): boolean =>
        Number(parameters["length"]) * Number(parameters["level"]) < 0.3;
      fc.assert(
        fc.property(fc.nat(1e6), (seed) => {
          const trials = runStudy(createSampler(name, {}, contextOf(name, seed)), seed, 18, feasible);
          for (const { parameters } of trials) {
            assert.ok(contains(spaceOf(name), parameters), JSON.stringify(parameters));
            assert.ok(feasible(parameters), JSON.stringify(parameters));
          }
        }),
        { numRuns: 6 },
      );
    });

    it("answers the same from a fresh instance as from one that has seen it all", () => {
      const warm = createSampler(name, {}, contextOf(name, 5));
      const trials = runStudy(warm, 5, 24);
      for (const cut of [0, 3, 11, 23]) {
        const fresh = createSampler(name, {}, contextOf(name, 5));
        const { parameters } = fresh.ask({
          trials: trials.slice(0, cut),
          suggestion: cut,
          feasible: () => true,
        });
        assert.deepEqual(parameters, trials[cut]?.parameters, `after ${cut} trials`);
      }
    });

    it("depends on its seed", () => {
      const studies = [1, 2].map((seed) => runStudy(createSampler(name, {}, contextOf(name, seed)), 1, 6));
      assert.notDeepEqual(
        studies[0]?.map(({ parameters }) => parameters),
        studies[1]?.map(({ parameters }) => parameters),
      );
    });

    it("survives histories that say little: nothing but aborts, equal values, one point over and over", () => {
      const trials = runStudy(createSampler(name, {}, contextOf(name, 3)), 3, 16);
      const spoilt: readonly (readonly ObservedTrial[])[] = [
        trials.map((trial) => ({
          ...trial,
          state: "aborted",
          value: null,
          reports: [],
          constraints: [1.5],
          breached: 0,
        })),
        trials.map((trial) => ({
          ...trial,
          state: "completed",
          value: 0.2,
          constraints: [-1],
          breached: null,
        })),
        trials.map((trial) => ({ ...trial, parameters: trials[0]?.parameters ?? {} })),
        trials.map((trial) => ({
          ...trial,
          state: "interrupted",
          value: null,
          constraints: [],
          breached: null,
        })),
      ];
      for (const history of spoilt) {
        const sampler = createSampler(name, {}, contextOf(name, 3));
        const { parameters } = sampler.ask({ trials: history, suggestion: 16, feasible: () => true });
        assert.ok(contains(spaceOf(name), parameters), JSON.stringify(parameters));
      }
    });
  });
}

describe("options of samplers", () => {
  const wrong: readonly (readonly [name: string, option: string, value: unknown, wanted: string])[] = [
    ["gp", "startupTrials", 2.5, "a whole number of at least 0, or null"],
    ["auto", "modelTrials", 0.5, "a whole number of at least 0"],
    ["tpe", "startupTrials", 2.5, "a whole number of at least 0"],
    ["tpe", "candidates", 0, "a whole number of at least 1"],
    ["tpe", "group", 1, "true or false"],
    ["cma-es", "populationSize", 3, "a whole number of at least 4, or null"],
    ["cma-es", "sigma", 0, "a number above 0"],
    ["cma-es", "restarts", "sometimes", "none or ipop or bipop"],
    ["particle-swarm", "particles", 1, "a whole number of at least 2, or null"],
    ["particle-swarm", "maxVelocity", 0, "a number above 0"],
    ["grid", "values", [1], "lists of values by parameter"],
  ];
  for (const [name, option, value, wanted] of wrong) {
    it(`of ${name}: ${option} is not ${JSON.stringify(value)} but ${wanted}`, () => {
      assert.throws(() => createSampler(name, { [option]: value }, contextOf(name, 1)), {
        code: "CONFIG_INVALID",
        message: `Option "${option}" of sampler ${name} is ${JSON.stringify(value)}.`,
        remedy: `Give ${wanted}.`,
      });
    });
  }
});
