import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { standings } from "../../../src/optimizer/standings.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";
import { isAsGood, predictWalk } from "../../../src/service/apply/prediction.ts";
import { trialAt } from "../../optimizer/trial-at.ts";

const SPACE = {
  parameters: [{ kind: "float", name: "x", unit: "", low: 0, high: 1, log: false, step: null }],
} as const;

/** Ten reports, a second apart, all at the walk's value but for `start` more in the first five seconds. */
function walk(number: number, x: number, value: number, start = 0): ObservedTrial {
  const reports = Array.from({ length: 10 }, (_, index) => ({
    step: index + 1,
    time: index + 1,
    value: index < 5 ? value + start : value,
  }));
  return trialAt(number, { x }, { value, reports, role: number < 3 ? "seed-gait" : "suggested" });
}

const NOISY = [
  [0.2, 0.3],
  [0.2, 0.32],
  [0.2, 0.28],
  [0.8, 0.5],
  [0.8, 0.53],
  [0.8, 0.48],
  [0.5, 0.4],
] as const;

describe("prediction of a short walk", () => {
  it("centres on the gait's mean, and is wider than one walk's noise", () => {
    const trials = NOISY.map(([x, value], number) => walk(number, x, value));
    const [best] = standings(trials, SPACE, "maximize");
    const found = predictWalk(best!, trials, 10)!;
    assert.ok(Math.abs(found.expected - best!.mean) < 1e-12);
    assert.ok(found.low < 0.46 && found.high > 0.55, JSON.stringify(found));
    assert.ok(found.low > 0.2, "it says something");
  });

  it("knows that a gait begins otherwise than it goes on, and that a shorter walk is noisier", () => {
    const trials = NOISY.map(([x, value], number) => walk(number, x, value, x === 0.8 ? 0.1 : 0));
    const [best] = standings(trials, SPACE, "maximize");
    const [short, long] = [predictWalk(best!, trials, 5)!, predictWalk(best!, trials, 10)!];
    assert.ok(Math.abs(short.expected - long.expected - 0.1) < 1e-12);
    assert.ok(short.high - short.low > long.high - long.low);
  });

  it("says nothing where nothing was walked twice", () => {
    const trials = [walk(3, 0.2, 0.3), walk(4, 0.5, 0.4), walk(5, 0.8, 0.5)];
    const [best] = standings(trials, SPACE, "maximize");
    assert.equal(predictWalk(best!, trials, 5), null);
  });

  it("is failed only on the worse side", () => {
    const prediction = { expected: 1, low: 0.5, high: 1.5, seconds: 5 };
    assert.deepEqual(
      [0.49, 0.5, 9].map((reward) => isAsGood(reward, prediction, "maximize")),
      [false, true, true],
    );
    assert.deepEqual(
      [1.51, 1.5, -9].map((reward) => isAsGood(reward, prediction, "minimize")),
      [false, true, true],
    );
  });
});
