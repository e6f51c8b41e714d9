/** Kernels of an ordered dimension (int, or float with a step): a truncated normal kernel's mass over the cell of a level. */
import { LOG_SQRT_TWO_PI } from "../math/normal-distribution.ts";
import type { RandomSource } from "../math/random-source.ts";
import { type Dimension, levelAt, levelBoundary, levelCoordinate } from "../space/dimension.ts";
import { PRIOR_CENTRE, PRIOR_WIDTH } from "./continuous-kernels.ts";
import { hasEqualCells, type KernelShapes, kernelShapes } from "./kernel-shapes.ts";
import type { Kernels } from "./kernels.ts";
import { sharedMasses } from "./shared-masses.ts";
import {
  drawTruncatedNormal,
  isNarrow,
  logCentralMass,
  logMeanDensity,
  logNormalMass,
  logWideMass,
} from "./truncated-normal.ts";

const LOG_PRIOR_INSIDE = logCentralMass(PRIOR_CENTRE / PRIOR_WIDTH, (1 - PRIOR_CENTRE) / PRIOR_WIDTH);

export function orderedKernels(dimension: Dimension, observed: Float64Array): Kernels {
  const shapes = kernelShapes(dimension, observed);
  const { centres, scales, logPeaks, logInside, shapeOf, widths } = shapes;
  const equalCells = hasEqualCells(dimension);
  const shared = equalCells ? sharedMasses(dimension.count, shapes) : null;
  /** Per level asked for by many: the logarithms of all shapes' kernels. */
  const rows = new Map<number, Float64Array>();

  /** log of a shape's kernel at a cell, in the shapes' unit of length; −∞ where it is below `least` anyway. */
  function logKernel(shape: number, middle: number, width: number, logWidth: number, least: number): number {
    const distance = Math.abs(middle - centres[shape]!);
    if (shared !== null) {
      const mass = shared.logMass(shape, distance);
      if (!Number.isNaN(mass)) return mass - logInside[shape]!;
    }
    const m = distance * scales[shape]!;
    const w = width * scales[shape]!;
    if (isNarrow(m, w)) return logMeanDensity(m, w) + logWidth + logPeaks[shape]!;
    const nearest = m - 0.5 * w;
    // Φ(−z) < exp(−z²/2): far out this says enough.
    if (nearest > 0 && -0.5 * nearest * nearest - logInside[shape]! < least) return Number.NEGATIVE_INFINITY;
    return logWideMass(nearest, m + 0.5 * w) - logInside[shape]!;
  }

  return {
    highest: highestMass(dimension, shapes),
    logPrior(coordinate) {
      const level = levelAt(dimension, coordinate);
      const low = (levelBoundary(dimension, level) - PRIOR_CENTRE) / PRIOR_WIDTH;
      const high = (levelBoundary(dimension, level + 1) - PRIOR_CENTRE) / PRIOR_WIDTH;
      return logNormalMass(low, high) - LOG_PRIOR_INSIDE;
    },
    addLogKernels(coordinate, sums, among, count, least) {
      const level = levelAt(dimension, coordinate);
      let row = rows.get(level);
      if (row === undefined) {
        const low = equalCells ? level - 0.5 : levelBoundary(dimension, level);
        const high = equalCells ? level + 0.5 : levelBoundary(dimension, level + 1);
        const middle = 0.5 * (low + high);
        const width = high - low;
        const logWidth = equalCells ? 0 : Math.log(width);
        if (count < shapes.count) {
          for (let i = 0; i < count; i++) {
            const k = among[i]!;
            sums[k]! += logKernel(shapeOf[k]!, middle, width, logWidth, least - sums[k]!);
          }
          return;
        }
        row = new Float64Array(shapes.count);
        for (let shape = 0; shape < row.length; shape++)
          row[shape] = logKernel(shape, middle, width, logWidth, Number.NEGATIVE_INFINITY);
        rows.set(level, row);
      }
      for (let i = 0; i < count; i++) {
        const k = among[i]!;
        sums[k]! += row[shapeOf[k]!]!;
      }
    },
    draw(kernel: number, source: RandomSource): number {
      const anywhere =
        kernel === observed.length
          ? drawTruncatedNormal(source, PRIOR_CENTRE, PRIOR_WIDTH)
          : drawTruncatedNormal(source, observed[kernel]!, widths[kernel]!);
      return levelCoordinate(dimension, levelAt(dimension, anywhere));
    },
  };
}

/** Equal cells hold at most the density's peak times their width, and none more than the whole mass. */
function highestMass(dimension: Dimension, { count, logPeaks }: KernelShapes): number {
  if (!hasEqualCells(dimension)) return 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let shape = 0; shape < count; shape++) if (logPeaks[shape]! > highest) highest = logPeaks[shape]!;
  return Math.min(0, highest - LOG_SQRT_TWO_PI);
}
