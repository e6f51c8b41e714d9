import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GaitsmithError } from "../../src/errors.ts";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import { type LinearConstraint, linearFeasibility } from "../../src/optimizer/space/linear-constraint.ts";
import { GAIT_SPACE, runStudy } from "./walked-study.ts";

describe("linear constraints", () => {
  it("hold where the sum is within the bound, all of them together", () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 6 }), (a, b, level) => {
        const constraint = { coefficients: { length: a, level: b }, bound: 7 };
        fc.pre(Math.min(a * 0.01, a * 0.08) + Math.min(b, 6 * b) <= 7);
        const feasible = linearFeasibility(GAIT_SPACE, [
          constraint,
          { coefficients: { level: 1 }, bound: 5 },
        ]);
        const parameters = { length: 0.05, frequency: 2, level, pattern: "pace" };
        const margin = 7 - (a * 0.05 + b * level);
        fc.pre(Math.abs(margin) > 1e-9);
        assert.equal(feasible(parameters), margin > 0 && level <= 5);
      }),
    );
  });

  it("forgive rounding", () => {
    const unit = { kind: "float", unit: "", low: 0, high: 1, log: false, step: null } as const;
    const space = {
      parameters: [
        { ...unit, name: "a" },
        { ...unit, name: "b" },
      ],
    };
    const feasible = linearFeasibility(space, [{ coefficients: { a: 1, b: 1 }, bound: 0.3 }]);
    assert.ok(0.1 + 0.2 > 0.3 && feasible({ a: 0.1, b: 0.2 }));
    assert.ok(!feasible({ a: 0.1, b: 0.2 + 1e-9 }));
  });

  it("do not apply to sets without one of their parameters", () => {
    const feasible = linearFeasibility(GAIT_SPACE, [{ coefficients: { lift: 1, length: 1 }, bound: 0.06 }]);
    const rest = { length: 0.07, frequency: 2, level: 1 };
    assert.ok(feasible({ ...rest, pattern: "pace" }));
    assert.ok(!feasible({ ...rest, pattern: "trot", lift: 0 }));
  });

  it("bind a sampler", () => {
    const feasible = linearFeasibility(GAIT_SPACE, [
      { coefficients: { length: 50, level: 1 }, bound: 4 },
      { coefficients: { frequency: -1 }, bound: -2 },
    ]);
    const context = { space: GAIT_SPACE, direction: "maximize", seed: 1, constraintCount: 1 } as const;
    const trials = runStudy(createSampler("random", {}, context), 1, 40, feasible);
    for (const { parameters } of trials) {
      assert.ok(50 * Number(parameters["length"]) + Number(parameters["level"]) <= 4);
      assert.ok(Number(parameters["frequency"]) >= 2);
    }
  });

  it("are refused when they cannot be meant", () => {
    const cases: readonly (readonly [LinearConstraint, RegExp])[] = [
      [
        { coefficients: { lenght: 1 }, bound: 1 },
        /"lenght" is no float or int.*length, frequency, level, lift/s,
      ],
      [{ coefficients: { pattern: 1 }, bound: 1 }, /"pattern" is no float or int/],
      [{ coefficients: {}, bound: 1 }, /names no parameter/],
      [{ coefficients: { length: Number.NaN }, bound: 1 }, /finite/],
      [{ coefficients: { length: 1 }, bound: Number.POSITIVE_INFINITY }, /finite/],
      [{ coefficients: { length: 1, level: 1 }, bound: 1 }, /never below 1\.01.*1 length \+ 1 level ≤ 1/s],
    ];
    for (const [constraint, words] of cases)
      assert.throws(
        () => linearFeasibility(GAIT_SPACE, [constraint]),
        (error) =>
          error instanceof GaitsmithError && error.code === "SPACE_INVALID" && words.test(error.describe()),
      );
  });
});
