import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPruner, createSampler, PRUNER_NAMES, SAMPLER_NAMES } from "../../src/optimizer/catalogue.ts";
import { unitCube } from "./unit-cube.ts";

const CONTEXT = { space: unitCube(1), direction: "maximize", seed: 1, constraintCount: 0 } as const;

describe("a name that is in no catalogue", () => {
  for (const name of ["nobody", "constructor", ""]) {
    it(`is refused with all that are: "${name}"`, () => {
      assert.throws(() => createSampler(name, {}, CONTEXT), {
        code: "SAMPLER_UNKNOWN",
        message: `There is no sampler "${name}".`,
        remedy: `Use one of: ${SAMPLER_NAMES.join(", ")}.`,
      });
      assert.throws(() => createPruner(name, {}, { study: "s" }), {
        code: "PRUNER_UNKNOWN",
        message: `There is no pruner "${name}".`,
        remedy: `Use one of: ${PRUNER_NAMES.join(", ")}.`,
      });
    });
  }
});
