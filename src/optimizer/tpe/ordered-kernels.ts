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

const NONE = new Float64Array(0);
const LOG_PRIOR_INSIDE = logCentralMass(PRIOR_CENTRE / PRIOR_WIDTH, (1 - PRIOR_CENTRE) / PRIOR_WIDTH);

export function orderedKernels(dimension: Dimension, observed: Float64Array): Kernels {
  const shapes = kernelShapes(dimension, observed);
  const { centres, scales, logPeaks, logInside, shapeOf, widths } = shapes;
  const equalCells = hasEqualCells(dimension);
  const shared = equalCells ? sharedMasses(dimension.count, shapes) : null;
  const rowStarts = new Map<number, number>();
  let narrowest = 0; for (let i = 0; i < shapes.count; i++) if (scales[i]! > narrowest) narrowest = scales[i]!;
  let rows = NONE;

  /** log of a shape's mass over a cell, in units of the shapes; −∞ where it is below `least` anyway. */
  function logKernel(shape: number, middle: number, size: number, logSize: number, least: number): number {
    const distance = Math.abs(middle - centres[shape]!);
    if (shared !== null) {const mass=shared.logMass(shape, distance); if (!Number.isNaN(mass)) return mass - logInside[shape]!;}
    const scale = scales[shape]!;
    const m = distance * scale;
    const width = size * scale;
    if (isNarrow(m, width)) return logMeanDensity(m, width) + logSize + logPeaks[shape]!;
    const nearest = m - 0.5 * width;
    // Φ(−z) < exp(−z²/2): far out this says enough.
    if (nearest > 0 && -0.5 * nearest * nearest - logInside[shape]! < least) return Number.NEGATIVE_INFINITY;
    return logWideMass(nearest, m + 0.5 * width) - logInside[shape]!;
  }

  /** Makes room for a row. */
  function newRow(level: number): number {
    const start = rowStarts.size * shapes.count;
    rowStarts.set(level, start);
    if (start + shapes.count > rows.length) {
      const more = new Float64Array(Math.max(2 * rows.length, 12 * shapes.count));
      more.set(rows);
      rows = more;
    }
    return start;
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
      let start = rowStarts.get(level) ?? -1;
      if (start < 0) {
        const low = equalCells ? level - 0.5 : levelBoundary(dimension, level);
        const high = equalCells ? level + 0.5 : levelBoundary(dimension, level + 1);
        const middle = 0.5 * (low + high);
        const size = high - low;
        const logSize = equalCells ? 0 : Math.log(size);
        const repaid = size * narrowest < 0.25 ? 2 : 1;
        if (count < repaid * shapes.count) {
          for (let i = 0; i < count; i++) {
            const k = among[i]!;
            sums[k]! += logKernel(shapeOf[k]!, middle, size, logSize, least - sums[k]!);
          }
          return;
        }
        start = newRow(level);
        for (let shape = 0; shape < shapes.count; shape++)
          rows[start + shape] = logKernel(shape, middle, size, logSize, Number.NEGATIVE_INFINITY);
      }
      for (let i = 0; i < count; i++) {
        const k = among[i]!;
        sums[k]! += rows[start + shapeOf[k]!]!;
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
