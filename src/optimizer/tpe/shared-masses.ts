/**
 * Masses of kernels over cells of equal width, each computed once: it hangs on the kernel's width and on how many levels away
 * the cell is only, and with few levels many kernels are alike in both.
 */
import type { KernelShapes } from "./kernel-shapes.ts";
import { logNormalMass } from "./truncated-normal.ts";

export interface SharedMasses {
  /** log of the mass of the shape (not cut off) over a cell some levels away. */
  logMass(shape: number, distance: number): number;
}

/** Masses are shared while that needs at most so many of them per observation: of more most would be used once. */
const PER_OBSERVATION = 16;

/** Null where sharing is not worth it. */
export function sharedMasses(levelCount: number, { count, scales, shapeOf }: KernelShapes): SharedMasses | null {
  const classLimit = Math.floor((PER_OBSERVATION * shapeOf.length) / levelCount);
  if (classLimit === 0) return null;
  const places = new Int32Array(count);
  const classOfWidth = new Map<number, number>();
  for (let shape = 0; shape < count; shape++) {
    // Gaps between the same number of levels differ by rounding errors.
    const key = Math.round(1e9 / (levelCount * scales[shape]!));
    let known = classOfWidth.get(key);
    if (known === undefined) {
      if (classOfWidth.size === classLimit) return null;
      known = classOfWidth.size;
      classOfWidth.set(key, known);
    }
    places[shape] = known * levelCount;
  }
  const masses = new Float64Array(levelCount * classOfWidth.size).fill(Number.NaN);
  return {
    logMass(shape, distance) {
      const place = places[shape]! + distance;
      const known = masses[place]!;
      if (!Number.isNaN(known)) return known;
      const scale = scales[shape]!;
      const mass = logNormalMass((distance - 0.5) * scale, (distance + 0.5) * scale);
      masses[place] = mass;
      return mass;
    },
  };
}
