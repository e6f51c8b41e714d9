/** The different kernels among those of the observations in an ordered dimension. */
import { type Dimension, levelAt } from "../space/dimension.ts";
import { bandwidths } from "./bandwidth.ts";
import { logCentralMass } from "./truncated-normal.ts";

export interface KernelShapes {
  readonly count: number;
  /** Per shape: where it stands, its σ, the level there, and the logarithm of its mass between the walls. */
  readonly centres: Float64Array;
  readonly widths: Float64Array;
  readonly levels: Int32Array;
  readonly logInside: Float64Array;
  /** Per shape: a number for its width, below `classCount`. */
  readonly classes: Int32Array;
  readonly classCount: number;
  /** Per observation: its shape. */
  readonly shapeOf: Int32Array;
}

/** Whether all levels own an equal share of the interval: not on a logarithmic scale. */
export function hasEqualCells({ parameter }: Dimension): boolean {
  return parameter.kind === "categorical" || !parameter.log;
}

export function kernelShapes(dimension: Dimension, observed: Float64Array): KernelShapes {
  const { widths: widthOf, order } = bandwidths(observed);
  const size = order.length;
  const centres = new Float64Array(size);
  const widths = new Float64Array(size);
  const levels = new Int32Array(size);
  const logInside = new Float64Array(size);
  const classes = new Int32Array(size);
  const shapeOf = new Int32Array(size);
  const classOfWidth = new Map<number, number>();
  let shape = -1;
  // Alike kernels are neighbours in the sorted order, up to the outer ones of a level.
  for (let i = 0; i < size; i++) {
    const observation = order[i]!;
    const centre = observed[observation]!;
    const width = widthOf[observation]!;
    if (shape < 0 || centre !== centres[shape] || width !== widths[shape]) {
      shape++;
      centres[shape] = centre;
      widths[shape] = width;
      levels[shape] = levelAt(dimension, centre);
      logInside[shape] = logCentralMass(centre / width, (1 - centre) / width);
      // Gaps between the same number of levels differ by rounding errors.
      const key = Math.round(width * 1e9);
      const known = classOfWidth.get(key);
      classes[shape] = known ?? classOfWidth.size;
      if (known === undefined) classOfWidth.set(key, classOfWidth.size);
    }
    shapeOf[observation] = shape;
  }
  return {
    count: shape + 1,
    centres,
    widths,
    levels,
    logInside,
    classes,
    classCount: classOfWidth.size,
    shapeOf,
  };
}
