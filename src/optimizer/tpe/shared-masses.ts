/**
 * Masses of kernels over cells of equal width, each computed once: it hangs on the kernel's width and on how many levels away
 * the cell is only, and with few levels many kernels are alike in both.
 */
import type { KernelShapes } from "./kernel-shapes.ts";
import { logNormalMass } from "./truncated-normal.ts";

export interface SharedMasses {
  /** log of the mass of the shape (not cut off) over a cell some levels away; NaN where it is not shared. */
  logMass(shape: number, distance: number): number;
}

/** Masses of kernels of one width are shared while there are at most so many for each: of more most would be used once. */
const PER_KERNEL = 16;

/** Not shared. */
const ALONE = -1;

/** Shapes of one width. */
interface WidthClass {
  readonly scale: number;
  kernels: number;
  /** Where its masses begin. */
  place: number;
}

/** Null where none are worth sharing. */
export function sharedMasses(levelCount: number, { count, scales }: KernelShapes): SharedMasses | null {
  if (levelCount > PER_KERNEL * count) return null;
  const classes: WidthClass[] = [];
  const classOfWidth = new Map<number, WidthClass>();
  for (let shape = 0; shape < count; shape++) {
    const scale = scales[shape]!;
    // Gaps between the same number of levels differ by rounding errors.
    const key = Math.round(1e9 / (levelCount * scale));
    const known = classOfWidth.get(key);
    if (known === undefined) {
      const first = { scale, kernels: 1, place: ALONE };
      classOfWidth.set(key, first);
      classes.push(first);
    } else {
      known.kernels++;
      classes.push(known);
    }
  }
  let size = 0;
  for (const one of classOfWidth.values()) {
    if (levelCount > PER_KERNEL * one.kernels) continue;
    one.place = size;
    size += levelCount;
  }
  if (size === 0) return null;
  const masses = new Float64Array(size).fill(Number.NaN);
  return {
    logMass(shape, distance) {
      const { place, scale } = classes[shape]!;
      if (place === ALONE) return Number.NaN;
      const known = masses[place + distance]!;
      if (!Number.isNaN(known)) return known;
      const mass = logNormalMass((distance - 0.5) * scale, (distance + 0.5) * scale);
      masses[place + distance] = mass;
      return mass;
    },
  };
}
