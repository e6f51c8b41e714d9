/** What every registered sampler promises in every space and after every history. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { GaitsmithError } from "../../src/errors.ts";
import { createSampler, SAMPLER_NAMES } from "../../src/optimizer/catalogue.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { Options } from "../../src/optimizer/options.ts";
import type { Feasibility, Sampler } from "../../src/optimizer/sampler.ts";
import type {
  FloatParameter,
  Parameter,
  ParameterSet,
  SearchSpace,
} from "../../src/optimizer/search-space.ts";
import { linearFeasibility } from "../../src/optimizer/space/linear-constraint.ts";
import { parameterKey } from "../../src/optimizer/space/parameter-key.ts";
import { contains } from "../../src/optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { randomOutcome, randomSpace, randomStudy, trialOf } from "./random-study.ts";

/** Fitting a model costs a hundred times a draw. PROPERTY_RUNS multiplies what is tried. */
const RUNS: Readonly<Record<string, number>> = { gp: 12 };
const runs = (name: string): { numRuns: number } => ({
  numRuns: (RUNS[name] ?? 60) * Number(process.env["PROPERTY_RUNS"] ?? 1),
});

/** So that a short history is enough to get past the first design, the first generation, the first moves. */
const OPTIONS: Readonly<Record<string, Options>> = {
  gp: { startupTrials: 3 },
  "cma-es": { populationSize: 4 },
  "particle-swarm": { particles: 3 },
};

const seeds = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
const histories = fc.array(randomOutcome, { minLength: 1, maxLength: 14 });

function make(name: string, space: SearchSpace, seed: number): Sampler {
  return createSampler(name, OPTIONS[name] ?? {}, { space, direction: "maximize", seed, constraintCount: 1 });
}

/** A grid may come to its end; everything else must answer. Whatever it answers must be in order. */
function ask(
  name: string,
  sampler: Sampler,
  space: SearchSpace,
  trials: readonly ObservedTrial[],
  suggestion: number,
  feasible: Feasibility = () => true,
): ParameterSet | null {
  try {
    const { parameters, bookkeeping, note } = sampler.ask({ trials, suggestion, feasible });
    assert.ok(contains(space, parameters), `outside of its space: ${JSON.stringify(parameters)}`);
    assert.ok(feasible(parameters), `not feasible: ${JSON.stringify(parameters)}`);
    assert.deepEqual(JSON.parse(JSON.stringify(bookkeeping)), bookkeeping, "bookkeeping is not JSON");
    assert.ok(note !== "" && !/NaN|undefined/.test(note), note);
    return parameters;
  } catch (error) {
    if (name === "grid" && error instanceof GaitsmithError && error.code === "SAMPLER_EXHAUSTED") return null;
    throw error;
  }
}

/** A study as long as the sampler has something to propose. */
function study(
  name: string,
  space: SearchSpace,
  seed: number,
  outcomes: readonly Parameters<typeof trialOf>[2][],
  feasible: Feasibility = () => true,
): ObservedTrial[] {
  const sampler = make(name, space, seed);
  const trials: ObservedTrial[] = [];
  for (const outcome of outcomes) {
    const suggestion = trials.length;
    if (ask(name, sampler, space, trials, suggestion, feasible) === null) break;
    trials.push(trialOf(suggestion, sampler.ask({ trials, suggestion, feasible }), outcome));
  }
  return trials;
}

for (const name of SAMPLER_NAMES) {
  describe(`sampler ${name}, in any space and after any history`, () => {
    it("suggests what is inside the space, the same again, and from a fresh instance too", () => {
      fc.assert(
        fc.property(randomSpace, seeds, histories, (space, seed, outcomes) => {
          const trials = study(name, space, seed, outcomes);
          const next = trials.length;
          const warm = make(name, space, seed);
          for (const cut of [Math.floor(next / 2), next]) {
            const before = trials.slice(0, cut);
            const one = ask(name, warm, space, before, cut);
            assert.deepEqual(ask(name, warm, space, before, cut), one);
            assert.deepEqual(ask(name, make(name, space, seed), space, before, cut), one);
            if (cut < next) assert.deepEqual(one, trials[cut]?.parameters);
          }
        }),
        runs(name),
      );
    });

    it("meets constraints between parameters", () => {
      fc.assert(
        fc.property(
          randomSpace,
          seeds,
          histories,
          fc.double({ min: 0.3, max: 1, noNaN: true }),
          (drawn, seed, outcomes, share) => {
            const space = { parameters: [...drawn.parameters, unitInterval("a"), unitInterval("b")] };
            const feasible = linearFeasibility(space, [
              { coefficients: { a: 1, b: 1 }, bound: share },
              { coefficients: { a: -1, b: 0.5 }, bound: 0.2 },
            ]);
            study(name, space, seed, outcomes, feasible);
          },
        ),
        runs(name),
      );
    });

    it("takes outcomes told in any order, and trials that are not its own", () => {
      fc.assert(
        fc.property(randomSpace, seeds, histories, fc.nat(), (space, seed, outcomes, shuffle) => {
          const own = study(name, space, seed, outcomes);
          const foreign = randomStudy(make("random", space, seed + 1), outcomes);
          const roles = ["enqueued", "seed-gait", "replicate", "suggested"] as const;
          const strangers = foreign.map((trial, i) => ({
            ...trial,
            suggestion: trial.suggestion + own.length,
            role: roles[i % roles.length]!,
            bookkeeping: STRANGE[i % STRANGE.length]!,
          }));
          const source = new RandomSource({ seed: shuffle, index: 0, stream: "test" });
          const all = [...own, ...strangers];
          const order = source.permutation(all.length);
          const told = Array.from(order, (i, number) => ({ ...all[i]!, number }));
          ask(name, make(name, space, seed), space, told, all.length);
        }),
        runs(name),
      );
    });

    it("takes one place walked over and over, and rewards that are all equal", () => {
      fc.assert(
        fc.property(randomSpace, seeds, histories, fc.nat(2), (space, seed, outcomes, kind) => {
          const trials = study(name, space, seed, outcomes);
          const first = trials[0]!;
          const spoilt = trials.map((trial): ObservedTrial => {
            const equal = {
              ...trial,
              state: "completed" as const,
              value: 0.2,
              constraints: [-0.5],
              breached: null,
            };
            if (kind === 0) return equal;
            const same = { ...trial, parameters: first.parameters, bookkeeping: first.bookkeeping };
            return kind === 1 ? same : { ...equal, ...same, state: "completed", value: 0.2 };
          });
          ask(name, make(name, space, seed), space, spoilt, trials.length);
        }),
        runs(name),
      );
    });

    it("takes rewards of any size, and none", () => {
      const values = [
        [0.3],
        [0, 5e-324, 0, 0, 5e-324],
        [1e300, -1e300, 1e308, 1e300, -1e308],
        [1e15, 1e15 + 1, 1e15, 1e15, 1e15 + 1],
        Array<number>(5).fill(Number.NaN),
        [Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 2, Number.NaN],
      ];
      for (const rewards of values) {
        const outcomes = rewards.map((value) => ({
          state: "completed" as const,
          value,
          steps: 2,
          walked: 9,
        }));
        const trials = study(name, GAIT_LIKE, 1, outcomes);
        ask(name, make(name, GAIT_LIKE, 1), GAIT_LIKE, trials, trials.length);
      }
    });

    it("says so when no parameter set is feasible", () => {
      const spaces = [GAIT_LIKE, { parameters: GAIT_LIKE.parameters.slice(2) }];
      for (const space of spaces)
        assert.throws(
          () => make(name, space, 1).ask({ trials: [], suggestion: 0, feasible: () => false }),
          (error) => error instanceof GaitsmithError && error.code === "SPACE_INFEASIBLE",
        );
      // Also when it has walked and only then nothing is left.
      const trials = study(
        name,
        GAIT_LIKE,
        1,
        Array(12).fill({ state: "completed", value: 1, steps: 2, walked: 3 }),
      );
      assert.throws(
        () => make(name, GAIT_LIKE, 1).ask({ trials, suggestion: trials.length, feasible: () => false }),
        (error) =>
          error instanceof GaitsmithError && ["SPACE_INFEASIBLE", "SAMPLER_EXHAUSTED"].includes(error.code),
      );
    });

    it("finds the one feasible choice among many", () => {
      const choices = Array.from({ length: 40 }, (_, i) => i);
      const space: SearchSpace = {
        parameters: [{ kind: "categorical", name: "p", unit: "", choices }, unitInterval("a")],
      };
      const feasible: Feasibility = ({ p, a }) => p === 17 && Number(a) < 0.3;
      const outcomes = Array.from({ length: 5 }, (_, i) => ({
        state: "completed" as const,
        value: i,
        steps: 1,
        walked: 1,
      }));
      const trials = study(name, space, 1, outcomes, feasible);
      assert.ok(trials.length > 0);
    });

    it("refuses a space that cannot be searched", () => {
      for (const [parameter, words] of BROKEN)
        assert.throws(
          () => make(name, { parameters: [parameter] }, 1),
          (error) =>
            error instanceof GaitsmithError && error.code === "SPACE_INVALID" && words.test(error.describe()),
          JSON.stringify(parameter),
        );
    });
  });
}

function unitInterval(parameter: string): FloatParameter {
  return { kind: "float", name: parameter, unit: "", low: 0, high: 1, log: false, step: null };
}

const GAIT_LIKE: SearchSpace = {
  parameters: [
    unitInterval("length"),
    { ...unitInterval("frequency"), low: 0.8, high: 5, log: true },
    { kind: "int", name: "level", unit: "", low: 1, high: 3, log: false, step: 1 },
    { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace"] },
  ],
};

/** Bookkeeping of other samplers, other spaces and other programs. */
const STRANGE: readonly ObservedTrial["bookkeeping"][] = [
  null,
  {},
  [],
  "generation 3",
  7,
  { point: "seven" },
  { point: -3 },
  { generation: 0, member: 0, point: [], parents: [] },
  { generation: -1, member: 1.5, point: [0.5], parents: [2] },
  { particle: 0, position: [2], velocity: [0] },
  { particle: "first", position: null, velocity: [] },
  { observations: 3, objective: [], constraints: {} },
];

const BROKEN: readonly (readonly [Parameter, RegExp])[] = [
  [{ ...unitInterval("p"), low: 1, high: 0 }, /lower bound 1 is above/],
  [{ ...unitInterval("p"), high: 0 }, /Both bounds/],
  [{ ...unitInterval("p"), log: true }, /logarithmic scale cannot begin at 0/],
  [{ ...unitInterval("p"), low: Number.NaN }, /not both finite/],
  [{ ...unitInterval("p"), high: Number.POSITIVE_INFINITY }, /not both finite/],
  [{ ...unitInterval("p"), step: 2 }, /wider than the range/],
  [{ ...unitInterval("p"), step: 0 }, /not a positive number/],
  [{ kind: "int", name: "p", unit: "", low: 0.5, high: 3, log: false, step: 1 }, /whole numbers/],
  [{ kind: "int", name: "p", unit: "", low: 0, high: 3, log: true, step: 1 }, /logarithmic/],
  [{ kind: "categorical", name: "p", unit: "", choices: [] }, /no choices/],
  [{ kind: "categorical", name: "p", unit: "", choices: ["a", "a"] }, /lists a choice twice/],
  [{ ...unitInterval("p"), when: { parameter: "q", in: [1] } }, /does not stand before it/],
];

describe("the random spaces and histories", () => {
  it("hold what they are for", () => {
    const seen = new Set<string>();
    for (const space of fc.sample(randomSpace, { numRuns: 200, seed: 1 }))
      for (const parameter of space.parameters) {
        seen.add(parameter.when === undefined ? parameter.kind : "conditional");
        if (parameter.kind !== "categorical" && parameter.log) seen.add(`log ${parameter.kind}`);
        if (parameter.kind === "float" && parameter.step !== null) seen.add("step");
        if (parameter.kind !== "categorical" && parameter.low === parameter.high) seen.add("constant");
      }
    assert.deepEqual(
      [...seen].sort(),
      ["categorical", "conditional", "constant", "float", "int", "log float", "log int", "step"].sort(),
    );
    const outcomes = fc.sample(randomOutcome, { numRuns: 300, seed: 1 });
    const trials = outcomes.map((outcome) => trialOf(0, { parameters: {}, bookkeeping: null }, outcome));
    assert.ok(trials.some(({ value }) => Number.isNaN(value)) && trials.some(({ value }) => value === 1e300));
    assert.equal(new Set(trials.map(({ state }) => state)).size, 6);
    assert.equal(parameterKey({ a: -0 }), parameterKey({ a: 0 }));
  });
});
