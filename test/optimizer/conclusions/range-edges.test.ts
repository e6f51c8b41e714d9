import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { edgeWarnings } from "../../../src/optimizer/conclusions/range-edges.ts";
import { studyModel } from "../../../src/optimizer/conclusions/study-model.ts";
import type { SearchSpace } from "../../../src/optimizer/search-space.ts";
import type { Direction, ObservedTrial } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../trial-at.ts";
import { unitCube } from "../unit-cube.ts";
import { POOR_STUDIES, walked } from "./walked-function.ts";

const warnings = (trials: readonly ObservedTrial[], space: SearchSpace, direction: Direction) =>
  edgeWarnings(studyModel(trials, space, direction)!).map(
    ({ parameter, side, championThere }) => `${parameter} ${side}${championThere ? "" : " (others)"}`,
  );

/** Rises towards x0 = 1, has its best inside in x1. */
const rising = (p: Readonly<Record<string, unknown>>): number =>
  Number(p["x0"]) - 4 * (Number(p["x1"]) - 0.5) ** 2;
const corner = { x0: 0.99, x1: 0.5 };

describe("edge warnings", () => {
  const trials = [...walked(unitCube(2), 40, rising), trialAt(40, corner, { value: rising(corner) })];

  it("name the parameter and the side where the champion's slope points outward", () => {
    assert.deepEqual(warnings(trials, unitCube(2), "maximize"), ["x0 high"]);
    const [warning] = edgeWarnings(studyModel(trials, unitCube(2), "maximize")!);
    assert.equal(warning?.bound, 1);
    assert.equal(warning?.value, 0.99);
    assert.ok(
      Math.abs(warning!.improvement - 0.1) < 0.02,
      `${warning?.improvement}: slope 1, a tenth of the range`,
    );
    assert.equal(warning?.safety, 1);
  });

  it("mirror when minimising", () => {
    const negated = trials.map((trial) => ({ ...trial, value: -trial.value! }));
    assert.deepEqual(
      edgeWarnings(studyModel(negated, unitCube(2), "minimize")!),
      edgeWarnings(studyModel(trials, unitCube(2), "maximize")!),
    );
  });

  it("say nothing of a best inside, nor where the slope at the edge points back", () => {
    const inside = walked(
      unitCube(2),
      40,
      (p) => -((Number(p["x0"]) - 0.4) ** 2) - (Number(p["x1"]) - 0.5) ** 2,
    );
    assert.deepEqual(warnings(inside, unitCube(2), "maximize"), []);
    // The best is at 0.97, within the margin; beyond it the function falls.
    const peak = (p: Readonly<Record<string, unknown>>): number => -40 * (Number(p["x0"]) - 0.96) ** 2;
    const near = { x0: 0.985, x1: 0.5 };
    const falling = walked(unitCube(2), 80, peak).filter(
      ({ parameters }) => Math.abs(Number(parameters["x0"]) - 0.96) > 0.03,
    );
    const study = [...falling, trialAt(80, near, { value: peak(near) })];
    assert.deepEqual(studyModel(study, unitCube(2), "maximize")!.ranked[0]!.params, near);
    assert.deepEqual(warnings(study, unitCube(2), "maximize"), []);
  });

  it("count the best: half of them on one edge is a warning without the champion", () => {
    const crowd = Array.from({ length: 8 }, (_, i) =>
      trialAt(40 + i, { x0: 0.96 + 0.005 * i, x1: 0.1 * i }, { value: 1.5 + 0.001 * i }),
    );
    const place = { x0: 0.5, x1: 0.2 };
    const inside = [60, 61, 62, 63].map((number) => trialAt(number, place, { value: 2.5 }));
    const study = [...trials, ...crowd, ...inside];
    assert.deepEqual(studyModel(study, unitCube(2), "maximize")!.ranked[0]!.params, place);
    const [warning, ...rest] = edgeWarnings(studyModel(study, unitCube(2), "maximize")!);
    assert.deepEqual(rest, []);
    assert.equal(warning?.parameter, "x0");
    assert.equal(warning?.championThere, false);
    assert.ok(2 * warning!.bestThere >= warning!.best && warning!.best >= 8);
  });

  it("work in the searched scale and at the last level of a discrete parameter; choices have no edge", () => {
    const space: SearchSpace = {
      parameters: [
        { kind: "float", name: "frequency", unit: "Hz", low: 0.1, high: 10, log: true, step: null },
        { kind: "int", name: "level", unit: "", low: 1, high: 9, log: false, step: 1 },
        { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace"] },
        { kind: "int", name: "two", unit: "", low: 0, high: 1, log: false, step: 1 },
      ],
    };
    const low = (p: Readonly<Record<string, unknown>>): number =>
      -Math.log(Number(p["frequency"])) +
      0.2 * Number(p["level"]) +
      Number(p["two"]) +
      (p["pattern"] === "trot" ? 0.3 : 0);
    const at = { frequency: 0.12, level: 9, pattern: "trot", two: 1 };
    const study = [...walked(space, 60, low), trialAt(60, at, { value: low(at) })];
    assert.deepEqual(warnings(study, space, "maximize"), ["frequency low", "level high"]);
    // 0.3 Hz is a quarter of the logarithmic range away from the end, though 2 % of the linear one.
    const further = { ...at, frequency: 0.3 };
    const away = [
      ...walked(space, 60, low).filter(({ parameters }) => Number(parameters["frequency"]) > 0.3),
      trialAt(60, further, { value: low(further) }),
    ];
    assert.deepEqual(warnings(away, space, "maximize"), ["level high"]);
  });

  it("know that a wider range may not be a safer one", () => {
    const cliff = walked(unitCube(2), 60, (p) =>
      Number(p["x0"]) > 0.9
        ? { state: "aborted", constraints: [1.5], breached: 0 }
        : { value: rising(p), constraints: [Math.max(-1, 2 * (Number(p["x0"]) - 0.9))] },
    );
    const edge = { x0: 0.96, x1: 0.5 };
    const study = [...cliff, trialAt(60, edge, { value: rising(edge), constraints: [-0.01] })];
    const model = studyModel(study, unitCube(2), "maximize")!;
    assert.ok(model.ranked.find(({ params }) => params["x0"] === 0.96)?.doubtful);
    // Were it the champion all the same.
    const ranked = model.ranked.toSorted((a, b) => Number(b.params["x0"]) - Number(a.params["x0"]));
    const [warning] = edgeWarnings({ ...model, ranked });
    assert.equal(warning?.parameter, "x0");
    assert.ok(warning!.safety < 0.7, `${warning?.safety}`);
  });

  for (const [name, poor] of Object.entries(POOR_STUDIES)) {
    it(`are none: ${name}`, () => {
      const model = studyModel(poor, unitCube(2), "maximize");
      assert.deepEqual(model === null ? [] : edgeWarnings(model), []);
    });
  }
});
