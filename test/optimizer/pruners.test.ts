/** Every pruner of the catalogue is one; and what the catalogue adds to it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { prunerConformance } from "../../src/conformance/pruner.ts";
import { randomQuestion } from "../../src/conformance/random-question.ts";
import { everyRound } from "../../src/conformance/rounds.ts";
import { createPruner, PRUNER_NAMES } from "../../src/optimizer/catalogue.ts";
import type { Pruner } from "../../src/optimizer/pruner.ts";
import { curve, decide } from "./curves.ts";

/** Eager enough to prune in small studies; rules with bounds get the same ones for both directions. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  median: { startupTrials: 1 },
  percentile: { startupTrials: 1 },
  threshold: { lower: -1, upper: 1 },
  patient: { patience: 1, wrapped: { name: "median", startupTrials: 1 } },
  "successive-halving": { minResource: 1, reductionFactor: 2 },
  hyperband: { minResource: 1, maxResource: 9 },
  wilcoxon: { pThreshold: 0.4 },
};

function eager(name: string, more: Readonly<Record<string, unknown>> = {}): Pruner {
  return createPruner(name, { ...OPTIONS[name], ...more }, { study: "gait" });
}

for (const name of PRUNER_NAMES) {
  prunerConformance(name, (context) => createPruner(name, OPTIONS[name] ?? {}, context), {
    prunes: name !== "none",
    relative: name !== "threshold",
    // SciPy, which it follows, rounds half a rank sum down: among ties the two directions' p differ.
    symmetric: name !== "wilcoxon",
    rounds: 100 * Number(process.env["PROPERTY_RUNS"] ?? 1),
  });
}

prunerConformance("patience alone", () => createPruner("patient", { patience: 1 }, { study: "gait" }), {
  relative: false,
});
prunerConformance("a lower bound", () => createPruner("threshold", { lower: 0 }, { study: "gait" }), {
  relative: false,
  symmetric: false,
});

describe("protect_best", () => {
  for (const name of PRUNER_NAMES.filter((one) => one !== "none")) {
    it(`lets the best few of ${name} go on, and says so`, () => {
      let spared = 0;
      everyRound(400, (source) => {
        const question = randomQuestion(source);
        const bare = eager(name).decide(question);
        const guarded = eager(name, { protectBest: 2 }).decide(question);
        if (bare.prune && !guarded.prune) {
          spared++;
          assert.match(guarded.reason, /ranks [12] at this step and is protected/);
          assert.ok(!Number.isNaN(question.current.reports.at(-1)!.value));
        } else {
          assert.deepEqual(guarded, bare);
        }
        assert.deepEqual(guarded.rungs, bare.rungs);
        assert.deepEqual(eager(name, { protectBest: 0 }).decide(question), bare);
      });
      assert.ok(spared > 0);
    });
  }

  it("counts ranks at the walk's step", () => {
    const peers = [
      [9, 1],
      [8, 2],
      [7, 3],
    ];
    const strict = { startupTrials: 1, percentile: 0 };
    const verdict = (protectBest: number) =>
      decide(createPruner("percentile", { ...strict, protectBest }, { study: "" }), [0, 2.5], peers);
    assert.equal(verdict(1).prune, true);
    assert.equal(verdict(2).prune, false);
    assert.match(
      verdict(2).reason,
      /best 2\.5 up to step 2 is below the best 0 % mark 3 of 3, but it ranks 2/,
    );
  });
});

describe("curves at uneven times", () => {
  const median = eager("median");

  it("are compared at equal measured time where the steps of two curves took different times", () => {
    // Half-second reports: at step 4, 2 s, the peer showed what its second one-second report holds.
    const current = curve([0, 0, 0, 5], {}, 0.5);
    assert.match(
      decide(median, current, [[1, 4, 9, 9]]).reason,
      /best 5 up to step 4 reaches the median 4 of 1/,
    );
    const between = curve([0, 0, 5], {}, 0.5);
    assert.match(decide(median, between, [[1, 4, 9, 9]]).reason, /reaches the median 2\.5 of 1/);
    // Later than the peer walked: it has no value there.
    assert.match(decide(median, curve([0, 5], {}, 3), [[1, 4, 9]]).reason, /0 of 1 walks have a value/);
  });

  it("count as equal within a telemetry frame or two", () => {
    const peer = curve([1, 4, 9], {}, 1.02);
    assert.match(decide(median, [0, 5], [peer]).reason, /reaches the median 4 of 1/);
  });

  it("average what was measured up to then", () => {
    const average = eager("median", { rule: "running-average" });
    const current = curve([3, 3, 3, 3], {}, 0.5);
    assert.match(
      decide(average, current, [[1, 4, 9, 9]]).reason,
      /average 3 up to step 4 reaches the median 2\.5/,
    );
  });
});

describe("a pruner's name and options", () => {
  const refused = (name: string, options: Readonly<Record<string, unknown>>) => (): void => {
    createPruner(name, options, { study: "gait" });
  };
  const cases: readonly [string, Readonly<Record<string, unknown>>, RegExp, RegExp][] = [
    ["medium", {}, /no pruner "medium"/, /none, median, percentile, threshold, patient, successive-halving/],
    ["median", { percentile: 20 }, /no option "percentile"/, /startupTrials.*protectBest/],
    [
      "median",
      { rule: "luckiest" },
      /"rule" of pruner median is "luckiest"/,
      /best-so-far or running-average/,
    ],
    ["percentile", { percentile: 120 }, /is 120/, /0 to 100/],
    ["threshold", {}, /no range/, /lower/],
    ["threshold", { lower: 2, upper: 1 }, /no range/, /in order/],
    ["threshold", { lower: "0" }, /"lower"/, /a number, or null/],
    ["threshold", { lower: 0, intervalSteps: 0 }, /"intervalSteps"/, /at least 1/],
    ["patient", { wrapped: { name: "medium" } }, /no pruner "medium"/, /hyperband, wilcoxon/],
    [
      "patient",
      { wrapped: { name: "median", pateince: 1 } },
      /pruner median has no option "pateince"/,
      /warmupSteps/,
    ],
    ["patient", { wrapped: { patience: 1 } }, /"wrapped"/, /a pruner's name, or a block/],
    ["patient", { patience: 1.5 }, /"patience"/, /whole number of at least 0/],
    ["successive-halving", { reductionFactor: 1 }, /"reductionFactor"/, /at least 2/],
    ["successive-halving", { minResource: "most" }, /"minResource"/, /at least 1, or auto/],
    [
      "successive-halving",
      { bootstrapCount: 2 },
      /bootstrapCount and minResource auto/,
      /minResource in steps/,
    ],
    ["hyperband", { bootstrapCount: 2 }, /bootstrapCount and maxResource auto/, /maxResource in steps/],
    ["hyperband", { minResource: 5, maxResource: 4 }, /below minResource 5/, /number of reports/],
    ["wilcoxon", { pThreshold: 2 }, /"pThreshold"/, /0 to 1/],
  ];
  for (const [name, options, message, remedy] of cases) {
    it(`${name} refuses ${JSON.stringify(options)}`, () =>
      assert.throws(refused(name, options), { message, remedy }));
  }

  it("takes a wrapped pruner by its name alone", () => {
    const pruner = createPruner("patient", { patience: 0, wrapped: "hyperband" }, { study: "gait" });
    assert.equal(typeof pruner.bracketOf, "function");
    assert.match(
      decide(pruner, [2, 1]).reason,
      /last 1 reports is below 2 before them; no walk is finished yet/,
    );
  });
});
