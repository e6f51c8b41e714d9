/**
 * A box around one safe parameter set: how far each parameter may differ from it. Distances are shares of a parameter's
 * range, on the logarithm for log parameters.
 */
import { type Dimension, levelAt, levelBoundary, levelCoordinate, valueAt } from "../space/dimension.ts";
import type { UnitSpace } from "../space/unit-space.ts";

export interface Box {
  /** The safe set's point. */
  readonly centre: Float64Array;
  /** Lowest and highest coordinate; of an ordered parameter those of its lowest and highest level. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** How many categorical parameters may have another choice: choices have no distance, so they change one at a time. */
  readonly changes: 0 | 1;
}

/** Coordinates are compared with this much slack: they come from values and go back to them. */
const SLACK = 1e-9;

/**
 * @param reach largest difference, as a share of each parameter's range
 * @param neighbours an ordered parameter may always go to the next level, however few levels it has
 */
export function boxAround(
  unit: UnitSpace,
  centre: Float64Array,
  reach: number,
  { changes, neighbours }: { readonly changes: 0 | 1; readonly neighbours: boolean },
): Box {
  const low = centre.slice();
  const high = centre.slice();
  for (const [j, dimension] of unit.dimensions.entries()) {
    const at = centre[j]!;
    if (dimension.kind === "continuous") {
      low[j] = Math.max(0, at - reach);
      high[j] = Math.min(1, at + reach);
    } else if (dimension.kind === "ordered") {
      const home = levelAt(dimension, at);
      const within = (level: number): boolean =>
        Math.abs(shareOfRange(dimension, level) - shareOfRange(dimension, home)) <= reach + SLACK ||
        (neighbours && Math.abs(level - home) <= 1);
      let lowest = home;
      let highest = home;
      while (lowest > 0 && within(lowest - 1)) lowest--;
      while (highest < dimension.count - 1 && within(highest + 1)) highest++;
      low[j] = levelCoordinate(dimension, lowest);
      high[j] = levelCoordinate(dimension, highest);
    }
  }
  return { centre, low, high, changes };
}

/** Where a level lies between the lowest and the highest, 0 to 1. */
function shareOfRange(dimension: Dimension, level: number): number {
  const { parameter, count } = dimension;
  if (parameter.kind === "categorical" || count < 2) return 0;
  const value = (at: number): number => {
    const number = Number(valueAt(dimension, levelCoordinate(dimension, at)));
    return parameter.log ? Math.log(number) : number;
  };
  return (value(level) - value(0)) / (value(count - 1) - value(0));
}

/** Whether the point of a parameter set lies in the box. @param active which parameters the set has */
export function boxCovers(
  { dimensions }: UnitSpace,
  box: Box,
  point: Float64Array,
  active: readonly boolean[],
): boolean {
  let changes = 0;
  for (let j = 0; j < point.length; j++) {
    if (!active[j]) continue;
    const value = point[j]!;
    if (dimensions[j]!.kind === "categorical") {
      if (value !== box.centre[j] && ++changes > box.changes) return false;
    } else if (!(value >= box.low[j]! - SLACK && value <= box.high[j]! + SLACK)) return false;
  }
  return true;
}

/** The point's nearest place in the box. @returns that place and how far it is, each changed choice back counting 1 */
export function clippedInto(
  unit: UnitSpace,
  box: Box,
  point: Float64Array,
): { readonly clipped: Float64Array; readonly distance: number } {
  let squares = 0;
  let changes = 0;
  const clipped = point.map((value, j) => {
    if (unit.dimensions[j]!.kind === "categorical") {
      if (value === box.centre[j] || ++changes <= box.changes) return value;
      squares += 1;
      return box.centre[j]!;
    }
    const inside = coordinateInside(unit, box, j, value);
    squares += (inside - value) ** 2;
    return inside;
  });
  return { clipped, distance: Math.sqrt(squares) };
}

/** The nearest coordinate that the box allows; of an ordered parameter a level's. */
export function coordinateInside(unit: UnitSpace, box: Box, j: number, value: number): number {
  const inside = Math.min(box.high[j]!, Math.max(box.low[j]!, value));
  const dimension = unit.dimensions[j]!;
  return dimension.kind === "ordered" ? levelCoordinate(dimension, levelAt(dimension, inside)) : inside;
}

/** The interval that the box's levels own, or the interval itself. */
export function sharesOf(dimension: Dimension, box: Box, j: number): readonly [low: number, high: number] {
  const [low, high] = [box.low[j]!, box.high[j]!];
  if (dimension.kind !== "ordered") return [low, high];
  return [
    levelBoundary(dimension, levelAt(dimension, low)),
    levelBoundary(dimension, levelAt(dimension, high) + 1),
  ];
}

/** Logarithm of the volume, every combination of choices counted. */
export function logVolume({ dimensions }: UnitSpace, box: Box): number {
  let sum = 0;
  let combinations = 1;
  for (const [j, dimension] of dimensions.entries()) {
    if (dimension.kind === "categorical") combinations += box.changes * (dimension.count - 1);
    else {
      const [low, high] = sharesOf(dimension, box, j);
      // A parameter with one value makes a box no smaller.
      if (high > low) sum += Math.log(high - low);
    }
  }
  return sum + Math.log(combinations);
}
