/** The different kernels among those of the observations in an ordered dimension. */
import { type Dimension, levelAt } from "../space/dimension.ts";
import { bandwidths } from "./bandwidth.ts";
import { logCentralMass } from "./truncated-normal.ts";

/** A table of masses has at most so many places per observation: a larger one would hardly be used twice. */
const PLACES_PER_OBSERVATION = 64;

export interface KernelShapes {
  /** Whether all levels own an equal share of the interval; not on a logarithmic scale. */
  readonly equalCells: boolean;
  /** Per shape: where it stands, its σ, the level there, and the logarithm of its mass between the walls. */
  readonly centres: Float64Array;
  readonly widths: Float64Array;
  readonly levels: Int32Array;
  readonly logInside: Float64Array;
  /**
   * Per shape: where its row begins in `masses`. With equal cells a row is for all shapes of a width and has a place per
   * distance in levels, else it has one per level.
   */
  readonly rows: Int32Array;
  /** Per observation: its shape. */
  readonly shapeOf: Int32Array;
  /** log(Φ(b) − Φ(a)) over a cell, NaN where not yet known; no places where there would be too many. */
  readonly masses: Float64Array;
  /** Likewise of the prior, by level. */
  readonly priorMasses: Float64Array;
}

export function kernelShapes(dimension: Dimension, observed: Float64Array): KernelShapes {
  const { parameter, count } = dimension;
  const equalCells = parameter.kind === "categorical" || !parameter.log;
  const { widths: widthOf, order } = bandwidths(observed);
  const found = {
    centres: new Float64Array(order.length),
    widths: new Float64Array(order.length),
    levels: new Int32Array(order.length),
    logInside: new Float64Array(order.length),
    rows: new Int32Array(order.length),
    shapeOf: new Int32Array(order.length),
  };
  const mostRows = Math.floor((PLACES_PER_OBSERVATION * order.length) / count);
  const rowsByWidth = new Map<number, number>();
  let shape = -1;
  let rowCount = 0;
  let [lastCentre, lastWidth] = [Number.NaN, Number.NaN];
  // Alike kernels are neighbours in the sorted order, up to the outer ones of a level.
  for (let i = 0; i < order.length; i++) {
    const observation = order[i]!;
    const centre = observed[observation]!;
    const width = widthOf[observation]!;
    if (centre !== lastCentre || width !== lastWidth) {
      shape++;
      found.centres[shape] = centre;
      found.widths[shape] = width;
      found.levels[shape] = levelAt(dimension, centre);
      found.logInside[shape] = logCentralMass(centre / width, (1 - centre) / width);
      if (equalCells && rowCount <= mostRows) {
        // Gaps between the same number of levels differ by rounding errors.
        const key = Math.round(width * count * 1e4);
        const known = rowsByWidth.get(key);
        found.rows[shape] = (known ?? rowCount) * count;
        if (known === undefined) rowsByWidth.set(key, rowCount++);
      } else if (!equalCells) found.rows[shape] = rowCount++ * count;
      [lastCentre, lastWidth] = [centre, width];
    }
    found.shapeOf[observation] = shape;
  }
  const places = rowCount <= mostRows ? rowCount * count : 0;
  return {
    ...found,
    equalCells,
    masses: new Float64Array(places).fill(Number.NaN),
    priorMasses: new Float64Array(count <= PLACES_PER_OBSERVATION ? count : 0).fill(Number.NaN),
  };
}
