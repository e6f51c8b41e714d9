/** Kernels of an ordered dimension (int, or float with a step): a truncated normal kernel's mass over the cell of a level. */
import { LOG_SQRT_TWO_PI } from "../math/normal-distribution.ts";
import type { RandomSource } from "../math/random-source.ts";
import { type Dimension, levelAt, levelBoundary, levelCoordinate } from "../space/dimension.ts";
import { PRIOR_CENTRE, PRIOR_WIDTH } from "./continuous-kernels.ts";
import { hasEqualCells, type KernelShapes, kernelShapes } from "./kernel-shapes.ts";
import type { Kernels } from "./kernels.ts";
import { levelRows } from "./level-rows.ts";
import { drawTruncatedNormal, logCentralMass, logNormalMass } from "./truncated-normal.ts";

const LOG_PRIOR_INSIDE = logCentralMass(PRIOR_CENTRE / PRIOR_WIDTH, (1 - PRIOR_CENTRE) / PRIOR_WIDTH);

export function orderedKernels(dimension: Dimension, observed: Float64Array): Kernels {
  const shapes = kernelShapes(dimension, observed);
  const { centres, widths, shapeOf } = shapes;
  const rowAt = levelRows(dimension, shapes);
  return {
    highest: highestMass(dimension, shapes),
    logPrior(coordinate) {
      const level = levelAt(dimension, coordinate);
      const low = (levelBoundary(dimension, level) - PRIOR_CENTRE) / PRIOR_WIDTH;
      const high = (levelBoundary(dimension, level + 1) - PRIOR_CENTRE) / PRIOR_WIDTH;
      return logNormalMass(low, high) - LOG_PRIOR_INSIDE;
    },
    addLogKernels(coordinate, sums, least) {
      const row = rowAt(levelAt(dimension, coordinate), sums, least);
      for (let k = 0; k < shapeOf.length; k++) sums[k]! += row[shapeOf[k]!]!;
    },
    draw(kernel: number, source: RandomSource): number {
      const prior = kernel === observed.length;
      const shape = prior ? 0 : shapeOf[kernel]!;
      const anywhere = prior
        ? drawTruncatedNormal(source, PRIOR_CENTRE, PRIOR_WIDTH)
        : drawTruncatedNormal(source, centres[shape]!, widths[shape]!);
      return levelCoordinate(dimension, levelAt(dimension, anywhere));
    },
  };
}

/** Equal cells hold at most the density's peak times their width, and none more than the whole mass. */
function highestMass(dimension: Dimension, { count, widths, logInside }: KernelShapes): number {
  if (!hasEqualCells(dimension)) return 0;
  let narrowest = PRIOR_WIDTH;
  let least = LOG_PRIOR_INSIDE;
  for (let shape = 0; shape < count; shape++) {
    if (widths[shape]! < narrowest) narrowest = widths[shape]!;
    if (logInside[shape]! < least) least = logInside[shape]!;
  }
  return Math.min(0, -Math.log(dimension.count * narrowest) - LOG_SQRT_TWO_PI - least);
}
