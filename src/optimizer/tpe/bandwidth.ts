/**
 * The widths of a Parzen estimator's kernels in one dimension of the unit cube: each reaches to the farther of its two
 * neighbours (J. Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011), bounded as Optuna 5 does.
 */
import { sortedOrder } from "./sorted-order.ts";

export interface Bandwidths {
  /** σ of each observation, a share of the range. */
  readonly widths: Float64Array;
  /** Indices of the observations in ascending order. */
  readonly order: Uint32Array;
}

/**
 * σ of n observations: the larger gap to the neighbours in [0, 1]. The outermost two only look inwards, and a single one
 * at the walls. Not below 1 / min(100, n + 2), so that a cluster does not collapse.
 * @param centres coordinates in [0, 1]
 */
export function bandwidths(centres: Float64Array): Bandwidths {
  const count = centres.length;
  const order = sortedOrder(centres);
  const widths = new Float64Array(count);
  const narrowest = 1 / Math.min(100, count + 2);
  if (count === 1) {
    widths[0] = clamp(Math.max(centres[0]!, 1 - centres[0]!), narrowest);
    return { widths, order };
  }
  let before = 0;
  for (let i = 0; i < count; i++) {
    const after = i + 1 < count ? centres[order[i + 1]!]! - centres[order[i]!]! : 0;
    widths[order[i]!] = clamp(Math.max(before, after), narrowest);
    before = after;
  }
  return { widths, order };
}

function clamp(width: number, narrowest: number): number {
  return Math.min(1, Math.max(narrowest, width));
}
