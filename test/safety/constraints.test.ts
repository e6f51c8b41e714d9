import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { breachedConstraint, heldConstraint } from "../../src/safety/constraints.ts";

const bounds = { low: -2, high: 4, nominal: 1 };
const NONE = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

describe("constraint values", () => {
  it("are −1 at nominal and 0 at the limit, on either side", () => {
    assert.equal(heldConstraint(bounds, 1, 1), -1);
    assert.equal(heldConstraint(bounds, 4, 1), 0);
    assert.equal(heldConstraint(bounds, 1, -2), 0);
    assert.equal(heldConstraint(bounds, 2.5, 1), -0.5);
    assert.equal(heldConstraint(bounds, 1, -0.5), -0.5);
    assert.equal(heldConstraint(bounds, 1.75, -0.5), -0.5);
    assert.equal(heldConstraint(bounds, 2.5, 0.25), -0.5);
  });

  it("are clipped to −1 … 0 for a limit that held", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (highest, lowest) => {
        const value = heldConstraint(bounds, highest, lowest);
        assert.ok(value >= -1 && value <= 0, `${value}`);
      }),
    );
    assert.equal(heldConstraint(bounds, 40, 1), 0);
    assert.equal(heldConstraint(bounds, -30, 30), -1);
  });

  it("are −1 where nothing was seen or the side is open", () => {
    assert.equal(heldConstraint(bounds, ...NONE), -1);
    assert.equal(heldConstraint({ low: Number.NEGATIVE_INFINITY, high: 4, nominal: 1 }, 1, -1e9), -1);
    assert.equal(heldConstraint({ low: -2, high: Number.POSITIVE_INFINITY, nominal: 1 }, 1e9, 1), -1);
  });

  it("are worse for an early breach than for a late one, and worse than any close call", () => {
    assert.equal(breachedConstraint(10, 10), 2);
    assert.equal(breachedConstraint(5, 10), 1.5);
    assert.equal(breachedConstraint(0, 10), 1);
    assert.equal(breachedConstraint(-1, 10), 1);
    assert.equal(breachedConstraint(11, 10), 2);
  });
});
