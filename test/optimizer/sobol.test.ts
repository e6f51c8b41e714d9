import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { createSampler } from "../../src/optimizer/catalogue.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import { SobolSequence } from "../../src/optimizer/math/sobol-sequence.ts";
import type { Options } from "../../src/optimizer/options.ts";
import { fixture } from "../parity/fixture.ts";
import { unitCube } from "./unit-cube.ts";
import { runStudy } from "./walked-study.ts";

function points(dimension: number, count: number, options: Options, seed = 1): number[][] {
  const context = { space: unitCube(dimension), direction: "maximize", seed, constraintCount: 0 } as const;
  const sampler = createSampler("sobol", options, context);
  return runStudy(sampler, 1, count).map(({ parameters }) => Object.values(parameters).map(Number));
}

interface SobolFixture {
  readonly cases: readonly { readonly dim: number; readonly points: readonly number[][] }[];
}

describe("the plain Sobol sampler suggests SciPy's points", () => {
  for (const { dim, points: expected } of fixture<SobolFixture>("sobol.json").cases)
    it(`in ${dim} dimensions`, () => {
      assert.deepEqual(points(dim, expected.length, { scramble: false }), expected);
    });
});

describe("the Sobol sampler", () => {
  it("scrambles by its seed", () => {
    assert.deepEqual(points(3, 8, {}), points(3, 8, {}));
    assert.notDeepEqual(points(3, 8, {}, 1), points(3, 8, {}, 2));
    assert.deepEqual(points(3, 8, { scramble: false }, 1), points(3, 8, { scramble: false }, 2));
  });

  it("begins at its first point after another sampler", () => {
    const context = { space: unitCube(2), direction: "maximize", seed: 1, constraintCount: 0 } as const;
    const trials = runStudy(createSampler("grid", {}, context), 1, 12);
    const sobol = createSampler("sobol", {}, context);
    const { note } = sobol.ask({ trials, suggestion: 12, feasible: () => true });
    assert.equal(note, "point 1 of the sequence");
  });

  it("passes over infeasible points and uses none twice", () => {
    const context = { space: unitCube(2), direction: "maximize", seed: 1, constraintCount: 0 } as const;
    const all = runStudy(createSampler("sobol", {}, context), 1, 64);
    const feasible = ({ x0 }: (typeof all)[number]["parameters"]): boolean => Number(x0) < 0.5;
    const some = runStudy(createSampler("sobol", {}, context), 1, 32, feasible);
    assert.deepEqual(
      some.map(({ parameters }) => parameters),
      all.map(({ parameters }) => parameters).filter(feasible),
    );
  });

  it("refuses a plain sequence of more dimensions than there are numbers for, and scrambles one", () => {
    assert.throws(
      () => points(65, 1, { scramble: false }),
      (error) => error instanceof GaitsmithError && error.code === "CONFIG_INVALID",
    );
    assert.ok(points(65, 8, {}).every((point) => new Set(point).size === 65));
  });
});

/** How many of `cells` equal parts of the unit interval (or square) hold exactly one point. */
function evenlyFilled(sequence: SobolSequence, bits: readonly number[]): boolean {
  const count = 2 ** bits.reduce((sum, one) => sum + one, 0);
  const cells = new Set<string>();
  const point = new Float64Array(sequence.dimension);
  for (let i = 0; i < count; i++) {
    sequence.next(point);
    cells.add(bits.map((one, j) => Math.floor(point[j]! * 2 ** one)).join());
  }
  return cells.size === count;
}

describe("a scrambled Sobol sequence", () => {
  it("stays a net: equal boxes of the first two dimensions hold one point each, in every shape of box", () => {
    for (const seed of [1, 2, 3])
      for (let first = 0; first <= 7; first++) {
        const source = new RandomSource({ seed, index: 0, stream: "test" });
        assert.ok(evenlyFilled(new SobolSequence(2, source, "matrix"), [first, 7 - first]));
      }
  });

  it("scrambles digits, which a shift alone does not", () => {
    // Under a digital shift the exclusive or of two points is that of the plain sequence, whatever the seed.
    const differences = (scramble: "shift" | "matrix", seed: number): number => {
      const sequence = new SobolSequence(1, new RandomSource({ seed, index: 0, stream: "test" }), scramble);
      const [a, b] = [0, 0].map(() => {
        const point = new Float64Array(1);
        sequence.next(point);
        return Math.floor(point[0]! * 2 ** 30);
      });
      return a! ^ b!;
    };
    const distinct = (scramble: "shift" | "matrix"): number =>
      new Set([1, 2, 3, 4, 5].map((seed) => differences(scramble, seed))).size;
    assert.deepEqual([distinct("shift"), distinct("matrix")], [1, 5]);
  });

  it("integrates a smooth function with a tenth of the error of random points", () => {
    const error = (next: (seed: number) => (point: Float64Array) => void): number => {
      let squares = 0;
      for (let seed = 1; seed <= 20; seed++) {
        const draw = next(seed);
        const point = new Float64Array(4);
        let mean = 0;
        for (let i = 0; i < 256; i++) {
          draw(point);
          mean += point.reduce((product, x) => product * (x + 0.5), 1) / 256;
        }
        squares += (mean - 1) ** 2 / 20;
      }
      return Math.sqrt(squares);
    };
    const key = (seed: number) => new RandomSource({ seed, index: 0, stream: "test" });
    const sobol = error((seed) => {
      const sequence = new SobolSequence(4, key(seed), "matrix");
      return (point) => sequence.next(point);
    });
    const random = error((seed) => {
      const source = key(seed);
      return (point) =>
        void point.forEach((_, i) => {
          point[i] = source.uniform();
        });
    });
    assert.ok(sobol < random / 10, `${sobol} against ${random}`);
  });
});
