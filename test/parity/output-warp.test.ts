import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  halfRankWarp,
  infeasibleWarp,
  logWarp,
  unwarp,
  vizierWarp,
} from "../../src/optimizer/gaussian-process/output-warp.ts";
import { deviation, fixture } from "./fixture.ts";

type Value = number | "nan" | "inf" | "-inf";

interface WarpCase {
  readonly in: readonly Value[];
  readonly half_rank: readonly Value[];
  readonly log: readonly Value[];
  readonly infeasible: readonly Value[];
  readonly default_pipeline: readonly Value[];
}

const WORDS = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY };
const numbers = (values: readonly Value[]): Float64Array =>
  Float64Array.from(values, (value) => (typeof value === "number" ? value : WORDS[value]));

const STEPS = {
  half_rank: halfRankWarp,
  log: logWarp,
  infeasible: infeasibleWarp,
  default_pipeline: vizierWarp,
} as const;

const cases = fixture<readonly WarpCase[]>("vizier_output_warp.json");

describe("output warping is Vizier's", () => {
  it("has cases to compare with", () => assert.ok(cases.length >= 6));
  for (const one of cases) {
    for (const [name, warp] of Object.entries(STEPS)) {
      it(`${name} of ${JSON.stringify(one.in)}`, () => {
        const expected = numbers(one[name as keyof typeof STEPS]);
        const actual = warp(numbers(one.in));
        assert.equal(actual.length, expected.length);
        for (const [i, value] of expected.entries()) {
          if (Number.isNaN(value)) assert.ok(Number.isNaN(actual[i]!), `${i}: ${actual[i]}, not NaN`);
          else assert.ok(deviation(actual[i]!, value) < 1e-12, `${i}: ${actual[i]}, not ${value}`);
        }
      });
    }
  }
});

describe("output warping beyond the recorded cases", () => {
  it("keeps the order of values", () => {
    const values = Float64Array.of(-900, 3, 3.1, 2, 8, 1e-3, 40, -7);
    const warped = vizierWarp(values);
    const order = (list: Float64Array) => [...list.keys()].sort((a, b) => list[a]! - list[b]!);
    assert.deepEqual(order(warped), order(values));
  });

  it("is undone by its inverse, also beyond the ends and for equal values", () => {
    const values = Float64Array.of(-900, 3, 3, 2, 8, 1e-3, 40, -7);
    const back = unwarp(values, vizierWarp(values));
    for (const [i, z] of vizierWarp(values).entries()) assert.ok(Math.abs(back(z) - values[i]!) < 1e-9);
    const best = Math.max(...vizierWarp(values));
    assert.ok(back(best + 0.1) > 40);
    assert.ok(back(-10) < -900);
  });

  it("gives finite numbers where nothing can be told apart", () => {
    for (const values of [[], [3], [3, 3], [Number.NaN], [3, Number.NaN], [3, 3, Number.NEGATIVE_INFINITY]])
      assert.ok(vizierWarp(Float64Array.from(values)).every(Number.isFinite), JSON.stringify(values));
    assert.ok(Number.isFinite(unwarp(Float64Array.of(), Float64Array.of())(1)));
  });
});
