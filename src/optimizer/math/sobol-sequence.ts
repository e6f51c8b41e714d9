/**
 * Sobol's quasi-random sequence in base 2 with the direction numbers of Joe and Kuo, in the Gray-code order of
 * Antonov and Saleev (as SciPy gives it), plain or with a random digital shift (which keeps the net's uniformity and makes
 * each point uniform). Dimensions beyond the table are filled with independent uniform numbers.
 */
import type { RandomSource } from "./random-source.ts";
import { SOBOL_DIRECTIONS } from "./sobol-directions.ts";

const BITS = 30;
const SCALE = 1 / 2 ** BITS;

/** Direction integers of one dimension (0-based), most significant bit first. */
function directionIntegers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  const row = dimension === 0 ? undefined : SOBOL_DIRECTIONS[dimension - 1]!;
  if (row === undefined) {
    for (let i = 0; i < BITS; i++) v[i] = 2 ** (BITS - 1 - i);
    return v;
  }
  const polynomial = row[0];
  const degree = row.length - 1;
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      v[i] = row[i + 1]! * 2 ** (BITS - 1 - i);
      continue;
    }
    let bits = v[i - degree]! ^ (v[i - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((polynomial >>> (degree - k)) & 1) bits ^= v[i - k]!;
    v[i] = bits >>> 0;
  }
  return v;
}

const directionCache: Uint32Array[] = [];

function directions(dimension: number): Uint32Array {
  directionCache[dimension] ??= directionIntegers(dimension);
  return directionCache[dimension]!;
}

/** Points of the sequence one after the other, the first at index 0. At most 2³⁰ of them. */
export class SobolSequence {
  readonly dimension: number;
  readonly #state: Uint32Array;
  readonly #filler: RandomSource | null;
  #index = 0;

  /** With `shift` null the plain sequence (its first point is the origin); else a digital shift drawn from it. */
  constructor(dimension: number, shift: RandomSource | null) {
    this.dimension = dimension;
    const covered = Math.min(dimension, SOBOL_DIRECTIONS.length + 1);
    this.#state = new Uint32Array(covered);
    this.#filler = shift;
    if (shift !== null) for (let j = 0; j < covered; j++) this.#state[j] = shift.bits() >>> (32 - BITS);
    if (shift === null && covered < dimension) {
      throw new RangeError(`The plain Sobol sequence has at most ${covered} dimensions, not ${dimension}.`);
    }
  }

  /** Writes the next point, coordinates in [0, 1), to `point` from `offset` on. */
  next(point: Float64Array, offset = 0): void {
    const state = this.#state;
    // A shifted point is moved to the middle of its cell of 2⁻³⁰, so that it never lies on the boundary.
    const centre = this.#filler === null ? 0 : 0.5;
    for (let j = 0; j < state.length; j++) point[offset + j] = (state[j]! + centre) * SCALE;
    for (let j = state.length; j < this.dimension; j++) point[offset + j] = this.#filler!.uniform();
    const lowestZero = 31 - Math.clz32(~this.#index & (this.#index + 1));
    this.#index++;
    for (let j = 0; j < state.length; j++) state[j]! ^= directions(j)[lowestZero]!;
  }
}
