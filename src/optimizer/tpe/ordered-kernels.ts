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

const ROWS_AT_FIRST = 8;
const LOG_PRIOR_INSIDE = logCentralMass(PRIOR_CENTRE / PRIOR_WIDTH, (1 - PRIOR_CENTRE) / PRIOR_WIDTH);

export function orderedKernels(dimension: Dimension, observed: Float64Array): Kernels {
  const shapes = kernelShapes(dimension, observed);
  const { centres, scales, logScales, logInside, shapeOf, widths } = shapes;
  const equalCells = hasEqualCells(dimension);
  const shared = equalCells ? sharedMasses(dimension.count, shapes) : null;
  const rowStarts = new Map<number, number>();
  let rows = new Float64Array(ROWS_AT_FIRST * shapes.count);
  function rowAt(level: number): number {
    const start = rowStarts.size * shapes.count;
    rowStarts.set(level, start);
    if (start + shapes.count > rows.length) {
      const more = new Float64Array(2 * rows.length);
      more.set(rows);
      rows = more;
    }
    if (shared !== null) {
      for (let shape = 0; shape < shapes.count; shape++)
        rows[start + shape] = shared.logMass(shape, Math.abs(level - centres[shape]!)) - logInside[shape]!;
      return start;
    }
    const low = equalCells ? level - 0.5 : levelBoundary(dimension, level);
    const high = equalCells ? level + 0.5 : levelBoundary(dimension, level + 1);
    const middle = 0.5 * (low + high);
    const size = high - low;
    const logSize = Math.log(size);
    for (let shape = 0; shape < shapes.count; shape++) {
      const scale = scales[shape]!;
      const m = Math.abs(middle - centres[shape]!) * scale;
      const width = size * scale;
      rows[start + shape] = isNarrow(m, width)
        ? logMeanDensity(m, width) + logSize + logScales[shape]! - logInside[shape]!
        : logWideMass(m - 0.5 * width, m + 0.5 * width) - logInside[shape]!;
    }
    return start;
  }
  function addMasses(level: number, sums: Float64Array, among: Uint32Array, count: number, least: number): void {
    if (shared !== null) {
      for (let i = 0; i < count; i++) {
        const k = among[i]!;
        const shape = shapeOf[k]!;
        sums[k]! += shared.logMass(shape, Math.abs(level - centres[shape]!)) - logInside[shape]!;
      }
      return;
    }
    const low = equalCells ? level - 0.5 : levelBoundary(dimension, level);
    const high = equalCells ? level + 0.5 : levelBoundary(dimension, level + 1);
    const middle = 0.5 * (low + high);
    const size = high - low;
    const logSize = Math.log(size);
    for (let i = 0; i < count; i++) {
      const k = among[i]!;
      const shape = shapeOf[k]!;
      const scale = scales[shape]!;
      const m = Math.abs(middle - centres[shape]!) * scale;
      const width = size * scale;
      if (isNarrow(m, width)) {
        sums[k]! += logMeanDensity(m, width) + logSize + logScales[shape]! - logInside[shape]!;
        continue;
      }
      const nearest = m - 0.5 * width;
      // Φ(−z) < exp(−z²/2): far out this says enough.
      const far = nearest > 0 && sums[k]! - 0.5 * nearest * nearest - logInside[shape]! < least;
      sums[k]! += far ? Number.NEGATIVE_INFINITY : logWideMass(nearest, m + 0.5 * width) - logInside[shape]!;
    }
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
      const start = rowStarts.get(level) ?? (count >= shapes.count ? rowAt(level) : -1);
      if (start < 0) addMasses(level, sums, among, count, least);
      else
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
function highestMass(dimension: Dimension, { count, logScales, logInside }: KernelShapes): number {
  if (!hasEqualCells(dimension)) return 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let shape = 0; shape < count; shape++) {
    const peak = logScales[shape]! - logInside[shape]!;
    if (peak > highest) highest = peak;
  }
  return Math.min(0, highest - LOG_SQRT_TWO_PI);
}
