/** Values of one parameter at which a curve or a slice is computed. */
import { type Dimension, levelCoordinate, valueAt } from "../space/dimension.ts";

/**
 * Coordinates from one end of the range to the other, evenly spaced in the searched scale.
 * @param count at most this many: a discrete parameter with fewer levels gives each of them, a categorical one always
 * all its choices
 */
export function gridCoordinates(dimension: Dimension, count: number): Float64Array {
  if (dimension.kind === "continuous") return spaced(count, 1);
  const levels = dimension.count;
  if (dimension.kind === "categorical" || levels <= count)
    return Float64Array.from({ length: levels }, (_, level) => levelCoordinate(dimension, level));
  return spaced(count, levels - 1).map((level) => levelCoordinate(dimension, Math.round(level)));
}

export function gridValues(dimension: Dimension, coordinates: Float64Array) {
  return Array.from(coordinates, (coordinate) => valueAt(dimension, coordinate));
}

/** `count` numbers from 0 to `end`; the middle when there is only one. */
function spaced(count: number, end: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (count === 1 ? end / 2 : (i * end) / (count - 1)));
}
