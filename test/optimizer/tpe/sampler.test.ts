/** What the tree-structured Parzen estimator adds to what every sampler promises. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSampler } from "../../../src/optimizer/catalogue.ts";
import type { Options } from "../../../src/optimizer/options.ts";
import type { Feasibility, Sampler, SamplerContext } from "../../../src/optimizer/sampler.ts";
import type { Parameter, ParameterSet, SearchSpace } from "../../../src/optimizer/search-space.ts";
import { contains, unitSpace } from "../../../src/optimizer/space/unit-space.ts";
import { subspaces } from "../../../src/optimizer/tpe/subspaces.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../trial-at.ts";
import { GAIT_SPACE, runStudy } from "../walked-study.ts";

const float = (name: string, when?: Parameter["when"]): Parameter => ({
  kind: "float",
  name,
  unit: "",
  low: 0,
  high: 1,
  log: false,
  step: null,
  ...(when === undefined ? {} : { when }),
});

const MIXED: SearchSpace = {
  parameters: [
    float("x"),
    { kind: "float", name: "rate", unit: "", low: 0.01, high: 10, log: true, step: null },
    { kind: "int", name: "count", unit: "", low: 0, high: 20, log: false, step: 1 },
    { kind: "categorical", name: "gait", unit: "", choices: ["trot", "pace", "bound"] },
  ],
};

/** Best, 0, at x 0.7, rate 1, count 5, trot. */
function mixedReward({ x, rate, count, gait }: ParameterSet): number {
  const wrong = gait === "trot" ? 0 : gait === "pace" ? 0.3 : 0.6;
  return -(
    4 * (Number(x) - 0.7) ** 2 +
    0.2 * Math.log(Number(rate)) ** 2 +
    0.01 * (Number(count) - 5) ** 2 +
    wrong
  );
}

const BRANCHES: SearchSpace = {
  parameters: [
    float("x"),
    { kind: "categorical", name: "gait", unit: "", choices: ["trot", "pace"] },
    float("a", { parameter: "gait", in: ["trot"] }),
    float("b", { parameter: "gait", in: ["trot"] }),
    float("c", { parameter: "gait", in: ["pace"] }),
    float("y"),
  ],
};

function told(number: number, parameters: ParameterSet, value: number): ObservedTrial {
  return trialAt(number, parameters, { value, constraints: [-0.5] });
}

function study(
  name: string,
  context: SamplerContext,
  reward: (parameters: ParameterSet) => number,
  count: number,
  feasible: Feasibility = () => true,
  options = {},
): ObservedTrial[] {
  const sampler = createSampler(name, options, context);
  const trials: ObservedTrial[] = [];
  for (let number = 0; number < count; number++) {
    const { parameters } = sampler.ask({ trials, suggestion: number, feasible });
    trials.push(told(number, parameters, reward(parameters)));
  }
  return trials;
}

const contextOf = (
  space: SearchSpace,
  seed: number,
  direction: SamplerContext["direction"] = "maximize",
) => ({
  space,
  direction,
  seed,
  constraintCount: 1,
});

const best = (trials: readonly ObservedTrial[]): number => Math.max(...trials.map(({ value }) => value!));

describe("TPE sampler", () => {
  for (const options of [{}, { multivariate: false }, { group: false }, { candidates: 8 }]) {
    it(`finds better parameters of every kind than random search, with ${JSON.stringify(options)}`, () => {
      const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
      const wins = seeds.filter((seed) => {
        const context = contextOf(MIXED, seed);
        const found = best(study("tpe", context, mixedReward, 60, () => true, options));
        return found > best(study("random", context, mixedReward, 60));
      });
      assert.ok(wins.length >= 8, `better with seeds ${wins.join()}`);
    });
  }

  it("minimises as it maximises", () => {
    const up = study("tpe", contextOf(MIXED, 4), mixedReward, 30);
    const down = study("tpe", contextOf(MIXED, 4, "minimize"), (set) => -mixedReward(set), 30);
    assert.deepEqual(
      down.map(({ parameters }) => parameters),
      up.map(({ parameters }) => parameters),
    );
  });

  it("begins with the space-filling design and goes on once as many sets have been walked as asked for", () => {
    const sampler = createSampler("tpe", { startupTrials: 4 }, contextOf(MIXED, 1));
    const notes: string[] = [];
    const trials: ObservedTrial[] = [];
    for (let number = 0; number < 6; number++) {
      const { parameters, note } = sampler.ask({ trials, suggestion: number, feasible: () => true });
      notes.push(note);
      trials.push({
        ...told(number, parameters, mixedReward(parameters)),
        ...(number === 1 ? { state: "interrupted", value: null } : {}),
      });
    }
    assert.deepEqual(
      notes.map((note) => /start-up (\d+)/.exec(note)?.[1] ?? "model"),
      ["1", "2", "3", "4", "5", "model"],
    );
  });

  it("keeps away from what is being walked", () => {
    const space: SearchSpace = { parameters: [float("x"), float("y")] };
    const reward = ({ x, y }: ParameterSet): number => -((Number(x) - 0.4) ** 2) - (Number(y) - 0.6) ** 2;
    let alone = 0;
    let crowded = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const context = contextOf(space, seed);
      const trials = study("tpe", context, reward, 40);
      const good = trials.reduce((most, trial) => (trial.value! > most.value! ? trial : most)).parameters;
      const pending = Array.from(
        { length: 4 },
        (_, k): ObservedTrial => ({
          ...told(40 + k, good, 0),
          state: "running",
          value: null,
          constraints: [],
        }),
      );
      const sampler = createSampler("tpe", {}, context);
      const near = (history: readonly ObservedTrial[]): number =>
        Array.from({ length: 40 }, (_, k) => {
          const request = { trials: history, suggestion: 50 + k, feasible: () => true };
          const { x, y } = sampler.ask(request).parameters;
          return Math.hypot(Number(x) - Number(good["x"]), Number(y) - Number(good["y"]));
        }).filter((distance) => distance < 0.05).length;
      alone += near(trials);
      crowded += near([...trials, ...pending]);
    }
    assert.ok(crowded < 0.5 * alone, `of 400 beside walks under way ${crowded}, without them ${alone}`);
  });

  it("falls far less than one that is not told of aborted walks", () => {
    const space: SearchSpace = { parameters: GAIT_SPACE.parameters.slice(0, 2) };
    const falls = (told: (trial: ObservedTrial) => boolean): number =>
      [1, 2, 3, 4].reduce((sum, seed) => {
        const tpe = createSampler("tpe", {}, contextOf(space, seed));
        const sampler: Sampler = {
          name: "tpe",
          ask: (request) => tpe.ask({ ...request, trials: request.trials.filter(told) }),
        };
        const trials = runStudy(sampler, seed, 50);
        return sum + trials.slice(20).filter(({ state }) => state === "aborted").length;
      }, 0);
    const knowing = falls(() => true);
    const blind = falls(({ state }) => state !== "aborted");
    assert.ok(knowing < 0.5 * blind, `fell ${knowing} times, without knowing of falls ${blind} times`);
  });

  it("stays in a narrow feasible strip, also where its best parts together would leave it", () => {
    const feasible = ({ x, y, a, b }: ParameterSet): boolean =>
      Math.abs(Number(x) - Number(y)) < 0.1 && (a === undefined || Number(a) + Number(b) < Number(x));
    const reward = ({ x, y, a = 0, b = 0 }: ParameterSet): number =>
      Number(x) - Number(y) + Number(a) + Number(b);
    for (const options of [{}, { multivariate: false }, { group: false }]) {
      const trials = study("tpe", contextOf(BRANCHES, 2), reward, 60, feasible, options);
      for (const { parameters } of trials) {
        assert.ok(contains(BRANCHES, parameters) && feasible(parameters), JSON.stringify(parameters));
      }
    }
  });

  it("looks everywhere when nothing near the good walks is feasible, and says so when nothing is", () => {
    const trials = study("tpe", contextOf(MIXED, 1), mixedReward, 40);
    const sampler = createSampler("tpe", {}, contextOf(MIXED, 1));
    const elsewhere = ({ x, gait }: ParameterSet): boolean => gait === "bound" && Number(x) < 0.01;
    const { parameters } = sampler.ask({ trials, suggestion: 40, feasible: elsewhere });
    assert.ok(elsewhere(parameters));
    for (const history of [trials, []]) {
      assert.throws(() => sampler.ask({ trials: history, suggestion: 40, feasible: () => false }), {
        code: "SPACE_INFEASIBLE",
      });
    }
  });

  it("refuses an option it does not have", () => {
    assert.throws(() => createSampler("tpe", { gamma: 0.1 }, contextOf(MIXED, 1)), {
      code: "CONFIG_INVALID",
    });
  });
});

describe("parts of a conditional space", () => {
  const unit = unitSpace(BRANCHES);
  it("are what exists under one condition, or single parameters", () => {
    assert.deepEqual(subspaces(unit, true, true), [[0, 1, 5], [2, 3], [4]]);
    assert.deepEqual(subspaces(unit, true, false), [[0, 1, 5], [2], [3], [4]]);
    assert.deepEqual(subspaces(unit, false, true), [[0], [1], [2], [3], [4], [5]]);
  });

  it("are learnt from the walks that have them", () => {
    // Good trots have a = b; which of them differs between walks. Pace is bad and says nothing about a and b.
    const trials = Array.from({ length: 100 }, (_, k): ObservedTrial => {
      const [u, v] = [(k % 10) / 10 + 0.05, ((k * 7) % 10) / 10 + 0.05];
      if (k % 4 === 3) return told(k, { x: 0.5, y: 0.5, gait: "pace", c: u }, -9);
      const b = k % 2 === 0 ? u : v;
      return told(k, { x: 0.5, y: 0.5, gait: "trot", a: u, b }, -Math.abs(u - b));
    });
    const apart = (options: Options): number => {
      let sum = 0;
      for (let suggestion = 100; suggestion < 140; suggestion++) {
        const sampler = createSampler("tpe", options, contextOf(BRANCHES, 1));
        const { parameters } = sampler.ask({ trials, suggestion, feasible: () => true });
        if (parameters["gait"] !== "trot") continue;
        sum += Math.abs(Number(parameters["a"]) - Number(parameters["b"])) / 40;
      }
      return sum;
    };
    const [jointly, singly] = [apart({ group: true }), apart({ group: false })];
    assert.ok(jointly < 0.7 * singly, `|a − b| is ${jointly} jointly and ${singly} singly`);
  });
});
