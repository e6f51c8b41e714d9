/**
 * The logarithms of all kernels of an ordered dimension at one level, each different shape computed once per level asked for.
 *
 * As cells are equally wide (but on a logarithmic scale), a shape's mass over a cell hangs on its width and on how many levels
 * away the cell is only: with few levels shapes of one width share their masses. Else masses are only computed for kernels
 * that still matter.
 */
import { type Dimension, levelBoundary } from "../space/dimension.ts";
import { hasEqualCells, type KernelShapes } from "./kernel-shapes.ts";
import { logNormalMass } from "./truncated-normal.ts";

/**
 * Per shape: log kernel at the level. May be NaN where no observation's sum (`sums`, of the dimensions before) reaches `least`
 * with it.
 */
export type LevelRows = (level: number, sums: Float64Array, least: number) => Float64Array;

/** Masses are shared while that needs at most so many of them per observation: of more most would be used once. */
const SHARED_PER_OBSERVATION = 16;

export function levelRows(dimension: Dimension, shapes: KernelShapes): LevelRows {
  const masses = dimension.count * shapes.classCount;
  const sharing = hasEqualCells(dimension) && masses <= SHARED_PER_OBSERVATION * shapes.shapeOf.length;
  return sharing ? sharedRows(dimension, shapes) : neededRows(dimension, shapes);
}

function sharedRows(dimension: Dimension, shapes: KernelShapes): LevelRows {
  const { levels, classes, logInside, widths } = shapes;
  const rows = new Map<number, Float64Array>();
  /** By class of width and distance in levels. */
  const masses = new Float64Array(dimension.count * shapes.classCount).fill(Number.NaN);
  return (level) => {
    const known = rows.get(level);
    if (known !== undefined) return known;
    const row = new Float64Array(shapes.count);
    for (let shape = 0; shape < row.length; shape++) {
      const distance = Math.abs(level - levels[shape]!);
      const place = classes[shape]! * dimension.count + distance;
      let mass = masses[place]!;
      if (Number.isNaN(mass)) {
        mass = massAtDistance(dimension.count, distance, widths[shape]!);
        masses[place] = mass;
      }
      row[shape] = mass - logInside[shape]!;
    }
    rows.set(level, row);
    return row;
  };
}

/** log of the mass over a cell of equal ones, some levels from the centre. */
function massAtDistance(levelCount: number, distance: number, width: number): number {
  const scale = 1 / (levelCount * width);
  return logNormalMass((distance - 0.5) * scale, (distance + 0.5) * scale);
}

function neededRows(dimension: Dimension, shapes: KernelShapes): LevelRows {
  const { centres, widths, levels, logInside, shapeOf } = shapes;
  const equalCells = hasEqualCells(dimension);
  const rows = new Map<number, Float64Array>();
  const wanted = new Uint32Array(shapeOf.length);
  return (level, sums, least) => {
    let row = rows.get(level);
    if (row === undefined) {
      row = new Float64Array(shapes.count).fill(Number.NaN);
      rows.set(level, row);
    }
    let count = 0;
    for (let k = 0; k < shapeOf.length; k++)
      if (sums[k]! >= least && Number.isNaN(row[shapeOf[k]!]!)) wanted[count++] = k;
    if (count === 0) return row;
    const low = levelBoundary(dimension, level);
    const high = levelBoundary(dimension, level + 1);
    for (let i = 0; i < count; i++) {
      const k = wanted[i]!;
      const shape = shapeOf[k]!;
      if (!Number.isNaN(row[shape]!)) continue;
      const width = widths[shape]!;
      const centre = centres[shape]!;
      // Φ(−z) < exp(−z²/2): far out this says enough.
      const nearest = Math.max(0, low - centre, centre - high) / width;
      if (sums[k]! - 0.5 * nearest * nearest - logInside[shape]! < least) continue;
      const mass = equalCells
        ? massAtDistance(dimension.count, Math.abs(level - levels[shape]!), width)
        : logNormalMass((low - centre) / width, (high - centre) / width);
      row[shape] = mass - logInside[shape]!;
    }
    return row;
  };
}
