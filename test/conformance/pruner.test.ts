/** The suite for pruners passes those that keep their promises, and fails each of those that break one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type PrunerTraits, prunerConformance } from "../../src/conformance/pruner.ts";
import { asItWalks, randomQuestion, turnedRound } from "../../src/conformance/random-question.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { Curve, PruneDecision, PruneQuestion, Pruner } from "../../src/optimizer/pruner.ts";
import { hyperbandPruner } from "../../src/optimizer/pruners/hyperband.ts";
import { medianPruner } from "../../src/optimizer/pruners/median.ts";
import { noPruner } from "../../src/optimizer/pruners/none.ts";
import { successiveHalvingPruner } from "../../src/optimizer/pruners/successive-halving.ts";
import type { Report } from "../../src/optimizer/trial.ts";
import { brokenPromises } from "./broken-promises.ts";

type Create = () => Pruner;

const broken = (create: Create, traits: PrunerTraits = {}, which?: RegExp): string[] =>
  brokenPromises((register) => prunerConformance("mutant", create, { ...traits, register }), which);

const median: Create = () => medianPruner({ startupTrials: 1 });
const halving: Create = () => successiveHalvingPruner({ minResource: 1, reductionFactor: 2 });
const hyperband: Create = () => hyperbandPruner({ study: "gait" }, { maxResource: 9 });

/** A pruner whose every decision is changed. */
function altered(
  create: Create,
  alter: (decision: PruneDecision, question: PruneQuestion) => Partial<PruneDecision>,
): Create {
  return () => {
    const sound = create();
    return {
      ...sound,
      decide: (question) => {
        const decision = sound.decide(question);
        return { ...decision, ...alter(decision, question) };
      },
    };
  };
}

/** One that does something to the question first. */
const first = (create: Create, act: (question: PruneQuestion) => void): Create =>
  altered(create, (_, question) => {
    act(question);
    return {};
  });

const SAME = /^answers the same again/;
const GROWS = /^answers as a fresh instance while/;
const UNCHANGED = /^changes nothing that it is given/;
const REASON = /^has a reason in one line/;
const THRESHOLD = /^has a finite threshold/;
const RUNGS = /^adds to the rungs/;
const BRACKETS = /^puts each suggestion into one bracket/;

/** What is wrong with each, and the check that must say so. */
const MUTANTS: readonly (readonly [string, RegExp, Create])[] = [
  [
    "answers differently the second time",
    SAME,
    () => {
      const sound = median();
      const known = new Set<string>();
      return {
        ...sound,
        decide: (question) => {
          const words = JSON.stringify(question);
          const decision = sound.decide(question);
          const again = known.has(words);
          known.add(words);
          return again ? { ...decision, prune: !decision.prune } : decision;
        },
      };
    },
  ],
  [
    "never prunes two walks in a row",
    SAME,
    () => {
      const sound = median();
      let pruned = false;
      return {
        ...sound,
        decide: (question) => {
          const decision = sound.decide(question);
          pruned = decision.prune && !pruned;
          return { ...decision, prune: pruned };
        },
      };
    },
  ],
  [
    "goes by the peers that were in the list at first",
    GROWS,
    () => {
      const sound = median();
      const known = new WeakMap<readonly Curve[], readonly Curve[]>();
      return {
        ...sound,
        decide: (question) => {
          const peers = known.get(question.peers) ?? [...question.peers];
          known.set(question.peers, peers);
          return sound.decide({ ...question, peers });
        },
      };
    },
  ],
  ["sorts the peers", UNCHANGED, first(median, ({ peers }) => (peers as Curve[]).reverse())],
  ["takes a report away", UNCHANGED, first(median, ({ current }) => (current.reports as Report[]).pop())],
  [
    "writes the rungs itself",
    UNCHANGED,
    first(halving, ({ current }) => (current.rungs as number[]).push(1)),
  ],
  ["gives no reason", REASON, altered(median, () => ({ reason: "" }))],
  [
    "gives reasons in two lines",
    REASON,
    altered(median, ({ reason }) => ({ reason: `${reason}\nso there` })),
  ],
  ["gives verdicts without numbers", REASON, altered(median, () => ({ reason: "too slow" }))],
  [
    "counts with what is no number",
    REASON,
    altered(median, (_, { current }) => ({ reason: `at 3: ${current.reports.at(-1)?.value}` })),
  ],
  [
    "has NaN for no threshold",
    THRESHOLD,
    altered(median, ({ threshold }) => ({ threshold: threshold ?? NaN })),
  ],
  [
    "draws thresholds at infinity",
    THRESHOLD,
    altered(median, ({ threshold }) => ({ threshold: threshold ?? Number.NEGATIVE_INFINITY })),
  ],
  ["never prunes", /^prunes some walks/, noPruner],
  ["prunes every walk", /^prunes some walks/, altered(median, () => ({ prune: true, reason: "at step 1" }))],
  [
    "prunes a walk for having reported nothing",
    /^lets a walk go on that has reported nothing/,
    altered(median, ({ prune }, { current }) => ({ prune: prune || current.reports.length === 0 })),
  ],
  [
    "cannot do without rewards",
    /^takes walks without any reward/,
    first(median, ({ current: { reports } }) =>
      assert.ok(reports.length === 0 || reports.some(({ value }) => !Number.isNaN(value))),
    ),
  ],
  [
    "cannot do without other walks' reports",
    /^takes walks without any reward, and other walks without reports/,
    first(median, ({ peers }) => assert.ok(peers.every(({ reports }) => reports.length > 0))),
  ],
  [
    "prunes a walk for having been the only one to report",
    /^takes walks without any reward, and other walks without reports/,
    altered(median, ({ prune }, { peers }) => ({
      prune: prune || (peers.length > 0 && peers.every(({ reports }) => reports.length === 0)),
    })),
  ],
  [
    "prunes the first walk of a study",
    /^finishes the first walk/,
    altered(median, ({ prune }, { peers }) => ({ prune: prune || peers.length === 0 })),
  ],
  [
    "maximises always",
    /^minimises as it maximises/,
    () => {
      const sound = median();
      return { ...sound, decide: (question) => sound.decide({ ...question, direction: "maximize" }) };
    },
  ],
  ["forgets the rungs", RUNGS, altered(halving, ({ rungs }) => ({ rungs: (rungs ?? []).slice(-1) }))],
  [
    "has rungs that are no number",
    RUNGS,
    altered(halving, ({ rungs }) => ({ rungs: [...(rungs ?? []), NaN] })),
  ],
  [
    "reaches a rung over and over",
    RUNGS,
    altered(halving, ({ prune, rungs }) => (prune ? {} : { rungs: [...(rungs ?? []), 1] })),
  ],
  ["has a bracket below the first", BRACKETS, () => ({ ...hyperband(), bracketOf: () => -1 })],
  [
    "deals out brackets by turns",
    BRACKETS,
    () => {
      let turn = 0;
      return { ...hyperband(), bracketOf: () => turn++ % 3 };
    },
  ],
  [
    "deals out brackets by instance",
    BRACKETS,
    () => {
      const bracket = instances++ % 3;
      return { ...hyperband(), bracketOf: () => bracket };
    },
  ],
  [
    "sorts the peers to find a bracket",
    BRACKETS,
    () => ({
      ...hyperband(),
      bracketOf: (_, peers) => {
        (peers as Curve[]).sort((a, b) => a.suggestion - b.suggestion);
        return 0;
      },
    }),
  ],
];

let instances = 0;

describe("the conformance suite for pruners", () => {
  it("passes pruners that keep their promises", () => {
    for (const create of [median, halving, hyperband]) assert.deepEqual(broken(create), []);
    assert.deepEqual(broken(noPruner, { prunes: false }), []);
  });

  it("fails one that prunes although it is said not to", () => {
    assert.deepEqual(broken(median, { prunes: false }), ["prunes no walk"]);
  });

  for (const [what, check, create] of MUTANTS) {
    it(`fails one that ${what}`, () => {
      assert.notDeepEqual(broken(create, {}, check), [], "it passes the check");
    });
  }
});

describe("the random questions", () => {
  const questions = Array.from({ length: 300 }, (_, index) =>
    randomQuestion(new RandomSource({ seed: 1, index, stream: "test" })),
  );

  it("hold ties, rewards that are not numbers, rungs, gaps and no peers", () => {
    const curves = questions.flatMap(({ current, peers }) => [current, ...peers]);
    const values = new Set(curves.flatMap(({ reports }) => reports.map(({ value }) => value)));
    assert.equal(values.size, 17 + 3);
    assert.ok(questions.some(({ peers }) => peers.length === 0));
    assert.ok(curves.some(({ rungs }) => rungs.length === 3));
    assert.ok(curves.some(({ reports }) => reports.some(({ step }, i) => step !== i + 1)));
    for (const { current, peers } of questions) {
      assert.equal(new Set([current, ...peers].map(({ suggestion }) => suggestion)).size, peers.length + 1);
      const firstRunning = peers.findIndex(({ state }) => state === "running");
      if (firstRunning !== -1) assert.ok(peers.slice(firstRunning).every(({ state }) => state === "running"));
    }
  });

  it("are themselves again when they are turned round twice, and walked report by report", () => {
    const [question] = questions;
    assert.deepEqual(turnedRound(turnedRound(question!)), question);
    const lengths = asItWalks(question!).map(({ current }) => current.reports.length);
    assert.deepEqual(
      lengths,
      question!.current.reports.map((_, i) => i + 1),
    );
  });
});
