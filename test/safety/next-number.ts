/** The neighbours of a number among those of double precision: the smallest steps there are around a bound. */

const number = new Float64Array(1);
const bits = new BigInt64Array(number.buffer);

/** @param value finite */
export function nextUp(value: number): number {
  // Both zeros have the same neighbour.
  if (value === 0) return Number.MIN_VALUE;
  number[0] = value;
  bits[0] = bits[0]! + (value > 0 ? 1n : -1n);
  return number[0];
}

/** @param value finite */
export function nextDown(value: number): number {
  return -nextUp(-value);
}
