import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createPruner } from "../../src/optimizer/catalogue.ts";
import { type ReplayedTrial, replayPruner } from "../../src/optimizer/prune-replay.ts";
import type { Pruner } from "../../src/optimizer/pruner.ts";

const STEPS = 4;

/** A walk with these rewards, 2 s apart, with 3 s of ramps. */
function walk(number: number, values: readonly number[], change: Partial<ReplayedTrial> = {}): ReplayedTrial {
  return {
    number,
    suggestion: number,
    role: "suggested",
    state: "completed",
    parameters: { frequency: number },
    reports: values.map((value, index) => ({ step: index + 1, value, time: 2 * (index + 1) })),
    walked: 3 + 2 * values.length,
    ...change,
  };
}

const median = createPruner("median", { startupTrials: 1 }, { study: "gait" });

function replay(trials: readonly ReplayedTrial[], pruner: Pruner = median, champion: number | null = null) {
  return replayPruner({
    trials,
    direction: "maximize",
    pruner,
    steps: STEPS,
    champion: champion === null ? null : { frequency: champion },
  });
}

describe("the replay of a pruner", () => {
  it("says where each walk would have stopped, what that saves, and why", () => {
    const trials = [
      walk(0, [2, 2, 2, 2]),
      walk(1, [3, 3, 3, 3]),
      walk(2, [1, 1, 1, 1]),
      walk(3, [2.5, 2, 2, 2]),
    ];
    assert.deepEqual(replay(trials, median, 1), {
      kills: [
        {
          trial: 2,
          step: 1,
          time: 2,
          saved: 6,
          reason: "best 1 up to step 1 is below the median 2.5 of 2",
          ended: "completed",
          champion: false,
        },
      ],
      asked: 4,
      measured: 32,
      saved: 6,
      walked: 44,
      championKill: null,
    });
  });

  it("tells when the champion would not have been found", () => {
    // A slow starter that ends as the best.
    const trials = [walk(0, [2, 2, 2, 2]), walk(1, [3, 1, 2, 9], { parameters: { frequency: 7 } })];
    const late = walk(2, [1, 1, 1, 9], { parameters: { frequency: 7 } });
    assert.equal(replay(trials, median, 7).championKill, null);
    const { championKill } = replay([...trials, late], median, 7);
    assert.deepEqual([championKill?.trial, championKill?.step, championKill?.saved], [2, 1, 6]);
    assert.equal(replay([...trials, late], median, 0).championKill, null);
  });

  it("takes a stopped walk as pruned from then on", () => {
    // Trial 1 would be stopped at once, so it raises nobody's bar; as it was, trial 2 would be below the median.
    const trials = [walk(0, [2, 2, 2, 2]), walk(1, [1, 9, 9, 9]), walk(2, [3, 3, 3, 3])];
    assert.deepEqual(
      replay(trials).kills.map(({ trial }) => trial),
      [1],
    );
  });

  it("counts a walk stopped before its fall, and passes over those that say nothing", () => {
    const trials = [
      walk(0, [2, 2, 2, 2]),
      walk(1, [1, 1], { state: "aborted" }),
      walk(2, [1, 1], { state: "interrupted" }),
      walk(3, [1, 1], { state: "abandoned" }),
      walk(4, [1, 1], { state: "running" }),
      walk(5, []),
      walk(6, [1, 1, 1, 1], { role: "seed-gait" }),
      walk(7, [1, 1, 1, 1], { role: "replicate", parameters: { frequency: 0 } }),
    ];
    const { kills, asked, measured, saved } = replay(trials);
    assert.deepEqual(
      kills.map(({ trial, ended, saved }) => [trial, ended, saved]),
      [[1, "aborted", 2]],
    );
    assert.deepEqual([asked, measured, saved], [2, 12, 2]);
  });

  it("leaves a walk that the study itself pruned as it ended", () => {
    const trials = [walk(0, [2, 2, 2, 2]), walk(1, [1, 1], { state: "pruned" })];
    const kind = createPruner("none", {}, { study: "gait" });
    assert.deepEqual(replay(trials, kind).kills, []);
    assert.equal(replay(trials).saved, 2);
  });

  it("carries rungs from walk to walk", () => {
    const halving = createPruner(
      "successive-halving",
      { minResource: 1, reductionFactor: 2 },
      { study: "gait" },
    );
    const trials = [5, 4, 3, 6].map((value, number) => walk(number, [value, value, value, value]));
    const { kills, saved } = replay(trials, halving, 3);
    assert.deepEqual(
      kills.map(({ trial, step }) => [trial, step]),
      [
        [1, 1],
        [2, 1],
      ],
    );
    assert.equal(saved, 12);
  });

  it("saves nothing where nothing was walked", () => {
    const nothing = { kills: [], asked: 0, measured: 0, saved: 0, walked: 0, championKill: null };
    assert.deepEqual(replay([]), nothing);
  });
});
