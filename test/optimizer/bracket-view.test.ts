import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bracketView } from "../../src/optimizer/bracket-view.ts";
import { createPruner, createSampler } from "../../src/optimizer/catalogue.ts";
import { parameterKey } from "../../src/optimizer/space/parameter-key.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { GAIT_SPACE, runStudy } from "./walked-study.ts";

const SPACE = { parameters: GAIT_SPACE.parameters.slice(0, 3) };
const context = { space: SPACE, direction: "maximize", seed: 3, constraintCount: 1 } as const;
const hyperband = createPruner("hyperband", { maxResource: 9 }, { study: "gait" });
const bracket = (suggestion: number): number => hyperband.bracketOf?.(suggestion, []) ?? Number.NaN;
const trials = runStudy(createSampler("random", {}, context), 3, 20);

describe("a sampler's view of a bracket", () => {
  it("holds the bracket's own suggestions as they are, and others as trials that say nothing", () => {
    const view = bracketView(trials, 30, hyperband, () => []);
    assert.equal(view.length, trials.length);
    const others = new Set<number>();
    for (const [number, seen] of view.entries()) {
      if (bracket(number) === bracket(30)) {
        assert.equal(seen, trials[number]);
        continue;
      }
      others.add(bracket(number));
      const { suggestion, role, state, reports, value } = seen;
      assert.deepEqual(
        { suggestion, role, state, reports, value },
        { suggestion: number, role: "suggested", state: "abandoned", reports: [], value: null },
      );
    }
    assert.ok(others.size > 0, "20 trials fall into several brackets");
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
