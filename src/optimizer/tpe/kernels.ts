/** What the kernels of a Parzen estimator are in one dimension: one of each observation, and a broad prior. */

import type { RandomSource } from "../math/random-source.ts";
import type { Dimension } from "../space/dimension.ts";
import { categoricalKernels } from "./categorical-kernels.ts";
import { continuousKernels } from "./continuous-kernels.ts";
import { orderedKernels } from "./ordered-kernels.ts";

/**
 * The logarithm of a kernel is that of a density over the unit interval for a continuous dimension, else of the probability of
 * the coordinate's level or choice.
 */
export interface Kernels {
  /** No kernel's logarithm is above this anywhere. */
  readonly highest: number;
  logPrior(coordinate: number): number;
  /**
   * Adds to the sums of some observations the logarithm of their kernel at the coordinate. Where the sum would be below
   * `least` it may become another number below that instead.
   * @param sums one per observation
   * @param among indices of the observations, the first `count` of the array
   */
  addLogKernels(
    coordinate: number,
    sums: Float64Array,
    among: Uint32Array,
    count: number,
    least: number,
  ): void;
  /** A coordinate drawn from one kernel; that after those of the observations is the prior. */
  draw(kernel: number, source: RandomSource): number;
}

/** @param centres coordinates of the observations in this dimension (see {@link Dimension}), oldest first */
export function kernelsOf(dimension: Dimension, centres: Float64Array): Kernels {
  if (dimension.kind === "categorical") return categoricalKernels(dimension.count, centres);
  if (dimension.kind === "ordered") return orderedKernels(dimension, centres);
  return continuousKernels(centres);
}
