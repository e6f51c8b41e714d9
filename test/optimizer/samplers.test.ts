/** Every sampler of the catalogue is one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { goodWalk, trialsOf } from "../../src/conformance/random-history.ts";
import { SPACES_BY_KIND } from "../../src/conformance/random-space.ts";
import { samplerConformance } from "../../src/conformance/sampler.ts";
import { createSampler, SAMPLER_NAMES } from "../../src/optimizer/catalogue.ts";
import type { Options } from "../../src/optimizer/options.ts";
import { contains } from "../../src/optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";

/** Fitting a model costs a hundred times a draw. PROPERTY_RUNS multiplies what is tried. */
const ROUNDS: Readonly<Record<string, number>> = { gp: 4, auto: 4, tpe: 12 };
const MORE = Number(process.env["PROPERTY_RUNS"] ?? 1);

/** So that a short history is enough to get past the first design, the first generation, the first moves. */
const SOON: Readonly<Record<string, Options>> = {
  gp: { startupTrials: 3 },
  auto: { modelTrials: 6 },
  tpe: { startupTrials: 3 },
  "cma-es": { populationSize: 4 },
  "particle-swarm": { particles: 3 },
};

for (const name of SAMPLER_NAMES) {
  const finite = name === "grid";
  samplerConformance(name, (context) => createSampler(name, {}, context), {
    finite,
    rounds: MORE * (name in SOON ? 2 : 20),
  });
  const soon = SOON[name];
  if (soon === undefined) continue;
  samplerConformance(
    `${name} with ${JSON.stringify(soon)}`,
    (context) => createSampler(name, soon, context),
    {
      rounds: MORE * (ROUNDS[name] ?? 20),
    },
  );
}

samplerConformance("grid in order", (context) => createSampler("grid", { shuffle: false }, context), {
  finite: true,
  seeded: false,
});

describe("values that are not finite, which no storage hands out", () => {
  const space = SPACES_BY_KIND["a bit of everything"]!;
  const context = { space, direction: "maximize", seed: 1, constraintCount: 1 } as const;
  const values = [Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 2, Number.NaN];
  for (const name of SAMPLER_NAMES) {
    it(`do not stop ${name}`, () => {
      const sampler = createSampler(name, SOON[name] ?? {}, context);
      const trials: ObservedTrial[] = [];
      for (const value of values) {
        const answer = sampler.ask({ trials, suggestion: trials.length, feasible: () => true });
        trials.push(...trialsOf(trials, answer, goodWalk(value), 1).map((trial) => ({ ...trial, value })));
      }
      const { parameters } = sampler.ask({ trials, suggestion: trials.length, feasible: () => true });
      assert.ok(contains(space, parameters));
    });
  }
});
