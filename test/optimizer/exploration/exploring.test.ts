/** No suggestion goes farther than exploring carefully allows, whatever the sampler and the space. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SAMPLER_NAMES } from "../../../src/optimizer/catalogue.ts";
import { boxAround } from "../../../src/optimizer/exploration/box.ts";
import {
  carefulFeasibility,
  type Exploring,
} from "../../../src/optimizer/exploration/careful-feasibility.ts";
import { Region } from "../../../src/optimizer/exploration/region.ts";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { FloatParameter, ParameterSet, SearchSpace } from "../../../src/optimizer/search-space.ts";
import { decode, encode, unitSpace } from "../../../src/optimizer/space/unit-space.ts";
import { carefulStudy, violation } from "./careful-study.ts";

const RULE: Exploring = { maxChange: 0.3, start: { trials: 10, within: 0.15 } };

const float = (name: string, low = 0, high = 1, log = false): FloatParameter => {
  return { kind: "float", name, unit: "", low, high, log, step: null };
};
const floats = (count: number): SearchSpace => {
  return { parameters: Array.from({ length: count }, (_, i) => float(`p${i}`)) };
};
const at = (space: SearchSpace, value: number): ParameterSet =>
  Object.fromEntries(space.parameters.map(({ name }) => [name, value]));

const MIXED: SearchSpace = {
  parameters: [
    float("length"),
    float("frequency", 0.5, 8, true),
    { kind: "int", name: "legs", unit: "", low: 2, high: 4, log: false, step: 1 },
    { kind: "int", name: "steps", unit: "", low: 1, high: 40, log: true, step: 1 },
    { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace", "bound"] },
    { kind: "categorical", name: "stance", unit: "", choices: [true, false] },
    { ...float("roll"), when: { parameter: "pattern", in: ["pace"] } },
  ],
};

const SPACES: Readonly<Record<string, { readonly space: SearchSpace; readonly seedGait: ParameterSet }>> = {
  "two floats": { space: floats(2), seedGait: at(floats(2), 0.5) },
  "five floats, begun at a corner": { space: floats(5), seedGait: at(floats(5), 0.02) },
  "twenty floats": { space: floats(20), seedGait: at(floats(20), 0.4) },
  "a bit of everything": {
    space: MIXED,
    seedGait: { length: 0.4, frequency: 2, legs: 3, steps: 6, pattern: "trot", stance: true },
  },
};

/** Better towards the upper corner, and a fall beyond three quarters of the first parameter. */
function walk(parameters: ParameterSet): number | null {
  const numbers = Object.values(parameters).filter((value) => typeof value === "number");
  if (numbers[0]! > 0.75) return null;
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

describe("exploring carefully", () => {
  for (const sampler of SAMPLER_NAMES)
    for (const [words, { space, seedGait }] of Object.entries(SPACES))
      it(`holds ${sampler} back over ${words}`, () => {
        // Beyond the ten trials close to the seed gait, which is walked first. A grid over two parameters has 25 points.
        const count = { gp: 18, auto: 18, grid: 12 }[sampler as string] ?? 30;
        const study = { space, seedGait, sampler, seed: 3, trials: count, rule: RULE, walk };
        const trials = carefulStudy(study, (parameters, before) =>
          assert.equal(violation(space, seedGait, RULE, parameters, before), null),
        );
        assert.equal(trials.length, count);
        // A grid whose next points are all out of reach looks at ten thousand of them.
        const repeated = sampler === "grid" ? 4 : 12;
        const again = carefulStudy({ ...study, trials: repeated });
        assert.deepEqual(again, trials.slice(0, repeated), "the same study suggests otherwise");
      });

  it("is what holds them back: without it the same samplers go farther", () => {
    const { space, seedGait } = SPACES["five floats, begun at a corner"]!;
    for (const sampler of ["random", "tpe", "cma-es"]) {
      const broken: string[] = [];
      carefulStudy(
        { space, seedGait, sampler, seed: 3, trials: 20, rule: null, walk },
        (parameters, before) => {
          const words = violation(space, seedGait, RULE, parameters, before);
          if (words !== null) broken.push(words);
        },
      );
      assert.ok(broken.length > 0, sampler);
    }
  });

  it("reaches what lies far away, in steps", () => {
    const space = floats(3);
    for (const sampler of SAMPLER_NAMES.filter((name) => name !== "auto")) {
      const seedGait = at(space, 0.05);
      const reward = (parameters: ParameterSet): number => -Math.max(...distances(parameters, 0.8));
      const rule: Exploring = { maxChange: 0.3, start: { trials: 3, within: 0.15 } };
      const study = { space, seedGait, sampler, seed: 5, trials: 70, rule, walk: reward };
      const trials = carefulStudy({ ...study, trials: sampler === "gp" ? 30 : 70 });
      const best = Math.max(...trials.map(({ value }) => value!));
      assert.ok(best > -0.3, `${sampler} came no nearer than ${best}`);
    }
  });

  it("keeps to the constraints between parameters as well", () => {
    const space = floats(6);
    const seedGait = at(space, 0.2);
    const feasible = (parameters: ParameterSet): boolean =>
      Object.values(parameters).reduce<number>((sum, value) => sum + Number(value), 0) <= 2;
    for (const sampler of ["random", "tpe", "cma-es", "particle-swarm", "gp", "sobol"]) {
      carefulStudy(
        { space, seedGait, sampler, seed: 9, trials: 16, rule: RULE, walk, feasible },
        (parameters, before) => {
          assert.ok(feasible(parameters), sampler);
          assert.equal(violation(space, seedGait, RULE, parameters, before), null);
        },
      );
    }
  });

  it("counts neither an abort nor a set that was aborted once as safe ground", () => {
    const space = floats(1);
    const unit = unitSpace(space);
    const told = (number: number, p0: number, fell: boolean) => {
      const [trial] = carefulStudy({
        ...{ space, seedGait: { p0 }, sampler: "random", seed: 1, trials: 1, rule: null },
        walk: () => (fell ? null : 1),
      });
      return { ...trial!, number, suggestion: number, role: "replicate" as const };
    };
    const rule: Exploring = { maxChange: 0.2, start: null };
    const allows = (fell: boolean[], p0: number): boolean => {
      const trials = fell.map((one, number) => told(number, 0.4, one));
      const question = { unit, trials, suggestion: 5, seedGait: { p0: 0.1 }, elsewhere: () => true };
      return carefulFeasibility(rule, question)({ p0 });
    };
    assert.equal(allows([], 0.25), true);
    assert.equal(allows([], 0.5), false);
    assert.equal(allows([false], 0.5), true);
    assert.equal(allows([true], 0.5), false);
    assert.equal(allows([false, true], 0.5), false);
  });

  it("draws evenly from boxes that overlap", () => {
    const unit = unitSpace(floats(1));
    const boxes = [0.2, 0.3, 0.8].map((place) =>
      boxAround(unit, Float64Array.of(place), 0.1, { changes: 0, neighbours: false }),
    );
    const region = new Region(unit, boxes, () => true);
    const source = new RandomSource({ seed: 1, index: 0, stream: "test" });
    const counts = new Map<number, number>();
    // The region is 0.1 to 0.4 and 0.7 to 0.9: five tenths.
    for (let i = 0; i < 5000; i++) {
      const tenth = Math.floor(10 * region.draw(source)[0]!);
      counts.set(tenth, (counts.get(tenth) ?? 0) + 1);
    }
    assert.deepEqual([...counts.keys()].sort(), [1, 2, 3, 7, 8]);
    for (const [tenth, count] of counts) assert.ok(Math.abs(count - 1000) < 130, `${tenth}: ${count}`);
  });

  it("changes one choice at a time, and goes to the next level where levels are far apart", () => {
    const unit = unitSpace(MIXED);
    const { seedGait } = SPACES["a bit of everything"]!;
    const box = boxAround(unit, encode(unit, seedGait), 0.3, { changes: 1, neighbours: true });
    const region = new Region(unit, [box], () => true);
    const source = new RandomSource({ seed: 2, index: 0, stream: "test" });
    const drawn = Array.from({ length: 400 }, () => decode(unit, region.draw(source)));
    assert.ok(drawn.every((one) => region.holds(one)));
    const seen = (name: string) => new Set(drawn.map((one) => one[name]));
    assert.deepEqual(seen("legs"), new Set([2, 3, 4]));
    assert.deepEqual(seen("pattern"), new Set(["trot", "pace", "bound"]));
    assert.ok(drawn.every(({ pattern, stance }) => pattern === "trot" || stance === true));
    const steps = [...seen("steps")].map(Number);
    // 0.3 of log 40 around 6.
    assert.deepEqual([Math.min(...steps), Math.max(...steps)], [2, 18]);
  });
});

function distances(parameters: ParameterSet, to: number): number[] {
  return Object.values(parameters).map((value) => Math.abs(Number(value) - to));
}
