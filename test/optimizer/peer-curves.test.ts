import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  EXAMPLE_STUDY,
  exampleEnd,
  exampleReport,
  exampleTrial,
} from "../../src/conformance/example-study.ts";
import { peerCurves } from "../../src/optimizer/peer-curves.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";

/** A walk with these rewards at steps 1, 2, …, 1.25 s apart. */
function walk(number: number, values: readonly number[], change: Partial<TrialRecord> = {}): TrialRecord {
  return {
    ...exampleTrial(),
    ...exampleEnd(),
    number,
    parameters: { ...EXAMPLE_STUDY.seedGait, phases: number },
    reports: values.map((value, index) => exampleReport(index + 1, value)),
    rungs: [],
    ...change,
  };
}

const values = (curve: { reports: readonly { value: number }[] } | undefined) =>
  curve?.reports.map(({ value }) => value);

describe("peer curves", () => {
  it("are one mean per parameter set, numbered by its first walk", () => {
    const parameters = { gait: "trot", phases: 1 };
    const curves = peerCurves(
      [
        walk(0, [1, 2, 3], { parameters }),
        walk(1, [5, 5, 5]),
        walk(2, [3, Number.NaN, 7], { role: "replicate", parameters: { phases: 1, gait: "trot" } }),
      ],
      3,
    );
    assert.deepEqual(
      curves.map(({ number, state }) => [number, state]),
      [
        [0, "completed"],
        [1, "completed"],
      ],
    );
    assert.deepEqual(values(curves[0]), [2, 2, 5]);
    assert.deepEqual(
      curves[0]?.reports.map(({ step, time }) => [step, time]),
      [
        [1, 1.25],
        [2, 2.5],
        [3, 3.75],
      ],
    );
  });

  it("leave out the baseline, falls, broken cables, what was discarded and what has not reported", () => {
    const trials = [
      walk(0, [9, 9], { role: "seed-gait" }),
      walk(1, [9, 9], { state: "aborted" }),
      walk(2, [9, 9], { state: "interrupted" }),
      walk(3, [9, 9], { state: "abandoned" }),
      walk(4, [], { state: "running" }),
      walk(5, [], { state: "pruned" }),
    ];
    assert.deepEqual(peerCurves(trials, 2), []);
  });

  it("carry the last value of a truncated walk forward, of no other", () => {
    const [truncated, pruned, running] = peerCurves(
      [
        walk(0, [1, 2], { truncated: true }),
        walk(1, [1, 2], { state: "pruned" }),
        walk(2, [1, 2], { state: "running" }),
      ],
      4,
    );
    assert.deepEqual(values(truncated), [1, 2, 2, 2]);
    assert.deepEqual(truncated?.reports.at(-1), { step: 4, value: 2, time: 5 });
    assert.deepEqual([pruned?.state, values(pruned)], ["pruned", [1, 2]]);
    assert.deepEqual([running?.state, values(running)], ["running", [1, 2]]);
  });

  it("have the mean rungs of the walks they are made from, and the first one's suggestion", () => {
    const parameters = EXAMPLE_STUDY.seedGait;
    const [curve] = peerCurves(
      [
        walk(0, [1, 2], { parameters, suggestion: 4, rungs: [1, 2] }),
        walk(1, [3, 4], { parameters, suggestion: 6, rungs: [3] }),
        walk(2, [3, 4], { parameters, suggestion: 7, role: "replicate" }),
      ],
      2,
    );
    assert.deepEqual(curve?.rungs, [2, 2]);
    assert.equal(curve?.suggestion, 4);
  });

  it("take the completed walks of a set that was pruned once", () => {
    const parameters = EXAMPLE_STUDY.seedGait;
    const trials = [walk(0, [1], { state: "pruned", parameters }), walk(1, [3, 4], { parameters })];
    const [curve] = peerCurves(trials, 2);
    assert.deepEqual([curve?.number, curve?.state, values(curve)], [0, "completed", [3, 4]]);
  });
});
