/** Which walks a tree-structured Parzen estimator takes for good ones. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SearchSpace } from "../../../src/optimizer/search-space.ts";
import { unitSpace } from "../../../src/optimizer/space/unit-space.ts";
import { observations } from "../../../src/optimizer/tpe/observations.ts";
import { split } from "../../../src/optimizer/tpe/split.ts";
import type { Direction, ObservedTrial, Report } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../trial-at.ts";

/** The parameter is the trial's number, so that points tell which trial they come from. */
const SPACE: SearchSpace = {
  parameters: [{ kind: "int", name: "x", unit: "", low: 0, high: 99, log: false, step: 1 }],
};
const UNIT = unitSpace(SPACE);

type Told = Partial<ObservedTrial> & Pick<ObservedTrial, "state">;

const completed = (value: number): Told => ({ state: "completed", value, constraints: [-0.5] });
const pruned = (...values: number[]): Told => {
  const reports: Report[] = values.map((value, k) => ({ step: k + 1, value, time: k + 1 }));
  return { state: "pruned", value: values.at(-1) ?? null, reports, constraints: [-0.5] };
};
const aborted = (...constraints: number[]): Told => ({ state: "aborted", constraints, breached: 0 });
const RUNNING: Told = { state: "running" };

function trialsOf(told: readonly Told[]): ObservedTrial[] {
  return told.map((one, number) => trialAt(number, { x: number }, { walked: 0, ...one }));
}

/** Numbers of the good and of the other trials. */
function divided(trials: readonly ObservedTrial[], direction: Direction = "maximize", suggestion = 98) {
  const { below, above } = split(observations(UNIT, trials, direction, suggestion));
  const numbers = (observed: typeof below) => observed.map(({ point }) => Math.round(point[0]! * 100 - 0.5));
  return { below: numbers(below), above: numbers(above) };
}

const repeated = (count: number, told: Told): Told[] => Array.from({ length: count }, () => told);

describe("the good walks of a tree-structured Parzen estimator", () => {
  it("are the best completed ones, in order of number", () => {
    const told = [completed(3), completed(9), ...repeated(17, completed(1)), completed(5), completed(8)];
    assert.deepEqual(divided(trialsOf(told)).below, [1, 19, 20]);
    assert.deepEqual(divided(trialsOf(told), "minimize").below, [2, 3, 4]);
    assert.equal(divided(trialsOf(told)).above.length, 18);
  });

  it("are filled up with pruned ones: those that came farthest, then the better ones, those without a report last", () => {
    const told = [
      pruned(9),
      pruned(1, 1, 1),
      pruned(),
      completed(-5),
      pruned(1, 1, 2),
      pruned(1, 1, 1, Number.NaN),
      ...repeated(15, pruned(0)),
    ];
    assert.equal(told.length, 21);
    // γ = 3: the completed one, the longest although its value is not a number, then the better of two equally long ones.
    assert.deepEqual(divided(trialsOf(told)).below, [3, 4, 5]);
    assert.deepEqual(divided(trialsOf(told), "minimize").below, [1, 3, 5]);
    const without = [pruned(), ...repeated(10, pruned(0))];
    assert.deepEqual(divided(trialsOf(without)).below, [1, 2]);
  });

  it("are never aborted ones while there are others, however high their last report", () => {
    const fell: Told = { ...pruned(99, 99), ...aborted(1.9) };
    const told = [...repeated(10, fell), pruned(), completed(0)];
    assert.deepEqual(divided(trialsOf(told)).below, [10, 11]);
  });

  it("are the aborted ones that survived longest when there is nothing else", () => {
    const told = [
      aborted(1.9, -1),
      aborted(1.2, -1),
      aborted(1.1, 0.4),
      ...repeated(9, aborted(1.95)),
      aborted(1.3, -1),
    ];
    assert.deepEqual(divided(trialsOf(told)).below, [1, 12]);
  });

  it("counts a walk stopped by a person as aborted although no limit was breached, the mildest of them", () => {
    const stopped: Told = { state: "aborted", constraints: [-1, -1], breached: null };
    const told = [...repeated(8, aborted(1.5)), stopped, pruned()];
    assert.deepEqual(divided(trialsOf(told)).below, [9]);
    assert.deepEqual(divided(trialsOf([...told.slice(0, 9), aborted(1.01)])).below, [8]);
  });

  it("does not take a completed walk that broke a limit for a good one", () => {
    const told: Told[] = [
      { ...completed(9), constraints: [0.1] },
      { ...completed(1), constraints: [0] },
      ...repeated(8, completed(0)),
    ];
    assert.deepEqual(divided(trialsOf(told)).below, [1]);
  });

  it("puts walks under way above without counting them, but not the one that is asked for", () => {
    const told = [...repeated(10, completed(0)), RUNNING, RUNNING];
    const { below, above } = divided(trialsOf(told));
    assert.equal(below.length, 1);
    assert.deepEqual(above, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual(divided(trialsOf(told), "maximize", 11).above, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("learns nothing from interrupted and abandoned walks, nor from a completed one without a value", () => {
    const told: Told[] = [
      { ...completed(9), state: "interrupted" },
      { ...completed(9), state: "abandoned" },
      { ...completed(0), value: null },
      ...repeated(3, completed(1)),
    ];
    assert.deepEqual(divided(trialsOf(told)), { below: [3], above: [4, 5] });
  });

  it("takes baseline walks and replicates of a set for one observation with the mean value", () => {
    const at = (x: number, role: ObservedTrial["role"], told: Told): Told => ({
      ...told,
      role,
      parameters: { x },
    });
    const told = [
      at(50, "seed-gait", completed(2)),
      at(50, "seed-gait", completed(4)),
      at(50, "seed-gait", completed(6)),
      at(60, "suggested", completed(4.1)),
      at(61, "suggested", completed(9)),
      at(61, "replicate", completed(-2)),
      at(61, "replicate", RUNNING),
    ];
    // Means 4, 4.1 and 3.5.
    assert.deepEqual(divided(trialsOf(told)), { below: [60], above: [50, 61] });
    const fallen = [...told.slice(0, 5), at(60, "replicate", aborted(1.5))];
    assert.deepEqual(divided(trialsOf(fallen)), { below: [61], above: [50, 60] });
  });

  it("keeps sets apart that the sampler itself suggested again", () => {
    const again: Told = { ...completed(1), parameters: { x: 7 } };
    assert.deepEqual(divided(trialsOf(repeated(11, again))), {
      below: [7, 7],
      above: Array.from({ length: 9 }, () => 7),
    });
  });
});
