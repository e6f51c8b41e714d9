/**
 * Kernels of an ordered dimension (int, or float with a step): a truncated normal kernel's mass over the cell of a level.
 *
 * Observations share levels, so many kernels are alike: each different shape is computed once per level asked for. And as
 * cells are equally wide (but on a logarithmic scale), shapes of one width share their masses by distance.
 */
import type { RandomSource } from "../math/random-source.ts";
import { type Dimension, levelAt, levelBoundary, levelCoordinate } from "../space/dimension.ts";
import { bandwidths } from "./bandwidth.ts";
import { PRIOR_CENTRE, PRIOR_WIDTH } from "./continuous-kernels.ts";
import type { Kernels } from "./kernels.ts";
import { drawTruncatedNormal, logCentralMass, logNormalMass } from "./truncated-normal.ts";

/** With more levels than this, masses are not shared by distance: there would be more distances than shapes. */
const MOST_SHARED_LEVELS = 1000;

/** The different kernels, and which of them each observation has. */
interface Shapes {
  readonly centres: readonly number[];
  readonly widths: readonly number[];
  /** Per observation, and last the prior: index into `centres` and `widths`. */
  readonly shapeOf: Uint32Array;
}

export function orderedKernels(dimension: Dimension, observed: Float64Array): Kernels {
  const { centres, widths, shapeOf } = differentShapes(observed);
  /** Log of a whole kernel's mass between the walls. */
  const logInside = Float64Array.from(centres, (centre, shape) =>
    logCentralMass(centre / widths[shape]!, (1 - centre) / widths[shape]!),
  );
  const levels = centres.map((centre) => levelAt(dimension, centre));
  const shared = massesByDistance(dimension, widths);
  const tables = new Map<number, Float64Array>();

  function logMasses(level: number): Float64Array {
    const known = tables.get(level);
    if (known !== undefined) return known;
    const low = levelBoundary(dimension, level);
    const high = levelBoundary(dimension, level + 1);
    const table = new Float64Array(centres.length);
    for (let shape = 0; shape < table.length; shape++) {
      const [centre, width] = [centres[shape]!, widths[shape]!];
      const distance = Math.abs(level - levels[shape]!);
      const masses = shared[shape]!;
      const mass = masses?.[distance] ?? Number.NaN;
      table[shape] = Number.isNaN(mass)
        ? logNormalMass((low - centre) / width, (high - centre) / width)
        : mass;
      if (masses !== null) masses[distance] = table[shape]!;
      table[shape]! -= logInside[shape]!;
    }
    tables.set(level, table);
    return table;
  }

  return {
    addLogKernels(coordinate, sums) {
      const masses = logMasses(levelAt(dimension, coordinate));
      for (let k = 0; k < sums.length; k++) sums[k]! += masses[shapeOf[k]!]!;
    },
    draw(kernel: number, source: RandomSource): number {
      const shape = shapeOf[kernel]!;
      const anywhere = drawTruncatedNormal(source, centres[shape]!, widths[shape]!);
      return levelCoordinate(dimension, levelAt(dimension, anywhere));
    },
  };
}

function differentShapes(observed: Float64Array): Shapes {
  const { widths: widthOf, order } = bandwidths(observed);
  const centres: number[] = [];
  const widths: number[] = [];
  const shapeOf = new Uint32Array(observed.length + 1);
  // Alike kernels are neighbours in the sorted order, up to the outer ones of a level.
  for (const observation of order) {
    const centre = observed[observation]!;
    const width = widthOf[observation]!;
    if (centres.at(-1) !== centre || widths.at(-1) !== width) {
      centres.push(centre);
      widths.push(width);
    }
    shapeOf[observation] = centres.length - 1;
  }
  centres.push(PRIOR_CENTRE);
  widths.push(PRIOR_WIDTH);
  shapeOf[observed.length] = centres.length - 1;
  return { centres, widths, shapeOf };
}

/**
 * Per shape: log masses by distance in levels, one array for all shapes of a width, NaN where not yet known; null where they
 * cannot be shared (cells of different widths; the prior, which stands between levels).
 */
function massesByDistance(
  { parameter, count }: Dimension,
  widths: readonly number[],
): (Float64Array | null)[] {
  const equalCells = parameter.kind !== "categorical" && !parameter.log && count <= MOST_SHARED_LEVELS;
  const byWidth = new Map<number, Float64Array>();
  return widths.map((width, shape) => {
    if (!equalCells || shape === widths.length - 1) return null;
    // Gaps between the same number of levels differ by rounding errors.
    const key = Math.round(width * 1e12);
    const known = byWidth.get(key) ?? new Float64Array(count).fill(Number.NaN);
    byWidth.set(key, known);
    return known;
  });
}
