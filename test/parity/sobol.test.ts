import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SobolSequence } from "../../src/optimizer/math/sobol-sequence.ts";
import { fixture } from "./fixture.ts";

interface SobolFixture {
  readonly cases: readonly { readonly dim: number; readonly points: readonly number[][] }[];
}

describe("the plain Sobol sequence is SciPy's", () => {
  for (const { dim, points } of fixture<SobolFixture>("sobol.json").cases) {
    it(`in ${dim} dimensions`, () => {
      const sequence = new SobolSequence(dim, null);
      const point = new Float64Array(dim);
      for (const expected of points) {
        sequence.next(point);
        assert.deepEqual([...point], expected);
      }
    });
  }
});
