import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createDebouncer } from "../../src/safety/debounce.ts";

const finite = fc.double({ min: -1e3, max: 1e3, noNaN: true });

describe("debounce", () => {
  it("single compares each value", () => {
    const rule = createDebouncer({ kind: "single" }, 100);
    assert.ok(Number.isNaN(rule.high) && Number.isNaN(rule.low));
    for (const value of [3, -2, 0]) {
      rule.push(Float64Array.of(value, 0));
      assert.deepEqual([rule.high, rule.low], [value, value]);
    }
  });

  it("a streak is beyond exactly when all of its values are", () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 5 }),
        finite,
        (values, frames, bound) => {
          const rule = createDebouncer({ kind: "streak", frames }, 100);
          values.forEach((value, index) => {
            rule.push(Float64Array.of(value, index / 100));
            const streak = values.slice(Math.max(0, index - frames + 1), index + 1);
            const whole = streak.length === frames;
            assert.equal(rule.high > bound, whole && streak.every((one) => one > bound));
            assert.equal(rule.low < bound, whole && streak.every((one) => one < bound));
          });
        },
      ),
    );
  });

  it("a streak starts anew after a reset", () => {
    const rule = createDebouncer({ kind: "streak", frames: 3 }, 100);
    for (const time of [0, 1, 2]) rule.push(Float64Array.of(9, time));
    assert.equal(rule.high, 9);
    rule.reset();
    for (const time of [3, 4]) {
      rule.push(Float64Array.of(1, time));
      assert.ok(Number.isNaN(rule.high) && Number.isNaN(rule.low));
    }
    rule.push(Float64Array.of(1, 5));
    assert.deepEqual([rule.high, rule.low], [1, 1]);
  });

  it("a window is the mean over the last seconds, once it is full", () => {
    const rule = createDebouncer({ kind: "window", seconds: 0.5 }, 8);
    // Times are sums of powers of two, so that the window's edge is exact.
    const values = [4, 1, 7, 2, 8, 3, 9];
    values.forEach((value, index) => {
      rule.push(Float64Array.of(value, index / 8));
      const inside = values.slice(Math.max(0, index - 3), index + 1);
      const expected = index >= 4 ? inside.reduce((a, b) => a + b) / inside.length : Number.NaN;
      assert.equal(rule.high, expected, `after ${index}`);
      assert.equal(rule.low, expected);
    });
  });

  it("one value after a long silence does not decide", () => {
    const rule = createDebouncer({ kind: "window", seconds: 0.5 }, 8);
    for (let index = 0; index <= 8; index++) rule.push(Float64Array.of(1, index / 8));
    assert.equal(rule.high, 1);
    rule.push(Float64Array.of(100, 10));
    assert.ok(Number.isNaN(rule.high));
    for (let index = 1; index <= 4; index++) rule.push(Float64Array.of(100, 10 + index / 8));
    assert.equal(rule.high, 100);
  });

  it("a window that gets more values than it has room for forgets the oldest", () => {
    // Room for twice the values that are to be expected, and one.
    for (const [seconds, rate] of [
      [1, 2],
      [2, 1],
      [0.5, 4],
    ] as const) {
      const rule = createDebouncer({ kind: "window", seconds }, rate);
      for (let index = 0; index <= 40; index++) rule.push(Float64Array.of(index, index / 16));
      assert.equal(rule.high, (36 + 37 + 38 + 39 + 40) / 5);
    }
  });

  it("a window starts anew after a reset", () => {
    const rule = createDebouncer({ kind: "window", seconds: 0.5 }, 8);
    for (let index = 0; index <= 8; index++) rule.push(Float64Array.of(1, index / 8));
    rule.reset();
    assert.ok(Number.isNaN(rule.high) && Number.isNaN(rule.low));
    rule.push(Float64Array.of(3, 2));
    assert.ok(Number.isNaN(rule.high));
    rule.push(Float64Array.of(4, 2.25));
    assert.ok(Number.isNaN(rule.high));
    rule.push(Float64Array.of(5, 2.5));
    assert.equal(rule.high, 4.5);
  });
});
