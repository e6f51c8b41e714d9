/**
 * A random order of 0 … count − 1 that is computed place by place, so that a grid of any size can be walked in random
 * order without writing the order down: a balanced Feistel network on the next power of four, walked on until it lands
 * inside the range (J. Black and P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002).
 */
import { type RandomKey, RandomSource } from "./random-source.ts";

const ROUNDS = 6;

/**
 * @param count a positive safe integer
 * @returns the function from place to number, one to one on [0, count)
 */
export function keyedPermutation(count: number, key: RandomKey): (place: number) => number {
  let half = 1;
  while (4 ** half < count) half++;
  const width = 2 ** half;
  const source = new RandomSource(key);
  const salts = Array.from({ length: ROUNDS }, () => source.bits());
  const once = (value: number): number => {
    let left = Math.floor(value / width);
    let right = value % width;
    for (const salt of salts) [left, right] = [right, (left ^ scramble(right, salt)) & (width - 1)];
    return left * width + right;
  };
  return (place) => {
    let value = once(place);
    while (value >= count) value = once(value);
    return value;
  };
}

/** Mixes 32 bits (the finalizer of MurmurHash3). */
function scramble(word: number, salt: number): number {
  let h = word ^ salt;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
