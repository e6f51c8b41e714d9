/**
 * Positions of a swarm: a space with choices as a cube without any. Each numeric parameter keeps its coordinate, each
 * categorical one becomes one coordinate per choice, of which the largest wins ("random keys", J. C. Bean, ORSA J. Computing
 * 6, 1994). So particles move by one rule everywhere, and no order is read into choices that have none. The coordinates of
 * parameters that do not exist at a position move along unseen.
 */
import type { ParameterSet } from "../search-space.ts";
import { decode, encode, neutralizeInactive, type UnitSpace } from "../space/unit-space.ts";

export interface PositionSpace {
  /** Coordinates of a position, each in [0, 1]. */
  readonly size: number;
  parametersAt(position: Float64Array): ParameterSet;
  /** A position of a parameter set. */
  positionOf(parameters: ParameterSet): Float64Array;
}

export function positionSpace(unit: UnitSpace): PositionSpace {
  const blocks: { readonly start: number; readonly width: number; readonly categorical: boolean }[] = [];
  let size = 0;
  for (const { kind, count } of unit.dimensions) {
    const categorical = kind === "categorical";
    const width = categorical ? count : 1;
    blocks.push({ start: size, width, categorical });
    size += width;
  }
  return {
    size,
    parametersAt(position) {
      const point = Float64Array.from(blocks, ({ start, width, categorical }) =>
        categorical ? largest(position.subarray(start, start + width)) : position[start]!,
      );
      return decode(unit, neutralizeInactive(unit, point));
    },
    positionOf(parameters) {
      const point = encode(unit, parameters);
      const position = new Float64Array(size);
      for (const [i, { start, width, categorical }] of blocks.entries()) {
        if (!categorical) position[start] = point[i]!;
        else if (point[i]! >= 0 && point[i]! < width) position[start + point[i]!] = 1;
      }
      return position;
    },
  };
}

function largest(keys: Float64Array): number {
  let best = 0;
  for (let i = 1; i < keys.length; i++) if (keys[i]! > keys[best]!) best = i;
  return best;
}
