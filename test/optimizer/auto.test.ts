/** `auto` is one of the other samplers at any time: which one, and that it hands over. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { SamplerContext } from "../../src/optimizer/sampler.ts";
import type { SearchSpace } from "../../src/optimizer/search-space.ts";
import { GAIT_SPACE, runStudy } from "./walked-study.ts";

const NUMERIC: SearchSpace = { parameters: GAIT_SPACE.parameters.slice(0, 3) };
const CONDITIONAL: SearchSpace = GAIT_SPACE;
const CATEGORICAL: SearchSpace = { parameters: GAIT_SPACE.parameters.slice(0, 4) };

const contextOf = (space: SearchSpace): SamplerContext => ({
  space,
  direction: "maximize",
  seed: 4,
  constraintCount: 1,
});

describe("sampler auto", () => {
  const HANDOVER = 14;
  const cases = [
    { space: NUMERIC, early: "gp", late: "cma-es" },
    { space: CATEGORICAL, early: "gp", late: "tpe" },
    { space: CONDITIONAL, early: "tpe", late: "tpe" },
  ];
  for (const { space, early, late } of cases) {
    const names = space.parameters.map(({ name }) => name).join(", ");
    it(`walks (${names}) with ${early}, then with ${late}`, () => {
      const context = contextOf(space);
      const auto = createSampler("auto", { modelTrials: HANDOVER }, context);
      const trials = runStudy(auto, 4, HANDOVER + 6);
      const options = { gp: {}, tpe: {}, "cma-es": { warmStart: true } };
      for (const suggestion of [3, 12, HANDOVER + 4]) {
        const request = { trials: trials.slice(0, suggestion), suggestion, feasible: () => true };
        const name = (suggestion < HANDOVER ? early : late) as keyof typeof options;
        const own = createSampler(name, options[name], context).ask(request);
        const answer = auto.ask(request);
        assert.deepEqual(answer.parameters, own.parameters);
        assert.equal(answer.note, `${name}: ${own.note}`);
      }
    });
  }

  it("answers a retry with the sampler that made the suggestion", () => {
    const context = contextOf(NUMERIC);
    const auto = createSampler("auto", { modelTrials: HANDOVER }, context);
    const trials = runStudy(auto, 4, HANDOVER + 6);
    const { note } = auto.ask({ trials, suggestion: HANDOVER - 1, feasible: () => true });
    assert.match(note, /^gp: /);
  });

  it("hands over by what was suggested, a set that came twice counted twice: each walk is a row of the process", () => {
    // Two sets in all, so that most suggestions repeat one.
    const level = { kind: "int", name: "level", unit: "", low: 1, high: 2, log: false, step: 1 } as const;
    const parameters = [level];
    const auto = createSampler("auto", { modelTrials: 4 }, contextOf({ parameters }));
    const trials = [1, 2, 1, 2].map((value, suggestion) => ({
      ...runStudy(auto, 4, 1)[0]!,
      number: suggestion,
      suggestion,
      parameters: { level: value },
    }));
    const noteAfter = (count: number): string => {
      const request = { trials: trials.slice(0, count), suggestion: count, feasible: () => true };
      return auto.ask(request).note;
    };
    assert.match(noteAfter(3), /^gp: /);
    assert.match(noteAfter(4), /^cma-es: /);
  });
});
