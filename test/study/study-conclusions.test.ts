import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conclusionLines } from "../../src/cli/conclusion-lines.ts";
import { studyModel } from "../../src/optimizer/conclusions/study-model.ts";
import { studyConclusions } from "../../src/study/study-conclusions.ts";
import { POOR_STUDIES, walked } from "../optimizer/conclusions/walked-function.ts";
import { trialAt } from "../optimizer/trial-at.ts";
import { unitCube } from "../optimizer/unit-cube.ts";

const rising = (p: Readonly<Record<string, unknown>>): number =>
  Number(p["x0"]) - 4 * (Number(p["x1"]) - 0.5) ** 2;
const CORNER = { x0: 0.99, x1: 0.5 };
const trials = [
  ...walked(unitCube(3), 40, (p, source) => rising(p) + 0.02 * source.normal()),
  ...[40, 41, 42].map((number) => trialAt(number, CORNER, { value: rising(CORNER) + 0.01 * (number - 41) })),
];

const walkedAt = (number: number, x0: number, rest: Parameters<typeof trialAt>[2]) =>
  trialAt(number, { x0, x1: 0.5 }, rest);

describe("what is concluded from a study", () => {
  const found = studyConclusions(studyModel(trials, unitCube(3), "maximize"));

  it("is JSON as it stands, under keys of its own", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    assert.deepEqual(Object.keys(found), ["importance", "edge_warnings", "passed_over", "stopping_advice"]);
  });

  it("says so in words with numbers", () => {
    const sum = Object.values(found.importance).reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
    const [edge] = found.edge_warnings;
    assert.equal(edge?.parameter, "x0");
    assert.match(edge!.words, /x0: the champion's 0\.99 lies on the upper end of its range \(1\).*widening/);
    assert.match(
      found.stopping_advice!.words,
      /expected to gain \d.*by more than \d.*the noise of one walk is 0\.\d/,
    );
    const lines = conclusionLines(found);
    assert.match(lines[0]!, /^importance {3}x[01] \d+ %, x[01] \d+ %, x2 \d+ %/);
    assert.equal(lines.length, 2 + found.edge_warnings.length);
  });

  it("names a gait that was passed over because it may well fall", () => {
    const study = [
      ...[0.1, 0.3, 0.5, 0.5].map((x0, i) => walkedAt(i, x0, { value: x0, constraints: [-0.9] })),
      ...[4, 5, 6].map((i) => walkedAt(i, 0.8, { value: 0.8, constraints: [-0.5] })),
      ...[0.74, 0.86, 0.9].map((x0, i) =>
        walkedAt(7 + i, x0, { state: "aborted", breached: 0, constraints: [1.6] }),
      ),
    ];
    const conclusions = studyConclusions(studyModel(study, unitCube(2), "maximize"));
    assert.equal(conclusions.passed_over?.trial, 4);
    assert.ok(conclusions.passed_over!.holds < 0.6);
    assert.match(
      conclusionLines(conclusions)[0]!,
      /^passed over {2}the gait of trial 4 is estimated better \(0\.\d+\), but .* with probability 0\.\d\d only$/,
    );
    assert.equal(found.passed_over, null);
  });

  for (const [name, poor] of Object.entries(POOR_STUDIES)) {
    it(`breaks nothing and invents nothing: ${name}`, () => {
      const { importance, edge_warnings, stopping_advice } = studyConclusions(
        studyModel(poor, unitCube(2), "minimize"),
      );
      assert.deepEqual(importance, {});
      assert.deepEqual(edge_warnings, []);
      if (stopping_advice !== null) assert.doesNotMatch(stopping_advice.words, /NaN|Infinity|undefined/);
    });
  }
});
