/** The different kernels among those of the observations in an ordered dimension. */
import { type Dimension, levelAt } from "../space/dimension.ts";
import { bandwidths } from "./bandwidth.ts";
import { logCentralMass } from "./truncated-normal.ts";

export interface KernelShapes {
  readonly count: number;
  /**
   * Per shape: where it stands, 1/σ, and the logarithm of that less {@link logInside}. Where cells are equally wide lengths are
   * in levels, so that distances are whole numbers and alike on both sides; else in shares of the range.
   */
  readonly centres: Float64Array;
  readonly scales: Float64Array;
  readonly logPeaks: Float64Array;
  /** Per shape: the logarithm of its mass between the walls. */
  readonly logInside: Float64Array;
  /** Per observation: its shape, and its σ as a share of the range. */
  readonly shapeOf: Int32Array;
  readonly widths: Float64Array;
}

/** Whether all levels own an equal share of the interval: not on a logarithmic scale. */
export function hasEqualCells({ parameter }: Dimension): boolean {
  return parameter.kind === "categorical" || !parameter.log;
}

export function kernelShapes(dimension: Dimension, observed: Float64Array): KernelShapes {
  const equalCells = hasEqualCells(dimension);
  const { widths, order } = bandwidths(observed);
  const size = order.length;
  const centres = new Float64Array(size);
  const scales = new Float64Array(size);
  const logPeaks = new Float64Array(size);
  const logInside = new Float64Array(size);
  const shapeOf = new Int32Array(size);
  let shape = -1;
  let centre = Number.NaN;
  let width = Number.NaN;
  let logScale = Number.NaN;
  // Alike kernels are neighbours in the sorted order, up to the outer ones of a level.
  for (let i = 0; i < size; i++) {
    const observation = order[i]!;
    if (observed[observation] !== centre || widths[observation] !== width) {
      shape++;
      centre = observed[observation]!;
      width = widths[observation]!;
      const scale = 1 / (equalCells ? width * dimension.count : width);
      // With many observations most have the narrowest width.
      if (scale !== scales[shape - 1]) logScale = Math.log(scale);
      centres[shape] = equalCells ? levelAt(dimension, centre) : centre;
      scales[shape] = scale;
      logInside[shape] = logCentralMass(centre / width, (1 - centre) / width);
      logPeaks[shape] = logScale - logInside[shape]!;
    }
    shapeOf[observation] = shape;
  }
  return { count: shape + 1, centres, scales, logPeaks, logInside, shapeOf, widths };
}
