import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import { champion } from "../../src/optimizer/champion.ts";
import { logSafety } from "../../src/optimizer/gaussian-process/acquisition.ts";
import { constraintModels } from "../../src/optimizer/gaussian-process/constraint-model.ts";
import { withinTrustRegion } from "../../src/optimizer/gaussian-process/trust-region.ts";
import type { ParameterSet, SearchSpace } from "../../src/optimizer/search-space.ts";
import { decode, encode, unitSpace } from "../../src/optimizer/space/unit-space.ts";
import type { JsonValue, ObservedTrial } from "../../src/optimizer/trial.ts";
import { trialAt } from "./trial-at.ts";
import { GAIT_SPACE, runStudy, walk } from "./walked-study.ts";

const SPACE: SearchSpace = { parameters: GAIT_SPACE.parameters.slice(0, 2) };
const context = (seed: number) => ({
  space: SPACE,
  direction: "maximize" as const,
  seed,
  constraintCount: 1,
});

describe("Gaussian process sampler", () => {
  it("finds the edge of a cliff and falls less than random search does", () => {
    const falls = (name: string): number =>
      [1, 2, 3, 4].reduce((sum, seed) => {
        const trials = runStudy(createSampler(name, {}, context(seed)), seed, 30);
        return sum + trials.slice(15).filter(({ state }) => state === "aborted").length;
      }, 0);
    assert.ok(falls("gp") < falls("random"), `gp fell ${falls("gp")}, random ${falls("random")}`);
  });

  it("ends with a champion close to the best there is", () => {
    // The best is the longest step at 2 Hz: 0.32, and it stands well inside the cliff.
    for (const seed of [1, 2, 3]) {
      const trials = runStudy(createSampler("gp", {}, context(seed)), seed, 30);
      const found = champion(trials, SPACE, "maximize");
      const length = Number(found?.params["length"]);
      const frequency = Number(found?.params["frequency"]);
      const speed = length * 4 * Math.exp(-(Math.log(frequency / 2) ** 2));
      assert.ok(speed > 0.95 * 0.32, `seed ${seed}: ${speed}`);
    }
  });

  it("gives recorded falls next to no chance, and safe ground a good one", () => {
    const unit = unitSpace(SPACE);
    const trials = runStudy(createSampler("random", {}, context(1)), 1, 40);
    const models = constraintModels(unit, trials, 1);
    const safety = (state: string): number[] =>
      trials
        .filter((trial) => trial.state === state)
        .map(({ parameters }) => Math.exp(logSafety(models, encode(unit, parameters))));
    assert.ok(safety("aborted").length > 5);
    assert.ok(Math.max(...safety("aborted")) < 0.25, `${Math.max(...safety("aborted"))}`);
    const held = safety("completed");
    assert.ok(held.reduce((sum, p) => sum + p, 0) / held.length > 0.85);
  });

  // By 0.26, because longer length-scales are learnt; with the average of the limit's values as prior mean by 0.39.
  it("hardly takes far places for safer because one place is walked again and again", () => {
    const unit = unitSpace(SPACE);
    const at = (number: number, x: number, y: number, constraint: number) =>
      trialAt(number, decode(unit, Float64Array.of(x, y)), {
        value: constraint > 0 ? null : 0.2,
        state: constraint > 0 ? "aborted" : "completed",
        breached: constraint > 0 ? 0 : null,
        constraints: [constraint],
      });
    const scattered = [
      at(0, 0.1, 0.1, -0.7),
      at(1, 0.9, 0.2, 1.5),
      at(2, 0.5, 0.5, -0.6),
      at(3, 0.9, 0.8, 1.6),
    ];
    const again = Array.from({ length: 20 }, (_, i) => at(4 + i, 0.1, 0.1 + 0.002 * i, -0.7));
    const far = Float64Array.of(0, 1);
    const [few, many] = [scattered, [...scattered, ...again]].map((trials) =>
      Math.exp(logSafety(constraintModels(unit, trials, 1), far)),
    );
    assert.ok(many! - few! < 0.3, `${few} and then ${many}`);
  });

  it("has a trust region where there are limits or a seed gait, unless it is told otherwise", () => {
    const unit = unitSpace(SPACE);
    // Four walks alike in one corner: what is not known of lies far away.
    const trials = [0.1, 0.12, 0.14, 0.16].map((x, number) =>
      trialAt(number, decode(unit, Float64Array.of(x, x)), { value: 0.2 }),
    );
    const reach = (given: object, options: object = {}): number => {
      const sampler = createSampler("gp", { startupTrials: 0, ...options }, { ...context(1), ...given });
      const { parameters } = sampler.ask({ trials, suggestion: trials.length, feasible: () => true });
      return Math.max(...encode(unit, parameters));
    };
    const region = 0.16 + 0.2 + (0.3 / 5) * (trials.length / 3);
    assert.ok(reach({ constraintCount: 1 }) <= region + 1e-9);
    assert.ok(reach({ constraintCount: 0, start: decode(unit, Float64Array.of(0.1, 0.1)) }) <= region + 1e-9);
    assert.ok(reach({ constraintCount: 0 }) > region);
    assert.ok(reach({ constraintCount: 1 }, { trustRegion: false }) > region);
    assert.ok(reach({ constraintCount: 0 }, { trustRegion: true }) <= region + 1e-9);
  });

  it("stays near safe walks while it knows little, and is free later", () => {
    const unit = unitSpace(SPACE);
    const home = decode(unit, Float64Array.of(0.3, 0.5));
    const trials = runStudy(
      { name: "home", ask: () => ({ parameters: home, bookkeeping: null, note: "" }) },
      1,
      3,
    );
    assert.equal(walk(home, 1, 0).state, "completed");
    const trusted = withinTrustRegion(unit, trials, () => true);
    assert.ok(trusted(decode(unit, Float64Array.of(0.4, 0.6))));
    assert.ok(!trusted(decode(unit, Float64Array.of(0.9, 0.6))));
    const many = runStudy(createSampler("random", {}, context(2)), 2, 40);
    assert.ok(withinTrustRegion(unit, many, () => true)(decode(unit, Float64Array.of(1, 1))));
  });

  it("asked for four at once, gives four different places, each worth walking", () => {
    const unit = unitSpace(SPACE);
    for (const seed of [1, 2, 3]) {
      const sampler = createSampler("gp", {}, context(seed));
      const trials = runStudy(sampler, seed, 20);
      const speeds = trials.map(({ value }) => value ?? 0).sort((a, b) => b - a);
      const batch = [20, 21, 22, 23].map((suggestion) => {
        const asked = sampler.ask({ trials, suggestion, feasible: () => true });
        trials.push({
          number: suggestion,
          suggestion,
          role: "suggested",
          state: "running",
          parameters: asked.parameters,
          reports: [],
          value: null,
          constraints: [],
          breached: null,
          walked: 0,
          bookkeeping: asked.bookkeeping,
        });
        return asked.parameters;
      });
      const points = batch.map((parameters) => encode(unit, parameters));
      for (const [i, a] of points.entries()) {
        for (const b of points.slice(0, i)) {
          const apart = Math.max(...a.map((value, j) => Math.abs(value - b[j]!)));
          assert.ok(apart > 1e-4, `seed ${seed}: ${a} and ${b}`);
        }
      }
      const walked = batch.map((parameters, i) => walk(parameters, seed, 20 + i).value ?? 0);
      assert.ok(
        Math.max(...walked) >= speeds[speeds.length >> 1]!,
        `seed ${seed}: ${walked}, half of the walks before reach ${speeds[speeds.length >> 1]}`,
      );
    }
  });
});

describe("Gaussian process sampler with output warping", () => {
  /** One walk far below the others; the best lies at 2 Hz. */
  const dented = (parameters: Readonly<Record<string, unknown>>): number => {
    const frequency = Number(parameters["frequency"]);
    return frequency < 0.9 ? -500 : Math.exp(-4 * Math.log(frequency / 2) ** 2);
  };
  const LINE: SearchSpace = { parameters: GAIT_SPACE.parameters.slice(1, 2) };
  const study = (outputWarp: string, sign: 1 | -1) => {
    const direction = sign === 1 ? ("maximize" as const) : ("minimize" as const);
    const sampler = createSampler(
      "gp",
      { outputWarp },
      { space: LINE, direction, seed: 3, constraintCount: 0 },
    );
    const trials: ObservedTrial[] = [];
    const notes: string[] = [];
    const tell = (parameters: ParameterSet, bookkeeping: JsonValue): void => {
      const value = sign * dented(parameters);
      const number = trials.length;
      trials.push(trialAt(number, parameters, { value, bookkeeping }));
    };
    tell({ frequency: 0.85 }, null);
    while (trials.length < 12) {
      const suggestion = trials.length;
      const { parameters, bookkeeping, note } = sampler.ask({ trials, suggestion, feasible: () => true });
      tell(parameters, bookkeeping);
      notes.push(note);
    }
    return { trials, notes, best: Math.max(...trials.map(({ value }) => sign * value!)) };
  };

  it("finds the best beside one terrible walk, with notes in units of the reward", () => {
    for (const sign of [1, -1] as const) {
      const { notes, best } = study("vizier", sign);
      assert.ok(best > 0.99, `${best}`);
      const expected = Number(/expects (\S+) ±/.exec(notes.at(-1)!)?.[1]);
      assert.ok(Math.abs(sign * expected - 1) < 0.3, notes.at(-1));
    }
  });

  it("suggests otherwise than without, and refuses a warp it does not know", () => {
    assert.notDeepEqual(study("vizier", 1).trials, study("none", 1).trials);
    assert.throws(
      () => createSampler("gp", { outputWarp: "log" }, context(1)),
      /"outputWarp" of sampler gp is "log"/,
    );
  });
});
