/**
 * A Parzen estimator over a part of the search space: a weighted mixture of one product kernel per observation and a broad
 * prior. After J. Bergstra et al. (NeurIPS 2011); the product of kernels over several parameters after S. Falkner,
 * A. Klein, F. Hutter, "BOHB" (ICML 2018); weights and widths as in Optuna 5.
 */
import type { RandomSource } from "../math/random-source.ts";
import type { Dimension } from "../space/dimension.ts";
import { withPrior } from "./continuous-kernels.ts";
import { kernelsOf } from "./kernels.ts";
import { recencyWeights } from "./weights.ts";

/** Kernels so far below the largest, in nats, add nothing to the sum. */
const NEGLIGIBLE = -40;

/**
 * What a kernel that ends so far below the prior, in nats, is exactly does not matter. A little more than negligible, so that
 * no rounding error lets one be missed.
 */
const HOPELESS = NEGLIGIBLE - 1;

export interface ParzenEstimator {
  /** Log density at a point of the unit cube (a probability in discrete dimensions); only its part of the space is read. */
  logDensity(point: Float64Array): number;
  /** What the prior alone adds to the density, as a logarithm: never above {@link logDensity}, and cheap. */
  logPriorShare(point: Float64Array): number;
  /** Draws this part of a point. */
  draw(source: RandomSource, point: Float64Array): void;
}

/**
 * @param dimensions all of the space
 * @param part indices of the dimensions estimated, at least one
 * @param points observations in order of their trials' numbers, oldest first; each has a coordinate in every dimension of the part
 */
export function parzenEstimator(
  dimensions: readonly Dimension[],
  part: readonly number[],
  points: readonly Float64Array[],
): ParzenEstimator {
  const count = points.length;
  const weights = withPrior(recencyWeights(count), 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const logWeights = weights.map((weight) => Math.log(weight / total));
  const kernels = part.map((i) => kernelsOf(dimensions[i]!, column(points, i)));
  const highest = kernels.reduce((sum, one) => sum + one.highest, 0);
  const sums = new Float64Array(weights.length);
  const all = new Uint32Array(count);
  for (let k = 0; k < count; k++) all[k] = k;
  /** The observations whose kernels still matter, in their order. */
  const left = new Uint32Array(weights.length);
  function logPriorShare(point: Float64Array): number {
    let sum = logWeights[count]!;
    for (let d = 0; d < part.length; d++) sum += kernels[d]!.logPrior(point[part[d]!]!);
    return sum;
  }
  return {
    logPriorShare,
    logDensity(point) {
      sums.set(logWeights);
      left.set(all);
      let leftCount = count;
      sums[count] = logPriorShare(point);
      const hopeless = sums[count]! + HOPELESS;
      /** What the dimensions still to come can add at most. */
      let ahead = highest;
      for (let d = 0; d < part.length; d++) {
        ahead -= kernels[d]!.highest;
        const least = hopeless - ahead;
        kernels[d]!.addLogKernels(point[part[d]!]!, sums, left, leftCount, least);
        leftCount = keepAtLeast(least, sums, left, leftCount);
      }
      left[leftCount] = count;
      return logSumOfExponentials(sums, left, leftCount + 1);
    },
    draw(source, point) {
      let rest = source.uniform() * total;
      let kernel = 0;
      while (kernel < weights.length - 1 && rest >= weights[kernel]!) rest -= weights[kernel++]!;
      for (let d = 0; d < part.length; d++) point[part[d]!] = kernels[d]!.draw(kernel, source);
    },
  };
}

function column(points: readonly Float64Array[], i: number): Float64Array {
  const coordinates = new Float64Array(points.length);
  for (let k = 0; k < coordinates.length; k++) coordinates[k] = points[k]![i]!;
  return coordinates;
}

/** Moves the indices of sums that are not below `least` to the front; returns how many. */
function keepAtLeast(least: number, sums: Float64Array, left: Uint32Array, count: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const k = left[i]!;
    // Written in any case: a branch that is as often wrong as right takes longer.
    left[kept] = k;
    kept += sums[k]! >= least ? 1 : 0;
  }
  return kept;
}

function logSumOfExponentials(terms: Float64Array, among: Uint32Array, count: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const term = terms[among[i]!]!;
    if (term > largest) largest = term;
  }
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const below = terms[among[i]!]! - largest;
    if (below > NEGLIGIBLE) sum += Math.exp(below);
  }
  return largest + Math.log(sum);
}
