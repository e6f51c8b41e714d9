/**
 * What every implementation of `Pruner` must do, as a suite for node:test. Call it at the top of a test file:
 *
 *     prunerConformance("my pruner", (context) => myPruner(context));
 *
 * Give it options with which it is eager: the rewards it sees are from −2 to 2, over at most 18 steps, beside at most eight
 * others.
 */
import assert from "node:assert/strict";
import type { Curve, PruneDecision, PruneQuestion, Pruner, PrunerContext } from "../optimizer/pruner.ts";
import { asItWalks, randomQuestion, turnedRound } from "./random-question.ts";
import { NODE_TEST, type Registrar } from "./registrar.ts";
import { everyRound } from "./rounds.ts";

export interface PrunerTraits {
  /** True unless told; false for one that never prunes, which is then checked. */
  readonly prunes?: boolean;
  /** It judges a walk by other walks only, so that the first one is finished. True unless told. */
  readonly relative?: boolean;
  /** It minimises as it maximises. True unless told; false for a bound on one side. */
  readonly symmetric?: boolean;
  /** Random questions that each check asks; 200 unless told. */
  readonly rounds?: number;
  readonly register?: Registrar;
}

/** @param create a new pruner that has been asked nothing */
export function prunerConformance(
  name: string,
  create: (context: PrunerContext) => Pruner,
  { prunes = true, relative = true, symmetric = true, rounds = 200, register = NODE_TEST }: PrunerTraits = {},
): void {
  const fresh = (): Pruner => create({ study: "gait" });
  const decide = (question: PruneQuestion): PruneDecision => fresh().decide(question);
  const everyQuestion = (check: (question: PruneQuestion) => void, peculiar = true): void =>
    everyRound(rounds, (source) => check(randomQuestion(source, peculiar)));

  register.describe(`${name} is a pruner`, () => {
    register.it("answers the same again, and from a fresh instance", () => {
      const warm = fresh();
      everyQuestion((question) => {
        const answer = warm.decide(question);
        assert.deepEqual(warm.decide(question), answer, "it differs the second time");
        assert.deepEqual(decide(structuredClone(question)), answer, "a fresh instance differs");
      });
    });

    register.it("answers as a fresh instance while the list of peers grows", () => {
      const warm = fresh();
      everyQuestion((question) => {
        const peers: Curve[] = [];
        for (const [i, moment] of asItWalks(question).entries()) {
          peers.push(...question.peers.slice(i, i + 1));
          const grown = { ...moment, peers };
          assert.deepEqual(warm.decide(grown), decide(structuredClone(grown)), `${peers.length} peers`);
        }
      });
    });

    register.it("changes nothing that it is given", () => {
      everyQuestion((question) => {
        const before = structuredClone(question);
        decide(question);
        assert.deepEqual(question, before);
      });
    });

    register.it("has a reason in one line of words, and for a verdict the numbers", () => {
      everyQuestion((question) => {
        const { prune, reason } = decide(question);
        assert.match(reason, /^[^\n\r]*[a-z]{2}[^\n\r]*$/);
        assert.doesNotMatch(reason, /undefined|null|NaN/);
        if (prune) assert.match(reason, /\d/);
      });
    });

    register.it("has a finite threshold, or none", () => {
      everyQuestion((question) => {
        const { threshold } = decide(question);
        assert.ok(threshold === null || Number.isFinite(threshold), `the threshold is ${threshold}`);
      });
    });

    register.it(prunes ? "prunes some walks and lets some go on" : "prunes no walk", () => {
      const verdicts = new Set<boolean>();
      everyQuestion((question) => verdicts.add(decide(question).prune));
      assert.deepEqual([...verdicts].sort(), prunes ? [false, true] : [false]);
    });

    register.it("lets a walk go on that has reported nothing", () => {
      everyQuestion(({ current, ...rest }) => {
        const { prune, reason } = decide({ ...rest, current: { ...current, reports: [], rungs: [] } });
        assert.equal(prune, false, reason);
      });
    });

    register.it("takes walks without any reward, and other walks without reports", () => {
      everyQuestion(({ direction, current, peers }) => {
        const reports = current.reports.map((report) => ({ ...report, value: Number.NaN }));
        decide({ direction, current: { ...current, reports }, peers });
        const silent = peers.map((peer) => ({ ...peer, reports: [], rungs: [] }));
        const { prune, reason } = decide({
          direction,
          current: { ...current, reports: current.reports.filter(({ value }) => Number.isFinite(value)) },
          peers: silent,
        });
        if (relative) assert.equal(prune, false, `nobody else has reported: ${reason}`);
      });
    });

    if (relative) {
      register.it("finishes the first walk of a study", () => {
        everyQuestion((question) => {
          const { current } = question;
          for (const moment of asItWalks({ ...question, current: { ...current, rungs: [] }, peers: [] })) {
            const { prune, reason } = decide(moment);
            assert.equal(prune, false, reason);
          }
        }, false);
      });
    }

    if (symmetric) {
      register.it("minimises as it maximises", () => {
        everyQuestion((question) => {
          const turned = decide(turnedRound(question));
          const { prune, reason } = decide(question);
          assert.equal(turned.prune, prune, `${reason} / ${turned.reason}`);
        }, false);
      });
    }

    register.it("adds to the rungs that a walk has reached, and forgets none", () => {
      everyQuestion((question) => {
        let rungs: readonly number[] = [];
        for (const moment of asItWalks(question)) {
          const decision = decide({ ...moment, current: { ...moment.current, rungs } });
          if (decision.rungs === undefined) continue;
          assert.deepEqual(decision.rungs.slice(0, rungs.length), rungs, "earlier rungs come first");
          assert.ok(!decision.rungs.some(Number.isNaN), `the rungs are ${decision.rungs}`);
          rungs = decision.rungs;
          if (decision.prune) break;
          const again = decide({ ...moment, current: { ...moment.current, rungs } });
          assert.deepEqual(again.rungs, rungs, "a report reaches its rungs once");
        }
      });
    });

    register.it("puts each suggestion into one bracket, where it has brackets", () => {
      const warm = fresh();
      if (warm.bracketOf === undefined) return;
      everyQuestion(({ peers }) => {
        const before = structuredClone(peers);
        for (let suggestion = 0; suggestion < 5; suggestion++) {
          const bracket = warm.bracketOf!(suggestion, peers);
          assert.ok(Number.isSafeInteger(bracket) && bracket >= 0, `bracket ${bracket}`);
          assert.equal(warm.bracketOf!(suggestion, peers), bracket, "it differs the second time");
          assert.equal(
            fresh().bracketOf?.(suggestion, structuredClone(before)),
            bracket,
            "a fresh instance differs",
          );
        }
        assert.deepEqual(peers, before);
      });
    });
  });
}
