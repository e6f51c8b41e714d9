import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { champion } from "../../src/optimizer/champion.ts";
import { POOR_STUDIES } from "./conclusions/walked-function.ts";
import { trialAt } from "./trial-at.ts";
import { unitCube } from "./unit-cube.ts";

/** One gait walked ten times, and one far from it walked once, a little better. */
const OFTEN = { x0: 0, x1: 0 };
const ONCE = { x0: 1, x1: 1 };
const NOISE = [0.1, -0.1, 0.05, -0.05, 0.12, -0.12, 0.08, -0.08, 0.02, -0.02];
const study = (sign: 1 | -1) => [
  ...NOISE.map((noise, i) => trialAt(i, OFTEN, { value: sign * (1 + noise) })),
  ...NOISE.slice(0, 4).map((noise, i) =>
    trialAt(10 + i, { x0: 0.5, x1: 0.5 }, { value: sign * (0.2 + noise) }),
  ),
  trialAt(20, ONCE, { value: sign * 1.1 }),
];

describe("champion", () => {
  it("by the mean is the best estimate, by the lower bound the surest good one", () => {
    for (const [sign, direction] of [
      [1, "maximize"],
      [-1, "minimize"],
    ] as const) {
      const byMean = champion(study(sign), unitCube(2), direction)!;
      const byBound = champion(study(sign), unitCube(2), direction, "lower-bound")!;
      assert.deepEqual(byMean.params, ONCE);
      assert.equal(byMean.n, 1);
      assert.deepEqual(byBound.params, OFTEN);
      assert.equal(byBound.n, 10);
      const pessimistic = ({ ci95 }: typeof byMean): number => (sign === 1 ? ci95[0] : -ci95[1]);
      assert.ok(pessimistic(byBound) > pessimistic(byMean));
      assert.ok(byBound.ci95[0] < byBound.mean && byBound.mean < byBound.ci95[1]);
    }
  });

  /** Along one parameter: the farther the faster, and from 0.75 on it falls as often as not; nothing that is listed here fell. */
  it("passes over a gait that may well fall the next time, also by the lower bound, while there is another", () => {
    const limits = (margin: number) => ({ constraints: [margin] });
    const fell = { state: "aborted", value: null, breached: 0, ...limits(1.6) } as const;
    const at = (x0: number) => ({ x0, x1: 0.5 });
    const edge = [0, 1, 2].map((i) => trialAt(i, at(0.8), { value: 0.8, ...limits(-0.5) }));
    const falls = [0.74, 0.86, 0.9].map((x0, i) => trialAt(3 + i, at(x0), fell));
    const safe = [0.1, 0.3, 0.5, 0.5].map((x0, i) => trialAt(6 + i, at(x0), { value: x0, ...limits(-0.9) }));
    for (const rule of ["mean", "lower-bound"] as const) {
      assert.deepEqual(
        champion([...edge, ...falls, ...safe], unitCube(2), "maximize", rule)?.params,
        at(0.5),
      );
      assert.deepEqual(champion([...edge, ...safe], unitCube(2), "maximize", rule)?.params, at(0.8));
      assert.deepEqual(champion([...edge, ...falls], unitCube(2), "maximize", rule)?.params, at(0.8));
    }
  });

  for (const [name, trials] of Object.entries(POOR_STUDIES)) {
    it(`is finite or none, by either rule: ${name}`, () => {
      for (const rule of ["mean", "lower-bound"] as const) {
        const found = champion(trials, unitCube(2), "maximize", rule);
        const walked = trials.some(({ state, value }) => state === "completed" && Number.isFinite(value));
        assert.equal(found !== null, walked);
        if (found !== null) assert.ok(Number.isFinite(found.mean) && found.ci95.every(Number.isFinite));
      }
    });
  }
});
