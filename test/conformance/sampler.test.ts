/** The suite for samplers passes one that keeps its promises, and fails each of those that break one. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { randomWalk, trialsOf } from "../../src/conformance/random-history.ts";
import { randomSpace, SPACES_BY_KIND } from "../../src/conformance/random-space.ts";
import { samplerConformance } from "../../src/conformance/sampler.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { Sampler, SamplerContext, Suggestion } from "../../src/optimizer/sampler.ts";
import { particleSwarmSampler } from "../../src/optimizer/samplers/particle-swarm.ts";
import { randomSampler } from "../../src/optimizer/samplers/random.ts";
import type { ParameterSet } from "../../src/optimizer/search-space.ts";
import { validateSpace } from "../../src/optimizer/space/validate-space.ts";
import type { JsonValue, ObservedTrial } from "../../src/optimizer/trial.ts";
import { brokenPromises } from "./broken-promises.ts";

type Create = (context: SamplerContext) => Sampler;

const broken = (create: Create, which?: RegExp): string[] =>
  brokenPromises((register) => samplerConformance("mutant", create, { register }), which);

/** Random search whose every answer is changed. */
function altered(alter: (answer: Suggestion, context: SamplerContext) => Suggestion): Create {
  return (context) => {
    const sound = randomSampler(context);
    return { ...sound, ask: (request) => alter(sound.ask(request), context) };
  };
}

const withParameters = (
  change: (parameters: ParameterSet, context: SamplerContext) => ParameterSet,
): Create => altered((answer, context) => ({ ...answer, parameters: change(answer.parameters, context) }));

/** Random search of another suggestion, by what the instance or the trials have in store. */
function displaced(by: (trials: readonly ObservedTrial[], suggestion: number) => number): Create {
  return (context) => {
    const sound = randomSampler(context);
    return {
      ...sound,
      ask: (request) => sound.ask({ ...request, suggestion: 1000 + by(request.trials, request.suggestion) }),
    };
  };
}

/** Draws until something of this history comes up, where it cannot go on. */
function failingWhere(cannot: (trials: readonly ObservedTrial[]) => boolean): Create {
  return (context) => {
    const sound = randomSampler(context);
    return {
      ...sound,
      ask: (request) => {
        assert.ok(!(request.trials.length > 0 && cannot(request.trials)));
        return sound.ask(request);
      },
    };
  };
}

const all =
  (test: (trial: ObservedTrial) => boolean) =>
  (trials: readonly ObservedTrial[]): boolean =>
    trials.length > 4 && trials.every(test);

/** What is wrong with each, and the check that must say so. */
const MUTANTS: readonly (readonly [string, RegExp, Create])[] = [
  [
    "leaves the space by its upper end",
    /^stays inside a space of one float/,
    withParameters((parameters, { space }) => {
      const [first] = space.parameters;
      if (first?.kind !== "float") return parameters;
      return { ...parameters, [first.name]: first.high + 0.1 * (first.high - first.low) };
    }),
  ],
  [
    "stands between the steps",
    /^stays inside a space of floats with a step/,
    withParameters((parameters, { space }) => {
      const stepped = space.parameters.find((one) => one.kind === "float" && one.step !== null);
      if (stepped?.kind !== "float" || stepped.when !== undefined) return parameters;
      return { ...parameters, [stepped.name]: stepped.low + 0.5 * Number(stepped.step) };
    }),
  ],
  [
    "gives parameters whose condition does not hold",
    /^stays inside a space of conditional parameters/,
    withParameters((parameters, { space }) => ({
      ...Object.fromEntries(
        space.parameters.map((one) => [one.name, one.kind === "categorical" ? one.choices[0]! : one.low]),
      ),
      ...parameters,
    })),
  ],
  [
    "writes numbers as text",
    /^stays inside any space/,
    withParameters((parameters) =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, value]) => [
          name,
          typeof value === "number" ? String(value) : value,
        ]),
      ),
    ),
  ],
  [
    "asks nobody what is feasible",
    /^suggests only what is feasible/,
    (context) => {
      const sound = randomSampler(context);
      return { ...sound, ask: (request) => sound.ask({ ...request, feasible: () => true }) };
    },
  ],
  [
    "gives up after a few draws",
    /^finds what is feasible where that is little/,
    (context) => {
      const sound = randomSampler(context);
      return {
        ...sound,
        ask: (request) => {
          let draws = 0;
          const feasible = (parameters: ParameterSet): boolean => {
            assert.ok(++draws < 20, "given up");
            return request.feasible(parameters);
          };
          return sound.ask({ ...request, feasible });
        },
      };
    },
  ],
  [
    "throws an error without a code",
    /^throws SPACE_INFEASIBLE/,
    (context) => {
      const sound = randomSampler(context);
      return {
        ...sound,
        ask: (request) => {
          try {
            return sound.ask(request);
          } catch (cause) {
            throw new Error("nothing found", { cause });
          }
        },
      };
    },
  ],
  [
    "comes to an end unannounced",
    /^survives a history of equal rewards/,
    (context) => {
      const sound = randomSampler(context);
      return {
        ...sound,
        ask: (request) => {
          if (request.trials.length > 8)
            throw new GaitsmithError("SAMPLER_EXHAUSTED", { what: "all walked" });
          return sound.ask(request);
        },
      };
    },
  ],
  [
    "remembers how often it was asked",
    /^answers the same again/,
    (context) => {
      let asked = 0;
      return displaced((_, suggestion) => suggestion + asked++)(context);
    },
  ],
  [
    "remembers its answer to a suggestion, whatever has been told since",
    /^answers the same again/,
    (context) => {
      const sound = displaced((trials, suggestion) => suggestion + 100 * trials.length)(context);
      const answers = new Map<number, Suggestion>();
      return {
        ...sound,
        ask: (request) => {
          const answer = answers.get(request.suggestion % 3) ?? sound.ask(request);
          answers.set(request.suggestion % 3, answer);
          return answer;
        },
      };
    },
  ],
  [
    "knows trials by their identity",
    /^answers the same again/,
    (context) => {
      return displaced((trials) => trials.filter((trial) => seen.has(trial) || !seen.add(trial)).length)(
        context,
      );
    },
  ],
  [
    "sorts the trials in place",
    /^changes nothing that it is given/,
    (context) => {
      const sound = randomSampler(context);
      return {
        ...sound,
        ask: (request) => {
          (request.trials as ObservedTrial[]).sort((a, b) => b.walked - a.walked);
          return sound.ask(request);
        },
      };
    },
  ],
  [
    "ignores its seed",
    /^begins differently with another seed/,
    (context) => randomSampler({ ...context, seed: 1 }),
  ],
  [
    "takes 32 bits of its seed",
    /^begins differently with another seed/,
    (context) => randomSampler({ ...context, seed: context.seed | 0 }),
  ],
  ["says nothing", /^says in one line/, altered((answer) => ({ ...answer, note: " " }))],
  ["says too much", /^says in one line/, altered((answer) => ({ ...answer, note: "one\ntwo" }))],
  [
    "says what it does not know",
    /^says in one line/,
    altered((answer) => ({ ...answer, note: `log EI ${Number.NaN}` })),
  ],
  ...(
    [
      ["nothing", undefined],
      ["what JSON lacks", { best: Number.NaN }],
      ["an array of its own type", new Float64Array([0.5])],
    ] as const
  ).map(
    ([words, bookkeeping]) =>
      [
        `keeps books of ${words}`,
        /^says in one line/,
        altered((answer) => ({ ...answer, bookkeeping: bookkeeping as unknown as JsonValue })),
      ] as const,
  ),
  [
    "learns from interrupted walks",
    /^takes interrupted and abandoned walks/,
    displaced((trials) =>
      Math.round(trials.reduce((sum, trial) => sum + (trial.state === "completed" ? 0 : trial.walked), 0)),
    ),
  ],
  ...(
    [
      ["aborts", /^survives a history of nothing but aborts/, (trial) => trial.state === "aborted"],
      [
        "interruptions",
        /^survives a history of nothing but interr/,
        (trial) => trial.state === "interrupted",
      ],
      ["abandoned walks", /^survives a history of nothing but aband/, (trial) => trial.state === "abandoned"],
      ["pending walks", /^survives a history of nothing told yet/, (trial) => trial.state === "running"],
      ["enqueued walks", /^survives .* nothing that is its own/, (trial) => trial.role === "enqueued"],
      ["walks without a reward", /^survives .* could not be computed/, ({ value }) => value === null],
      ["equal rewards", /^survives a history of equal rewards/, ({ value }) => value === 0.2],
    ] as const satisfies readonly (readonly [string, RegExp, (trial: ObservedTrial) => boolean])[]
  ).map(
    ([words, check, test]) => [`knows no way on after ${words}`, check, failingWhere(all(test))] as const,
  ),
  [
    "knows no way on after one set over and over",
    /^survives a history of one set over and over$/,
    failingWhere(
      (trials) => trials.length > 4 && new Set(trials.map(({ parameters }) => parameters)).size === 1,
    ),
  ],
  [
    "squares rewards",
    /^takes rewards of any size/,
    failingWhere((trials) => trials.some(({ value }) => !Number.isFinite(Number(value) ** 2))),
  ],
  [
    "trusts any bookkeeping to be its own",
    /^takes outcomes told in any order/,
    failingWhere((trials) => trials.some(({ bookkeeping }) => bookkeeping === 7)),
  ],
];

const seen = new WeakSet<ObservedTrial>();

describe("the conformance suite for samplers", () => {
  it("passes samplers that keep their promises", () => {
    assert.deepEqual(broken(randomSampler), []);
    assert.deepEqual(broken(particleSwarmSampler), []);
  });

  it("asks no seed of a sampler without randomness, and lets a finite one come to its end", () => {
    const traits = { seeded: false, finite: true };
    const constant: Create = (context) => {
      const sound = randomSampler({ ...context, seed: 1 });
      return {
        ...sound,
        ask: (request) => {
          if (request.trials.length > 8)
            throw new GaitsmithError("SAMPLER_EXHAUSTED", { what: "all walked" });
          return sound.ask(request);
        },
      };
    };
    const found = brokenPromises((register) => samplerConformance("", constant, { ...traits, register }));
    assert.deepEqual(found, []);
  });

  for (const [what, check, create] of MUTANTS) {
    it(`fails one that ${what}`, () => {
      assert.notDeepEqual(broken(create, check), [], "it passes the check");
    });
  }
});

describe("the random spaces and histories", () => {
  const draws = Array.from(
    { length: 300 },
    (_, index) => new RandomSource({ seed: 1, index, stream: "test" }),
  );

  it("hold every kind of parameter", () => {
    const kinds = new Set<string>();
    for (const space of draws.map(randomSpace)) {
      validateSpace(space);
      const byName = new Map(space.parameters.map((one) => [one.name, one]));
      for (const parameter of space.parameters) {
        kinds.add(parameter.kind);
        const parent = byName.get(parameter.when?.parameter ?? "");
        if (parent !== undefined) kinds.add(`under ${parent.kind}`);
        if (parent?.when !== undefined) kinds.add("nested condition");
        if (parameter.kind !== "categorical" && parameter.log) kinds.add(`log ${parameter.kind}`);
        if (parameter.kind === "float" && parameter.step !== null) kinds.add("step");
        if (parameter.kind === "int" && parameter.low === parameter.high) kinds.add("constant");
      }
    }
    assert.deepEqual([...kinds].sort(), [
      "categorical",
      "constant",
      "float",
      "int",
      "log float",
      "log int",
      "nested condition",
      "step",
      "under categorical",
      "under int",
    ]);
    for (const space of Object.values(SPACES_BY_KIND)) validateSpace(space);
  });

  it("hold every end of a walk, as a study tells it", () => {
    const trials: ObservedTrial[] = [];
    for (const source of draws) {
      const answer = { parameters: {}, bookkeeping: null, note: "" };
      trials.push(...trialsOf(trials, answer, randomWalk(source, 2), 2));
    }
    assert.equal(new Set(trials.map(({ state }) => state)).size, 6);
    assert.deepEqual(
      trials.map(({ number }) => number),
      trials.map((_, index) => index),
    );
    const retries = trials.filter(({ suggestion }, i) => suggestion === trials[i - 1]?.suggestion);
    assert.ok(retries.length > 0 && trials.some(({ role }) => role === "replicate"));
    for (const { state, value, constraints, breached } of trials) {
      assert.ok(value === null || Number.isFinite(value));
      if (breached !== null) assert.ok(state === "aborted" && constraints[breached]! >= 1);
      if (state === "running") assert.deepEqual([value, constraints], [null, []]);
    }
    assert.ok(trials.some(({ state, value }) => state === "completed" && value === null));
    assert.ok(trials.some(({ state, breached }) => state === "aborted" && breached === null));
  });
});
