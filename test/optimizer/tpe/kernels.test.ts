/** The densities of a tree-structured Parzen estimator: proper, and drawn from as they say. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { normalDensity } from "../../../src/optimizer/math/normal-distribution.ts";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { Parameter } from "../../../src/optimizer/search-space.ts";
import {
  coordinateFromUniform,
  type Dimension,
  dimensionOf,
  levelCoordinate,
} from "../../../src/optimizer/space/dimension.ts";
import { bandwidths } from "../../../src/optimizer/tpe/bandwidth.ts";
import { kernelsOf } from "../../../src/optimizer/tpe/kernels.ts";
import { parzenEstimator } from "../../../src/optimizer/tpe/parzen-estimator.ts";
import { sortedOrder } from "../../../src/optimizer/tpe/sorted-order.ts";
import { isNarrow, logMeanDensity, logNormalMass } from "../../../src/optimizer/tpe/truncated-normal.ts";
import { recencyWeights } from "../../../src/optimizer/tpe/weights.ts";

const DISCRETE: readonly Parameter[] = [
  { kind: "int", name: "level", unit: "", low: 1, high: 7, log: false, step: 1 },
  { kind: "int", name: "log level", unit: "", low: 1, high: 12, log: true, step: 1 },
  { kind: "float", name: "stepped", unit: "", low: 0, high: 0.5, log: false, step: 0.125 },
  { kind: "int", name: "many levels", unit: "", low: 0, high: 400, log: false, step: 1 },
  { kind: "int", name: "many log levels", unit: "", low: 1, high: 200, log: true, step: 1 },
  { kind: "int", name: "only level", unit: "", low: 3, high: 3, log: false, step: 1 },
  { kind: "categorical", name: "choice", unit: "", choices: ["trot", "pace", "bound", "pronk"] },
];
const CONTINUOUS: Parameter = {
  kind: "float",
  name: "x",
  unit: "",
  low: 0,
  high: 1,
  log: false,
  step: null,
};

const source = (stream: string) => new RandomSource({ seed: 1, index: 0, stream });

/** Observations at random levels or choices. */
function observed(dimension: Dimension, count: number, from: RandomSource): Float64Array[] {
  return Array.from({ length: count }, () =>
    Float64Array.of(
      dimension.count === 0
        ? from.uniform()
        : levelCoordinate(dimension, from.integer(Math.max(1, dimension.count - 1))),
    ),
  );
}

describe("Parzen estimator", () => {
  for (const parameter of DISCRETE) {
    it(`gives the levels of "${parameter.name}" probabilities, and draws them as often`, () => {
      const dimension = dimensionOf(parameter);
      const from = source(parameter.name);
      for (const count of [0, 1, 2, 30]) {
        const estimator = parzenEstimator([dimension], [0], observed(dimension, count, from));
        const probabilities = Array.from({ length: dimension.count }, (_, level) =>
          Math.exp(estimator.logDensity(Float64Array.of(levelCoordinate(dimension, level)))),
        );
        const sum = probabilities.reduce((all, p) => all + p, 0);
        assert.ok(Math.abs(sum - 1) < 1e-12, `${count} observations: ${sum}`);
        const draws = 4000;
        const counts = new Map<number, number>();
        const point = new Float64Array(1);
        for (let k = 0; k < draws; k++) {
          estimator.draw(from, point);
          counts.set(point[0]!, (counts.get(point[0]!) ?? 0) + 1);
        }
        for (const [level, p] of probabilities.entries()) {
          const share = (counts.get(levelCoordinate(dimension, level)) ?? 0) / draws;
          const deviation = Math.sqrt((p * (1 - p)) / draws);
          assert.ok(Math.abs(share - p) <= 5 * deviation + 1e-9, `level ${level}: ${share}, not ${p}`);
        }
      }
    });
  }

  it("has a density over the unit interval, and draws from it", () => {
    const dimension = dimensionOf(CONTINUOUS);
    const from = source("continuous");
    for (const count of [0, 1, 2, 40]) {
      const estimator = parzenEstimator([dimension], [0], observed(dimension, count, from));
      const cells = 4000;
      const density = Float64Array.from({ length: cells }, (_, i) =>
        Math.exp(estimator.logDensity(Float64Array.of((i + 0.5) / cells))),
      );
      const mass = density.reduce((sum, one) => sum + one / cells, 0);
      assert.ok(Math.abs(mass - 1) < 1e-6, `${count} observations: ${mass}`);
      const lower = density.subarray(0, cells / 4).reduce((sum, one) => sum + one / cells, 0);
      const draws = 4000;
      const point = new Float64Array(1);
      let below = 0;
      for (let k = 0; k < draws; k++) {
        estimator.draw(from, point);
        assert.ok(point[0]! >= 0 && point[0]! <= 1);
        if (point[0]! < 0.25) below++;
      }
      const deviation = Math.sqrt((lower * (1 - lower)) / draws);
      assert.ok(Math.abs(below / draws - lower) < 5 * deviation, `${below / draws}, not ${lower}`);
    }
  });

  it("leaves out only kernels that add nothing, near the observations and far from them", () => {
    const dimensions = [...DISCRETE, CONTINUOUS, ...DISCRETE].map(dimensionOf);
    const part = [...dimensions.keys()];
    const from = source("left out");
    const anywhere = () =>
      Float64Array.from(dimensions, (dimension) => coordinateFromUniform(dimension, from.uniform()));
    for (const count of [3, 80]) {
      const points = Array.from({ length: count }, anywhere);
      const estimator = parzenEstimator(dimensions, part, points);
      const weights = [...recencyWeights(count), 1];
      const total = weights.reduce((sum, one) => sum + one, 0);
      const everyIndex = Uint32Array.from(points.keys());
      for (const point of [...points.slice(0, 3), ...Array.from({ length: 20 }, anywhere)]) {
        const sums = Float64Array.from(weights, (weight) => Math.log(weight / total));
        for (const i of part) {
          const column = Float64Array.from(points, (one) => one[i]!);
          const kernels = kernelsOf(dimensions[i]!, column);
          kernels.addLogKernels(point[i]!, sums, everyIndex, count, Number.NEGATIVE_INFINITY);
          sums[count]! += kernels.logPrior(point[i]!);
        }
        const largest = Math.max(...sums);
        const expected = largest + Math.log(sums.reduce((sum, one) => sum + Math.exp(one - largest), 0));
        const actual = estimator.logDensity(point);
        assert.ok(Math.abs(actual - expected) < 1e-11, `${count} observations: ${actual}, not ${expected}`);
        assert.ok(estimator.logPriorShare(point) <= actual);
      }
    }
  });

  it("draws parameters together that were good together", () => {
    const dimensions = [dimensionOf(CONTINUOUS), dimensionOf(CONTINUOUS)];
    const points = Array.from({ length: 60 }, (_, k) =>
      Float64Array.of(k % 2 === 0 ? 0.1 : 0.9, k % 2 === 0 ? 0.1 : 0.9),
    );
    const estimator = parzenEstimator(dimensions, [0, 1], points);
    const from = source("together");
    const point = new Float64Array(2);
    let apart = 0;
    for (let k = 0; k < 1000; k++) {
      estimator.draw(from, point);
      if (Math.abs(point[0]! - point[1]!) > 0.5) apart++;
    }
    assert.ok(apart < 50, `${apart} of 1000`);
    assert.ok(
      estimator.logDensity(Float64Array.of(0.1, 0.1)) > estimator.logDensity(Float64Array.of(0.1, 0.9)) + 3,
    );
  });
});

describe("normal mass of an interval", () => {
  /** Simpson's rule for log ∫ φ, scaled by φ at the end nearer to the middle. */
  function reference(a: number, b: number): number {
    const nearest = Math.max(a, Math.min(b, 0));
    const cells = 20_000;
    const h = (b - a) / cells;
    let sum = 0;
    for (let i = 0; i <= cells; i++) {
      const z = a + i * h;
      const weight = i === 0 || i === cells ? 1 : i % 2 === 1 ? 4 : 2;
      sum += weight * Math.exp(0.5 * (nearest * nearest - z * z));
    }
    return Math.log((sum * h) / 3) - 0.5 * nearest * nearest - 0.5 * Math.log(2 * Math.PI);
  }

  it("is right in the middle, in the tails and for slivers", () => {
    const intervals: [number, number][] = [
      [-1, 2],
      [0.5, 0.6],
      [-3, -2.5],
      [0.1, 0.34],
      [3.9, 4.12],
      [-10.2, -10.11],
      [3, 13],
      [8, 9],
      [11.9, 12.4],
      [12.1, 12.6],
      [12.1, 14],
      [-31, -30],
      [60, 60.5],
    ];
    for (const [a, b] of intervals) {
      const [actual, expected] = [logNormalMass(a, b), reference(a, b)];
      assert.ok(Math.abs(actual - expected) < 2e-9, `[${a}, ${b}]: ${actual}, not ${expected}`);
    }
    for (const z of [0, 1.7, -20]) {
      const sliver = logNormalMass(z, z + 1e-9);
      const expected = Math.log(1e-9) - 0.5 * z * z - 0.5 * Math.log(2 * Math.PI);
      assert.ok(Math.abs(sliver - expected) < 1e-7, `${z}: ${sliver}`);
    }
    assert.ok(Math.abs(Math.exp(logNormalMass(1, 1 + 9e-4)) / 9e-4 / normalDensity(1 + 4.5e-4) - 1) < 1e-9);
  });

  it("comes from a series within 1e-13 for narrow intervals, up to the widest of them", () => {
    /** Mean of exp(−m t − t²/2) over |t| ≤ w/2, less 1: Gauss's quadrature with five nodes on each of eight pieces. */
    const nodes = [0, 1, -1, 1, -1].map(
      (sign, i) => sign * (i === 0 ? 0 : Math.sqrt(5 + (i < 3 ? -2 : 2) * Math.sqrt(10 / 7)) / 3),
    );
    const weights = nodes.map(
      (_, i) =>
        (i === 0 ? 128 : ((i < 3 ? 322 + 13 * Math.sqrt(70) : 322 - 13 * Math.sqrt(70)) / 900) * 225) / 450,
    );
    const pieces = 8;
    function excess(middle: number, width: number): number {
      let sum = 0;
      for (let piece = 0; piece < pieces; piece++) {
        for (const [i, node] of nodes.entries()) {
          const t = (width / pieces) * (piece + 0.5 + 0.5 * node) - 0.5 * width;
          sum += (weights[i]! / pieces) * Math.expm1(-t * (middle + 0.5 * t));
        }
      }
      return sum;
    }
    let widest = 0;
    for (let middle = 0; middle < 16; middle += 0.37) {
      for (const share of [0.01, 0.3, 0.7, 0.999]) {
        const width = share / Math.max(4, middle);
        assert.ok(isNarrow(middle, width));
        const expected = Math.log1p(excess(middle, width));
        const actual = logMeanDensity(middle, width) - logMeanDensity(middle, 0);
        // Both are rounded at the size of log φ(m).
        const rounding = 4 * Number.EPSILON * (1 + 0.5 * middle * middle);
        widest = Math.max(widest, Math.abs(actual - expected) - rounding);
      }
    }
    assert.ok(widest < 1e-13, `${widest}`);
    assert.ok(!isNarrow(0, 0.25) && !isNarrow(8, 0.125));
  });
});

describe("bandwidths", () => {
  it("reach to the farther neighbour, inwards at the ends, and have a floor", () => {
    const { widths } = bandwidths(Float64Array.of(0.9, 0.1, 0.35));
    assert.deepEqual(
      [...widths].map((width) => width.toFixed(6)),
      ["0.550000", "0.250000", "0.550000"],
    );
    assert.equal(bandwidths(Float64Array.of(0.3)).widths[0], 0.7);
    assert.deepEqual([...bandwidths(Float64Array.of(0.5, 0.5)).widths], [0.25, 0.25]);
  });

  it("hang on a sort that sorts", () => {
    const from = source("sort");
    for (const count of [0, 1, 2, 16, 17, 18, 40, 1000]) {
      for (const levels of [3, 1e9]) {
        const values = Float64Array.from({ length: count }, () => from.integer(levels));
        const order = sortedOrder(values);
        assert.deepEqual(
          Float64Array.from(order, (i) => values[i]!),
          values.toSorted(),
        );
        assert.equal(new Set(order).size, count);
      }
    }
  });
});
