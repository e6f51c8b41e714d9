/** What the CMA-ES sampler does with walks that wait, levels, an earlier search, and its options. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { Options } from "../../src/optimizer/options.ts";
import type { Sampler, SamplerContext } from "../../src/optimizer/sampler.ts";
import type { Parameter, ParameterSet, SearchSpace } from "../../src/optimizer/search-space.ts";
import { dimensionOf, levelBoundaries, valueAt } from "../../src/optimizer/space/dimension.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { CONTEXT, membership } from "./lived-study.ts";
import { trialAt } from "./trial-at.ts";

const unit = (name: string): Parameter => ({
  kind: "float",
  name,
  unit: "",
  low: 0,
  high: 1,
  log: false,
  step: null,
});
const cmaEs = (options: Options, context: Partial<SamplerContext> = {}): Sampler =>
  createSampler("cma-es", options, { ...CONTEXT, ...context });

function trial(number: number, change: Partial<ObservedTrial>): ObservedTrial {
  return trialAt(number, {}, { value: 0, ...change });
}

/** Walks `count` suggestions one after another. */
function walked(
  sampler: Sampler,
  count: number,
  reward: (parameters: ParameterSet) => number,
  trials: ObservedTrial[] = [],
): ObservedTrial[] {
  for (let i = 0; i < count; i++) {
    const suggestion = trials.length;
    const { parameters, bookkeeping } = sampler.ask({ trials, suggestion, feasible: () => true });
    trials.push(trial(suggestion, { parameters, bookkeeping, value: reward(parameters) }));
  }
  return trials;
}

const askNext = (sampler: Sampler, trials: readonly ObservedTrial[]) => {
  const suggestion = trials.length;
  const { parameters, bookkeeping, note } = sampler.ask({ trials, suggestion, feasible: () => true });
  return { parameters, note, ...membership(trial(suggestion, { bookkeeping })) };
};

const SIZE = 6;
const plain = (): Sampler => cmaEs({ populationSize: SIZE });
const someReward = (parameters: ParameterSet): number => -Math.abs(Number(parameters["length"]) - 0.3);

describe("a generation of CMA-ES", () => {
  it("waits for an interrupted walk and closes once it has been walked again", () => {
    const trials = walked(plain(), SIZE + 1, someReward).slice(0, SIZE);
    const [first] = trials;
    const interrupted = { ...first!, state: "interrupted", value: null } as const;
    const waiting = [interrupted, ...trials.slice(1)];
    const extra = askNext(plain(), waiting);
    assert.deepEqual(
      [extra.generation, extra.member],
      [0, SIZE],
      "one more is drawn, so that no robot waits",
    );
    waiting.push(trial(SIZE, { parameters: extra.parameters, bookkeeping: extra as never, value: 0 }));
    assert.equal(askNext(plain(), waiting).generation, 0, "enough are told, but one waits for its retry");
    const again = plain().ask({ trials: waiting, suggestion: 0, feasible: () => true });
    assert.deepEqual(again.parameters, first!.parameters);
    waiting.push({ ...first!, number: waiting.length });
    assert.equal(askNext(plain(), waiting).generation, 1);
  });

  it("draws an abandoned walk's place anew, from its own distribution", () => {
    const trials = walked(plain(), SIZE, someReward);
    const abandoned = trials.map((one, i) =>
      i === 2 ? ({ ...one, state: "abandoned", value: null } as const) : one,
    );
    const redrawn = askNext(plain(), abandoned);
    assert.deepEqual([redrawn.generation, redrawn.member], [0, 2]);
    assert.notDeepEqual(redrawn.point, membership(trials[2]!).point);
  });

  it("does not wait for walks that are still under way once enough have ended", () => {
    const trials = walked(plain(), SIZE, someReward);
    trials[1] = { ...trials[1]!, state: "running", value: null };
    const extra = askNext(plain(), trials);
    assert.deepEqual([extra.generation, extra.member], [0, SIZE]);
    trials.push(trial(SIZE, { parameters: extra.parameters, bookkeeping: extra as never, value: 0 }));
    const next = askNext(plain(), trials);
    assert.equal(next.generation, 1);
    assert.deepEqual(next.parents, [0, 2, 3, 4, 5, SIZE]);
  });
});

describe("bounds of CMA-ES", () => {
  it("are kept by drawing again, so that a corner does not fill up with clipped points", () => {
    const space = { parameters: [unit("a"), unit("b")] };
    const sampler = cmaEs({}, { space, start: { a: 0.02, b: 0.98 } });
    const points = walked(sampler, 6, () => 0).map(({ parameters }) =>
      [parameters["a"], parameters["b"]].map(Number),
    );
    for (const one of points.flat()) assert.ok(one > 0 && one < 1, `${one}`);
  });

  it("clip what cannot be drawn inside", () => {
    // In twenty dimensions with steps of ten ranges one draw in 10²⁶ is inside.
    const space = { parameters: Array.from({ length: 20 }, (_, i) => unit(`p${i}`)) };
    const [one] = walked(cmaEs({ sigma: 10 }, { space }), 1, () => 0);
    const values = Object.values(one!.parameters).map(Number);
    assert.ok(values.every((value) => value >= 0 && value <= 1));
    assert.ok(values.filter((value) => value === 0 || value === 1).length > 10);
    assert.deepEqual(membership(one!).point, values);
  });
});

describe("levels in CMA-ES", () => {
  const space: SearchSpace = {
    parameters: [
      unit("a"),
      unit("b"),
      { kind: "int", name: "level", unit: "", low: 0, high: 9, log: false, step: 1 },
    ],
  };
  /** The best level is 8, but it shows only where a and b are nearly right. */
  const reward = ({ a, b, level }: ParameterSet): number => {
    const distance = (Number(a) - 0.7) ** 2 + (Number(b) - 0.2) ** 2;
    return -distance - (distance < 1e-3 ? 1e-5 * Math.abs(Number(level) - 8) : 1e-5 * Number(level));
  };

  it("stay in reach with the margin, and freeze without it", () => {
    const arrived = (margin: boolean): number =>
      Array.from({ length: 10 }, (_, seed) => {
        const start = { a: 0.3, b: 0.5, level: 1 };
        const trials = walked(cmaEs({ margin }, { space, seed, start }), 400, reward);
        return trials.slice(-20).some(({ parameters }) => parameters["level"] === 8) ? 1 : 0;
      }).reduce<number>((sum, one) => sum + one, 0);
    const [without, kept] = [arrived(false), arrived(true)];
    assert.ok(kept >= 8 && kept > without + 2, `${kept} of 10 with the margin, ${without} without`);
  });

  it("end where the coordinates say, on either scale", () => {
    for (const log of [false, true]) {
      const dimension = dimensionOf({ kind: "int", name: "level", unit: "", low: 2, high: 9, log, step: 1 });
      const boundaries = levelBoundaries(dimension);
      assert.equal(boundaries.length, 7);
      for (const [i, boundary] of boundaries.entries()) {
        assert.equal(valueAt(dimension, boundary - 1e-9), 2 + i);
        assert.equal(valueAt(dimension, boundary + 1e-9), 3 + i);
      }
    }
  });

  it("are told as drawn", () => {
    const trials = walked(cmaEs({}, { space }), 60, reward);
    const off = trials.filter((one) => {
      const share = membership(one).point[2]! * 10;
      return Math.abs(share - Math.floor(share) - 0.5) > 1e-9;
    });
    assert.equal(off.length, trials.length, "raw points are not rounded to levels");
  });
});

describe("a warm start of CMA-ES", () => {
  const space = { parameters: [unit("a"), unit("b")] };
  const reward = ({ a, b }: ParameterSet): number => -((Number(a) - 0.8) ** 2) - (Number(b) - 0.1) ** 2;
  const known = Array.from({ length: 40 }, (_, i) => {
    const parameters = { a: ((i * 7) % 40) / 40, b: ((i * 11) % 40) / 40 };
    return trial(i, { parameters, role: "enqueued", value: reward(parameters) });
  });

  it("begins near the better of what was walked before, and says from which", () => {
    const warm = walked(cmaEs({ warmStart: true }, { space }), 12, reward, [...known]).slice(40);
    const best = [...known].sort((x, y) => y.value! - x.value!).slice(0, 4);
    const sources = best.map(({ suggestion }) => suggestion).sort((x, y) => x - y);
    assert.deepEqual(membership(warm[0]!).parents, sources);
    const cold = walked(cmaEs({}, { space }), 12, reward, [...known]).slice(40);
    const first = (trials: readonly ObservedTrial[]): number =>
      trials.slice(0, 6).reduce((sum, one) => sum + one.value!, 0) / 6;
    assert.ok(first(warm) > first(cold) / 2, `${first(warm)} against ${first(cold)}`);
  });

  it("stays as it was when better sets are walked later", () => {
    const trials = walked(cmaEs({ warmStart: true }, { space }), 2, reward, [...known]);
    const before = askNext(cmaEs({ warmStart: true }, { space }), trials);
    const later = trial(500, { role: "replicate", parameters: { a: 0.8, b: 0.1 }, value: 0 });
    const after = cmaEs({ warmStart: true }, { space }).ask({
      trials: [...trials, later],
      suggestion: trials.length,
      feasible: () => true,
    });
    assert.deepEqual(after.parameters, before.parameters);
  });

  it("is the usual start when nothing was walked before", () => {
    const [warm, cold] = [cmaEs({ warmStart: true }, { space }), cmaEs({}, { space })].map((one) =>
      askNext(one, []),
    );
    assert.deepEqual(warm, cold);
  });
});

describe("options of CMA-ES", () => {
  it("restart a converged search elsewhere, with a larger population, and say why", () => {
    const space = { parameters: [unit("a"), unit("b")] };
    const reward = ({ a, b }: ParameterSet): number => -((Number(a) - 0.8) ** 2) - (Number(b) - 0.1) ** 2;
    const sampler = cmaEs({ restarts: "ipop", toleranceX: 0.01 }, { space });
    const trials: ObservedTrial[] = [];
    let begun = "";
    while (begun === "" && trials.length < 600) {
      const { note } = askNext(sampler, trials);
      if (note.startsWith("restart 1, generation 1, member 1")) begun = note;
      walked(sampler, 1, reward, trials);
    }
    assert.match(begun, /member 1 of 12, σ 0.17; begun anew because no step is larger than 0.0017/);
    const anew = trials.at(-1)!.parameters;
    assert.ok(Math.hypot(Number(anew["a"]) - 0.8, Number(anew["b"]) - 0.1) > 0.01);
  });

  it("are refused when they make no sense", () => {
    for (const options of [{ restarts: "sometimes" }, { constants: "mine" }, { sigma: 0 }, { margin: 1 }]) {
      assert.throws(() => cmaEs(options), { code: "CONFIG_INVALID" }, JSON.stringify(options));
    }
  });

  it("leave categorical and conditional parameters to chance, without learning about them", () => {
    const space: SearchSpace = {
      parameters: [
        unit("a"),
        { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace"] },
        { ...unit("lift"), when: { parameter: "pattern", in: ["trot"] } } as Parameter,
      ],
    };
    const trials = walked(
      cmaEs({}, { space }),
      200,
      ({ pattern, a }) => (pattern === "trot" ? 1 : 0) + Number(a),
    );
    const trots = trials.slice(100).filter(({ parameters }) => parameters["pattern"] === "trot");
    assert.ok(trots.length > 30 && trots.length < 70, `${trots.length} of 100`);
    const lifts = trots.map(({ parameters }) => Number(parameters["lift"]));
    assert.ok(Math.min(...lifts) < 0.2 && Math.max(...lifts) > 0.8);
    const end = trials.slice(-8).map(({ parameters }) => Number(parameters["a"]));
    assert.ok(Math.min(...end) > 0.8, `${end}`);
  });
});
