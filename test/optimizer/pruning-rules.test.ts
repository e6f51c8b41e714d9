/** Each pruner's words and edges. That they decide as Optuna's do is shown by `test/parity/pruners.test.ts`. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { signedRankProbability } from "../../src/optimizer/math/signed-rank.ts";
import { hyperbandPruner } from "../../src/optimizer/pruners/hyperband.ts";
import { medianPruner } from "../../src/optimizer/pruners/median.ts";
import { patientPruner } from "../../src/optimizer/pruners/patient.ts";
import { percentilePruner } from "../../src/optimizer/pruners/percentile.ts";
import { successiveHalvingPruner } from "../../src/optimizer/pruners/successive-halving.ts";
import { thresholdPruner } from "../../src/optimizer/pruners/threshold.ts";
import { wilcoxonPruner } from "../../src/optimizer/pruners/wilcoxon.ts";
import { curve, decide } from "./curves.ts";

const { NaN: nan } = Number;

describe("percentile", () => {
  it("keeps the best share", () => {
    const peers = [[1], [2], [3], [4], [5]];
    const best = percentilePruner({ percentile: 25 });
    assert.deepEqual(decide(best, [3.9], peers), {
      prune: true,
      reason: "best 3.9 up to step 1 is below the best 25 % mark 4 of 5",
      threshold: 4,
    });
    assert.deepEqual(decide(best, [4], peers), {
      prune: false,
      reason: "best 4 up to step 1 reaches the best 25 % mark 4 of 5",
      threshold: 4,
    });
  });

  it("stops a walk whose reward was never a number, and passes over peers' that were not", () => {
    const median = medianPruner({ startupTrials: 1 });
    assert.equal(decide(median, [nan, nan], [[1, 1]]).reason, "no reward could be computed up to step 2");
    assert.equal(decide(median, [nan, nan], [[1, 1]]).prune, true);
    assert.equal(decide(median, [0, 0], [[nan, nan]]).reason, "no walk has a reward at step 2");
    assert.match(
      decide(
        median,
        [nan, 2],
        [
          [9, nan],
          [1, 1],
        ],
      ).reason,
      /median 1 of 1/,
    );
  });
});

describe("threshold", () => {
  it("judges the latest value, from the first trial on", () => {
    const pruner = thresholdPruner({ lower: 0.05, warmupSteps: 2 });
    assert.match(decide(pruner, [0]).reason, /within the warm-up of 2/);
    assert.deepEqual(decide(pruner, [0.9, 0.04]), {
      prune: true,
      reason: "0.04 at step 2 is below the bound 0.05",
      threshold: 0.05,
    });
    assert.equal(decide(pruner, [0.04, 0.05]).prune, false);
    assert.equal(decide(pruner, [0.9, nan]).prune, true);
    assert.match(decide(thresholdPruner({ upper: 2 }), [3]).reason, /3 at step 1 is above the bound 2/);
  });

  it("draws the bound that matters in the study's direction", () => {
    const pruner = thresholdPruner({ lower: -1, upper: 1 });
    assert.equal(decide(pruner, [0]).threshold, -1);
    assert.equal(decide(pruner, [0], [], "minimize").threshold, 1);
  });
});

describe("patient", () => {
  const alone = patientPruner(null, { patience: 1, minDelta: 0.1 });

  it("waits for patience + 1 reports without improvement", () => {
    assert.equal(decide(alone, [5, 1]).reason, "2 of 3 reports before patience can end");
    assert.deepEqual(decide(alone, [5, 1, 4.8]), {
      prune: true,
      reason: "best 4.8 of the last 2 reports is below 4.9 before them",
      threshold: 4.9,
    });
    assert.equal(decide(alone, [5, 1, 4.95]).prune, false);
    assert.equal(decide(alone, [5, 5.2, 5], [], "minimize").prune, false);
    assert.equal(decide(alone, [5, 5.2, 5.3], [], "minimize").prune, true);
  });

  it("passes over reports that are not numbers", () => {
    assert.equal(decide(alone, [nan, 1, 1]).prune, false);
    assert.equal(decide(alone, [5, nan, nan]).prune, false);
    assert.equal(decide(alone, [5, nan, 1]).prune, true);
  });

  it("leaves the verdict to the wrapped pruner", () => {
    const wrapping = patientPruner(thresholdPruner({ lower: 2 }), { patience: 0 });
    assert.equal(decide(wrapping, [1, 1]).prune, false);
    assert.equal(decide(wrapping, [4, 3]).prune, false);
    assert.equal(
      decide(wrapping, [4, 1]).reason,
      "best 1 of the last 1 reports is below 4 before them; 1 at step 2 is below the bound 2",
    );
  });
});

describe("successive halving", () => {
  const halving = successiveHalvingPruner({ minResource: 1, reductionFactor: 2 });
  const peers = [4, 3, 2].map((value, number) => curve([value, value], { number, rungs: [value] }));

  it("keeps the best half of those at a rung and remembers its value there", () => {
    assert.deepEqual(decide(halving, [3.5], peers), {
      prune: false,
      reason: "3.5 at step 1 is among the best 2 of 4 at rung 0 (step 1), 3.5; rung 1 is at step 2",
      threshold: 3.5,
      rungs: [3.5],
    });
    assert.deepEqual(decide(halving, [2.5], peers), {
      prune: true,
      reason: "2.5 at step 1 is not among the best 2 of 4 at rung 0 (step 1), 3",
      threshold: 3,
      rungs: [2.5],
    });
  });

  it("passes several rungs in one report, and counts on from those it has", () => {
    const late = curve([9], { reports: [{ step: 5, value: 9, time: 5 }] });
    assert.deepEqual(decide(halving, late, peers).rungs, [9, 9, 9]);
    assert.deepEqual(decide(halving, { ...late, rungs: [9, 9] }, peers).rungs, [9, 9, 9]);
    assert.deepEqual(decide(halving, { ...late, rungs: [9, 9, 9] }, peers).rungs, [9, 9, 9]);
  });

  it("ends a walk without a reward at a rung, and stores nothing for it", () => {
    const decision = decide(halving, [nan], peers);
    assert.deepEqual([decision.prune, decision.rungs], [true, []]);
    assert.match(decision.reason, /no reward could be computed at step 1, rung 0/);
  });

  it("lets none of the first few pass when asked to", () => {
    const careful = successiveHalvingPruner({ minResource: 1, reductionFactor: 2, bootstrapCount: 4 });
    assert.match(decide(careful, [9], peers).reason, /one of the first 4 at rung 0/);
    assert.equal(decide(careful, [9], [...peers, curve([1], { rungs: [1] })]).prune, false);
  });

  it("waits for a finished walk where its resource is auto", () => {
    const auto = successiveHalvingPruner();
    assert.match(decide(auto, [1]).reason, /no walk is finished yet/);
    assert.match(decide(auto, [1], [curve([2], { state: "pruned" })]).reason, /no walk is finished yet/);
    assert.match(decide(auto, [1], [[2]]).reason, /rung 1 is at step 4/);
  });
});

describe("hyperband", () => {
  const hyperband = hyperbandPruner({ study: "gait" }, { maxResource: 100 });

  it("compares within the bracket", () => {
    const peers = [0, 1, 2, 3, 4, 5].map((number) => curve([5], { number, rungs: [5] }));
    // Of trials 0 to 5, Optuna has 0, 1, 4 and 5 in bracket 0; trial 30 is in bracket 2 as trial 2 is.
    const first = curve([1], { number: 7 });
    assert.match(
      decide(hyperband, first, peers).reason,
      /^bracket 0 of 5: 1 at step 1 is not among the best 1 of 5/,
    );
    const third = curve([1, 1, 1, 1, 1, 1, 1, 1, 1], { number: 30 });
    assert.match(
      decide(hyperband, third, peers).reason,
      /^bracket 2 of 5: 1 at step 9 is not among the best 1 of 2/,
    );
  });

  it("waits for a finished walk where its resource is auto, all in one bracket till then", () => {
    const auto = hyperbandPruner({ study: "gait" });
    assert.match(decide(auto, [1]).reason, /no walk is finished yet/);
    const suggestions = Array.from({ length: 30 }, (_, index) => index);
    const brackets = (peers: Parameters<typeof decide>[2]) =>
      new Set(
        suggestions.map((one) =>
          auto.bracketOf?.(
            one,
            (peers ?? []).map((values) => curve(values as number[])),
          ),
        ),
      );
    assert.deepEqual([...brackets([])], [0]);
    assert.equal(brackets([[1, 2, 3, 4, 5, 6, 7, 8, 9]]).size, 3);
  });

  it("never prunes walks that are shorter than its first rung", () => {
    const late = hyperbandPruner({ study: "gait" }, { minResource: 4 });
    assert.match(decide(late, [1, 1], [[2, 2]]).reason, /walks end before the first rung, at step 4/);
    assert.equal(late.bracketOf?.(3, [curve([2, 2])]), 0);
  });
});

describe("wilcoxon", () => {
  const wilcoxon = wilcoxonPruner({ pThreshold: 0.2 });

  it("compares with the best finished walk over the steps they share", () => {
    const peers = [
      [1, 1, 1, 1],
      [4, 5, 6, 7],
    ];
    assert.deepEqual(decide(wilcoxon, [3, 3, 3], peers), {
      prune: true,
      reason: "mean 3 against 5.5 of trial 1: p 0.125 over 3 steps is below 0.2",
      threshold: null,
    });
    assert.match(decide(wilcoxon, [3, 3], peers).reason, /p 0\.25 over 2 steps is not below 0\.2/);
    assert.match(decide(wilcoxon, [3], peers).reason, /1 of 2 steps shared with trial 1/);
    assert.match(decide(wilcoxon, [3, 3], []).reason, /no walk is finished yet/);
  });

  it("minimises too", () => {
    const peers = [[-4, -5, -6, -7]];
    assert.match(
      decide(wilcoxon, [-3, -3, -3], peers, "minimize").reason,
      /p 0\.125 over 3 steps is below 0\.2/,
    );
    assert.equal(decide(wilcoxon, [-3, -3, -3], peers, "maximize").prune, false);
  });

  it("lets a walk go on that is no worse on the whole", () => {
    assert.match(decide(wilcoxon, [4, 4, 4], [[4.5, 4.5, 4.5, 1, 2]]).reason, /no worse, though p 0\.125/);
  });

  it("lets a walk go on while a reward is missing on either side", () => {
    assert.equal(decide(wilcoxon, [3, nan, 3], [[4, 5, 6]]).prune, false);
    assert.equal(decide(wilcoxon, [3, 3, 3], [[nan, 5, 6]]).prune, false);
  });
});

describe("the signed-rank test", () => {
  const close = (actual: number, expected: number): void =>
    assert.ok(Math.abs(actual - expected) < 1e-14, `${actual} is not ${expected}`);

  it("counts the ways to sign the ranks", () => {
    close(signedRankProbability([1, 2, 3], "greater"), 1 / 8);
    close(signedRankProbability([1, 2, 3], "less"), 1);
    close(signedRankProbability([-1, 2, 3], "greater"), 2 / 8);
  });

  it("has SciPy's p: zeros, ties, and either side of 50 pairs", () => {
    close(signedRankProbability([0.5, -1.25, 0, 2, 0.5, 3, -0.25], "greater"), 0.13552063980517154);
    const many = Array.from({ length: 60 }, (_, k) => (k % 3 === 0 ? -1 : 1) * (1 + k / 10));
    close(signedRankProbability(many, "greater"), 0.008366535803851717);
    close(signedRankProbability(many, "less"), 0.9916334641961483);
    close(signedRankProbability(many.slice(0, 50), "greater"), 0.01998417326421187);
  });
});
