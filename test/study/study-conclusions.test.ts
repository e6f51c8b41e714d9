import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { conclusionLines } from "../../src/cli/conclusion-lines.ts";
import { studyModel } from "../../src/optimizer/conclusions/study-model.ts";
import { studyConclusions } from "../../src/study/study-conclusions.ts";
import { cube, POOR_STUDIES, trialAt, walked } from "../optimizer/conclusions/walked-function.ts";

const rising = (p: Readonly<Record<string, unknown>>): number =>
  Number(p["p0"]) - 4 * (Number(p["p1"]) - 0.5) ** 2;
const CORNER = { p0: 0.99, p1: 0.5 };
const trials = [
  ...walked(cube(3), 40, (p, source) => rising(p) + 0.02 * source.normal()),
  ...[40, 41, 42].map((number) => trialAt(number, CORNER, { value: rising(CORNER) + 0.01 * (number - 41) })),
];

describe("what is concluded from a study", () => {
  const found = studyConclusions(studyModel(trials, cube(3), "maximize"));

  it("is JSON as it stands, under keys of its own", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    assert.deepEqual(Object.keys(found), ["importance", "edge_warnings", "stopping_advice"]);
  });

  it("says so in words with numbers", () => {
    const sum = Object.values(found.importance).reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
    const [edge] = found.edge_warnings;
    assert.equal(edge?.parameter, "p0");
    assert.match(edge!.words, /p0: the champion's 0\.99 lies on the upper end of its range \(1\).*widening/);
    assert.match(
      found.stopping_advice!.words,
      /expected to gain \d.*by more than \d.*the noise of one walk is 0\.\d/,
    );
    const lines = conclusionLines(found);
    assert.match(lines[0]!, /^importance {3}p[01] \d+ %, p[01] \d+ %, p2 \d+ %/);
    assert.equal(lines.length, 2 + found.edge_warnings.length);
  });

  for (const [name, poor] of Object.entries(POOR_STUDIES)) {
    it(`breaks nothing and invents nothing: ${name}`, () => {
      const { importance, edge_warnings, stopping_advice } = studyConclusions(
        studyModel(poor, cube(2), "minimize"),
      );
      assert.deepEqual(importance, {});
      assert.deepEqual(edge_warnings, []);
      if (stopping_advice !== null) assert.doesNotMatch(stopping_advice.words, /NaN|Infinity|undefined/);
    });
  }
});
