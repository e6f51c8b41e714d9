import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GaitsmithError } from "../../src/errors.ts";
import { bracketView } from "../../src/optimizer/bracket-view.ts";
import { createPruner, createSampler } from "../../src/optimizer/catalogue.ts";
import type { Sampler } from "../../src/optimizer/sampler.ts";
import type { ParameterSet } from "../../src/optimizer/search-space.ts";
import { parameterKey } from "../../src/optimizer/space/parameter-key.ts";
import { asSafetyFacts, type ObservedTrial } from "../../src/optimizer/trial.ts";
import { GAIT_SPACE, runStudy, walk } from "./walked-study.ts";

const SPACE = { parameters: GAIT_SPACE.parameters.slice(0, 3) };
const context = { space: SPACE, direction: "maximize", seed: 3, constraintCount: 1 } as const;
const hyperband = createPruner("hyperband", { maxResource: 9 }, { study: "gait" });
const bracket = (suggestion: number): number => hyperband.bracketOf?.(suggestion, []) ?? Number.NaN;
const trials = runStudy(createSampler("random", {}, context), 3, 20);

describe("a sampler's view of a bracket", () => {
  it("holds the bracket's own suggestions as they are, and others as trials without a reward", () => {
    const view = bracketView(trials, 30, hyperband, () => []);
    assert.equal(view.length, trials.length);
    const others = new Set<number>();
    for (const [number, seen] of view.entries()) {
      if (bracket(number) === bracket(30)) {
        assert.equal(seen, trials[number]);
        continue;
      }
      others.add(bracket(number));
      const { state } = trials[number]!;
      const hidden = { state: "abandoned", endedElsewhere: state, reports: [], value: null };
      assert.deepEqual(seen, { ...trials[number], ...hidden });
    }
    assert.ok(others.size > 0, "20 trials fall into several brackets");
  });

  it("tells how other brackets' walks ended, if they told anything, and nothing of their rewards", () => {
    const other = trials.find(({ suggestion }) => bracket(suggestion) !== bracket(30))!;
    const ends = ["completed", "pruned", "aborted", "running", "interrupted", "abandoned"] as const;
    const facts = ends.map((state) => {
      const view = bracketView([{ ...other, state }], 30, hyperband, () => []);
      const [seen] = asSafetyFacts(view);
      assert.deepEqual([seen?.value, seen?.reports], [null, []]);
      assert.deepEqual(seen?.constraints, other.constraints);
      return seen?.state;
    });
    assert.deepEqual(facts, ["completed", "pruned", "aborted", "abandoned", "abandoned", "abandoned"]);
  });

  it("leaves walks alone that no sampler proposed, and everything under another pruner", () => {
    for (const role of ["seed-gait", "enqueued", "replicate"] as const) {
      const proposed = trials.map((trial): ObservedTrial => ({ ...trial, role }));
      assert.deepEqual(
        bracketView(proposed, 30, hyperband, () => []),
        proposed,
      );
    }
    const median = createPruner("median", {}, { study: "gait" });
    const view = bracketView(trials, 30, median, () => assert.fail("the median needs no peers for that"));
    assert.equal(view, trials);
  });

  it("lets a patient Hyperband keep its brackets", () => {
    const patient = createPruner(
      "patient",
      { wrapped: { name: "hyperband", maxResource: 9 } },
      { study: "gait" },
    );
    assert.deepEqual(
      bracketView(trials, 30, patient, () => []),
      bracketView(trials, 30, hyperband, () => []),
    );
  });

  /** What a sampler that takes no notice of other brackets' limits would see. */
  const withoutEnds = (view: readonly ObservedTrial[]): ObservedTrial[] =>
    view.map(({ endedElsewhere: _, ...trial }) => trial);

  /** Of 5 studies of 40 walks beside a cliff. */
  function falls(name: string, blind: boolean): number {
    let count = 0;
    for (let seed = 1; seed <= 5; seed++) {
      const sampler = createSampler(name, {}, { ...context, seed });
      const seen: Sampler = {
        name,
        ask: (request) => {
          const view = bracketView(request.trials, request.suggestion, hyperband, () => []);
          return sampler.ask({ ...request, trials: blind ? withoutEnds(view) : view });
        },
      };
      count += runStudy(seen, seed, 40).filter(({ state }) => state === "aborted").length;
    }
    return count;
  }

  for (const name of ["gp", "tpe"]) {
    it(`lets ${name} fall less for what other brackets fell over`, () => {
      const knowing = falls(name, false);
      const blind = falls(name, true);
      assert.ok(knowing < blind, `${knowing} falls, ${blind} without knowing`);
    });
  }

  it("lets gp go where only another bracket has walked safely", () => {
    // One walk of its own, at the slow end, and one of another bracket's, out of reach of the trust region around it.
    const place = (number: number, length: number): ObservedTrial => ({
      ...trials[0]!,
      number,
      suggestion: number,
      parameters: { length, frequency: 0.8, level: 1 },
      ...walk({ length, frequency: 0.8, level: 1 }, 3, number),
    });
    const [own, elsewhere] = [0, 1].map((same) =>
      Array.from({ length: 30 }, (_, i) => i).find((i) => (bracket(i) === bracket(30) ? 0 : 1) === same),
    );
    const told = [place(own!, 0.01), place(elsewhere!, 0.08)].sort((a, b) => a.number - b.number);
    const view = bracketView(told, 30, hyperband, () => []);
    const gp = createSampler("gp", { startupTrials: 0 }, context);
    const reach = (seen: readonly ObservedTrial[]): number => {
      const feasible = ({ length }: ParameterSet): boolean => Number(length) > 0.05;
      try {
        return Number(gp.ask({ trials: seen, suggestion: 30, feasible }).parameters["length"]);
      } catch (error) {
        assert.equal((error as GaitsmithError).code, "SPACE_INFEASIBLE");
        return Number.NaN;
      }
    };
    assert.ok(reach(view) > 0.05);
    assert.ok(Number.isNaN(reach(withoutEnds(view))), "that is too far from its own walk");
  });

  for (const name of ["random", "sobol", "grid", "cma-es", "particle-swarm"]) {
    it(`changes nothing for ${name}, which has no model of limits and counts its own members`, () => {
      const sampler = createSampler(name, {}, context);
      const walked = runStudy(sampler, 3, 40).map((trial): ObservedTrial => {
        const fallen = {
          state: "aborted",
          value: null,
          reports: [],
          constraints: [1.5],
          breached: 0,
        } as const;
        return trial.number % 3 === 0 ? { ...trial, ...fallen } : trial;
      });
      const shown = bracketView(walked, 40, hyperband, () => []);
      assert.ok(shown.some(({ endedElsewhere }) => endedElsewhere === "aborted"));
      for (let suggestion = 40; suggestion < 50; suggestion++) {
        const view = bracketView(walked, suggestion, hyperband, () => []);
        const ask = (trials: readonly ObservedTrial[]) =>
          sampler.ask({ trials, suggestion, feasible: () => true });
        assert.deepEqual(ask(view), ask(withoutEnds(view)));
      }
    });
  }

  for (const name of ["gp", "cma-es", "sobol", "grid"]) {
    it(`never lets ${name} begin two brackets with the same parameter sets`, () => {
      const sampler = createSampler(name, {}, context);
      const seen = {
        ...sampler,
        name,
        ask: (request: Parameters<typeof sampler.ask>[0]) =>
          sampler.ask({
            ...request,
            trials: bracketView(request.trials, request.suggestion, hyperband, () => []),
          }),
      };
      const walked = runStudy(seen, 3, 12);
      assert.ok(new Set(walked.map(({ suggestion }) => bracket(suggestion))).size > 1);
      const sets = new Set(walked.map(({ parameters }) => parameterKey(parameters)));
      assert.equal(sets.size, walked.length);
    });
  }
});
