/**
 * Kernels of an ordered dimension (int, or float with a step): a truncated normal kernel's mass over the cell of a level.
 *
 * Observations share levels, so many kernels are alike, and as cells are equally wide (but on a logarithmic scale) the mass of
 * a kernel over a cell hangs on its width and on how many levels away the cell is. So masses are kept in a table.
 */
import { LOG_SQRT_TWO_PI } from "../math/normal-distribution.ts";
import type { RandomSource } from "../math/random-source.ts";
import { type Dimension, levelAt, levelBoundary, levelCoordinate } from "../space/dimension.ts";
import { PRIOR_CENTRE, PRIOR_WIDTH } from "./continuous-kernels.ts";
import { type KernelShapes, kernelShapes } from "./kernel-shapes.ts";
import type { Kernels } from "./kernels.ts";
import { drawTruncatedNormal, logCentralMass, logNormalMass } from "./truncated-normal.ts";

const LOG_PRIOR_INSIDE = logCentralMass(PRIOR_CENTRE / PRIOR_WIDTH, (1 - PRIOR_CENTRE) / PRIOR_WIDTH);

export function orderedKernels(dimension: Dimension, observed: Float64Array): Kernels {
  const shapes = kernelShapes(dimension, observed);
  const { equalCells, centres, widths, levels, logInside, rows, shapeOf, masses, priorMasses } = shapes;

  function logPrior(coordinate: number): number {
    const level = levelAt(dimension, coordinate);
    const known = level < priorMasses.length ? priorMasses[level]! : Number.NaN;
    if (!Number.isNaN(known)) return known;
    const low = levelBoundary(dimension, level) - PRIOR_CENTRE;
    const high = levelBoundary(dimension, level + 1) - PRIOR_CENTRE;
    const mass = logNormalMass(low / PRIOR_WIDTH, high / PRIOR_WIDTH) - LOG_PRIOR_INSIDE;
    if (level < priorMasses.length) priorMasses[level] = mass;
    return mass;
  }

  return {
    highest: highestMass(dimension, shapes),
    logPrior,
    addLogKernels(coordinate, sums, live, count, least) {
      const level = levelAt(dimension, coordinate);
      const low = equalCells ? 0 : levelBoundary(dimension, level);
      const high = equalCells ? 0 : levelBoundary(dimension, level + 1);
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const k = live[i]!;
        const shape = shapeOf[k]!;
        const before = sums[k]! - logInside[shape]!;
        const distance = Math.abs(level - levels[shape]!);
        const place = rows[shape]! + (equalCells ? distance : level);
        let mass = place < masses.length ? masses[place]! : Number.NaN;
        if (Number.isNaN(mass)) {
          const width = widths[shape]!;
          const from = equalCells ? (distance - 0.5) / dimension.count : low - centres[shape]!;
          const to = equalCells ? (distance + 0.5) / dimension.count : high - centres[shape]!;
          const nearest = Math.max(0, from, -to) / width;
          // Φ(−z) < exp(−z²/2): far out this says enough.
          if (before - 0.5 * nearest * nearest < least) continue;
          mass = logNormalMass(from / width, to / width);
          if (place < masses.length) masses[place] = mass;
        }
        const next = sums[k]! + (mass - logInside[shape]!);
        sums[k] = next;
        live[kept] = k;
        if (next >= least) kept++;
      }
      return kept;
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

/** Cells of one width hold at most the density's peak times their width, and none more than the whole mass. */
function highestMass({ count }: Dimension, { equalCells, widths, logInside }: KernelShapes): number {
  if (!equalCells) return 0;
  let narrowest = PRIOR_WIDTH;
  let least = LOG_PRIOR_INSIDE;
  for (let shape = 0; shape < widths.length; shape++) {
    if (widths[shape]! < narrowest) narrowest = widths[shape]!;
    if (logInside[shape]! < least) least = logInside[shape]!;
  }
  return Math.min(0, -Math.log(count * narrowest) - LOG_SQRT_TWO_PI - least);
}
