/** What the kernels of a Parzen estimator are in one dimension. Kernel n, after those of the n observations, is the prior. */

import type { RandomSource } from "../math/random-source.ts";
import type { Dimension } from "../space/dimension.ts";
import { categoricalKernels } from "./categorical-kernels.ts";
import { continuousKernels } from "./continuous-kernels.ts";
import { orderedKernels } from "./ordered-kernels.ts";

export interface Kernels {
  /**
   * Adds to each element of `sums` the logarithm of its kernel at the coordinate: a density over the unit interval for a
   * continuous dimension, else the probability of the coordinate's level or choice.
   */
  addLogKernels(coordinate: number, sums: Float64Array): void;
  /** A coordinate drawn from one kernel. */
  draw(kernel: number, source: RandomSource): number;
}

/** @param centres coordinates of the observations in this dimension (see {@link Dimension}), oldest first */
export function kernelsOf(dimension: Dimension, centres: Float64Array): Kernels {
  if (dimension.kind === "categorical") return categoricalKernels(dimension.count, centres);
  if (dimension.kind === "ordered") return orderedKernels(dimension, centres);
  return continuousKernels(centres);
}
