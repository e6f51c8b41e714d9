import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { SamplerContext } from "../../src/optimizer/sampler.ts";
import { GAIT_SPACE } from "./walked-study.ts";

const CONTEXT: SamplerContext = { space: GAIT_SPACE, direction: "maximize", seed: 1, constraintCount: 1 };

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
      assert.throws(() => createSampler(name, { [option]: value }, CONTEXT), {
        code: "CONFIG_INVALID",
        message: `Option "${option}" of sampler ${name} is ${JSON.stringify(value)}.`,
        remedy: `Give ${wanted}.`,
      });
    });
  }
});
