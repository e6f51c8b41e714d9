/** A space that cannot be searched is refused, with what is wrong and where. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { float, int } from "../../src/conformance/random-space.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { createSampler, SAMPLER_NAMES } from "../../src/optimizer/catalogue.ts";
import type { Parameter } from "../../src/optimizer/search-space.ts";

const BROKEN: readonly (readonly [Parameter, RegExp])[] = [
  [float("p", { low: 1, high: 0 }), /lower bound 1 is above/],
  [float("p", { high: 0 }), /Both bounds/],
  [float("p", { log: true }), /logarithmic scale cannot begin at 0/],
  [float("p", { low: Number.NaN }), /not both finite/],
  [float("p", { high: Number.POSITIVE_INFINITY }), /not both finite/],
  [float("p", { step: 2 }), /wider than the range/],
  [float("p", { step: 0 }), /not a positive number/],
  [float("p", { lengthscale: 0 }), /length-scale 0 is not a positive number/],
  [int("p", { lengthscale: Number.NaN }), /length-scale NaN is not a positive number/],
  [int("p", { low: 0.5, high: 3 }), /whole numbers/],
  [int("p", { low: 0, high: 3, log: true }), /logarithmic/],
  [{ kind: "categorical", name: "p", unit: "", choices: [] }, /no choices/],
  [{ kind: "categorical", name: "p", unit: "", choices: ["a", "a"] }, /lists a choice twice/],
  [float("p", { when: { parameter: "q", in: [1] } }), /does not stand before it/],
];

describe("a space that cannot be searched", () => {
  for (const name of SAMPLER_NAMES) {
    it(`is refused for ${name}`, () => {
      for (const [parameter, words] of BROKEN) {
        const space = { parameters: [parameter] };
        assert.throws(
          () => createSampler(name, {}, { space, direction: "maximize", seed: 1, constraintCount: 1 }),
          (error) =>
            error instanceof GaitsmithError && error.code === "SPACE_INVALID" && words.test(error.describe()),
          JSON.stringify(parameter),
        );
      }
    });
  }
});
