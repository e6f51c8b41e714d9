/**
 * Sobol's quasi-random sequence in base 2 with the direction numbers of Joe and Kuo, in the Gray-code order of
 * Antonov and Saleev (as SciPy gives it), plain or with a random digital shift (which keeps the net's uniformity and makes
 * each point uniform), or with a random linear matrix scramble besides (J. Matoušek, J. Complexity 14, 1998). Dimensions
 * beyond the table are filled with independent uniform numbers.
 */
import type { RandomSource } from "./random-source.ts";
import { SOBOL_DIRECTIONS } from "./sobol-directions.ts";

const BITS = 30;
const SCALE = 1 / 2 ** BITS;

/** Dimensions that the direction numbers cover. */
export const SOBOL_DIMENSIONS = SOBOL_DIRECTIONS.length + 1;

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

/**
 * Direction integers multiplied by a random lower triangular matrix over GF(2) with ones on its diagonal: each digit of a
 * coordinate takes a random part of the more significant ones. What a net covers evenly it covers evenly after it.
 */
function matrixScrambled(plain: Uint32Array, source: RandomSource): Uint32Array {
  const scrambled = new Uint32Array(BITS);
  for (let digit = 0; digit < BITS; digit++) {
    const bit = BITS - 1 - digit;
    const row = (digit === 0 ? 0 : (source.bits() >>> (32 - digit)) * 2 ** (bit + 1)) + 2 ** bit;
    for (let i = 0; i < BITS; i++) if (oddParity(plain[i]! & row)) scrambled[i]! |= 2 ** bit;
  }
  return scrambled;
}

function oddParity(word: number): boolean {
  let bits = word ^ (word >>> 16);
  for (let shift = 8; shift > 0; shift >>= 1) bits ^= bits >>> shift;
  return (bits & 1) === 1;
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
  readonly #directions: readonly Uint32Array[];
  readonly #filler: RandomSource | null;
  #index = 0;

  /**
   * @param source null for the plain sequence (its first point is the origin)
   * @param scramble what is drawn from the source: a digital shift, or a linear matrix scramble and a shift
   */
  constructor(dimension: number, source: RandomSource | null, scramble: "shift" | "matrix" = "shift") {
    this.dimension = dimension;
    const covered = Math.min(dimension, SOBOL_DIMENSIONS);
    this.#state = new Uint32Array(covered);
    this.#filler = source;
    if (source !== null) for (let j = 0; j < covered; j++) this.#state[j] = source.bits() >>> (32 - BITS);
    this.#directions = Array.from({ length: covered }, (_, j) =>
      source === null || scramble === "shift" ? directions(j) : matrixScrambled(directions(j), source),
    );
    if (source === null && covered < dimension) {
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
    for (let j = 0; j < state.length; j++) state[j]! ^= this.#directions[j]![lowestZero]!;
  }
}
