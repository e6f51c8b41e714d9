/** Truncated normal kernels of a continuous dimension, with a broad prior over the whole range. */
import { LOG_SQRT_TWO_PI } from "../math/normal-distribution.ts";
import { bandwidths } from "./bandwidth.ts";
import type { Kernels } from "./kernels.ts";
import { drawTruncatedNormal, logCentralMass } from "./truncated-normal.ts";

/** The prior stands in the middle of the range and is as wide as the range. */
export const PRIOR_CENTRE = 0.5;
export const PRIOR_WIDTH = 1;

export function continuousKernels(observed: Float64Array): Kernels {
  const prior = observed.length;
  const centres = withPrior(observed, PRIOR_CENTRE);
  const widths = withPrior(bandwidths(observed).widths, PRIOR_WIDTH);
  // log φ((x − μ)/σ) − log σ − log(mass in [0, 1]) = height − ((x − μ) · scale)²
  const scales = new Float64Array(centres.length);
  const heights = new Float64Array(centres.length);
  let highest = Number.NEGATIVE_INFINITY;
  let width = Number.NaN;
  let peak = Number.NaN;
  for (let k = 0; k < centres.length; k++) {
    // With many observations most have the narrowest width.
    if (widths[k] !== width) {
      width = widths[k]!;
      peak = -Math.log(width) - LOG_SQRT_TWO_PI;
    }
    const inverse = 1 / width;
    const height = peak - logCentralMass(centres[k]! * inverse, (1 - centres[k]!) * inverse);
    scales[k] = inverse * Math.SQRT1_2;
    heights[k] = height;
    if (height > highest) highest = height;
  }
  return {
    highest,
    logPrior(coordinate) {
      const z = (coordinate - PRIOR_CENTRE) * scales[prior]!;
      return heights[prior]! - z * z;
    },
    addLogKernels(coordinate, sums, among, count) {
      for (let i = 0; i < count; i++) {
        const k = among[i]!;
        const z = (coordinate - centres[k]!) * scales[k]!;
        sums[k]! += heights[k]! - z * z;
      }
    },
    draw: (kernel, source) => drawTruncatedNormal(source, centres[kernel]!, widths[kernel]!),
  };
}

export function withPrior(observed: Float64Array, prior: number): Float64Array {
  const all = new Float64Array(observed.length + 1);
  all.set(observed);
  all[observed.length] = prior;
  return all;
}
