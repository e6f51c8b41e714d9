/**
 * Seeded random numbers, keyed rather than carried along: a source is a pure function of its key, so that what
 * suggestion 17 draws does not depend on how often anything was drawn before it, nor on a restart.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), 128 bits of state, seeded by hashing the key with MurmurHash3's
 * mixing steps. Not for cryptography.
 */

/** What a stream of random numbers belongs to. */
export interface RandomKey {
  /** The study's seed, any safe integer. */
  readonly seed: number;
  /** Index of the suggestion, or any other counter. */
  readonly index: number;
  /** Names what the numbers are for, so that two uses at one index are independent. */
  readonly stream: string;
}

function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** A 32-bit hash of the key; `salt` gives independent hashes of the same key. */
function hashKey(key: RandomKey, salt: number): number {
  let h = salt | 0;
  for (const value of [key.seed, key.index]) {
    h = mix(h, value | 0);
    h = mix(h, Math.floor(value / 4294967296) | 0);
  }
  for (let i = 0; i < key.stream.length; i++) h = mix(h, key.stream.charCodeAt(i));
  return finish(h ^ key.stream.length);
}

export class RandomSource {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal = Number.NaN;

  constructor(key: RandomKey) {
    this.#a = hashKey(key, 0x9e3779b9);
    this.#b = hashKey(key, 0x7f4a7c15);
    this.#c = hashKey(key, 0x2545f491);
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /** Uniform integer in [0, count); count a positive integer. */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    const spare = this.#spareNormal;
    if (!Number.isNaN(spare)) {
      this.#spareNormal = Number.NaN;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spareNormal = v * scale;
      return u * scale;
    }
  }

  /** A uniformly random order of 0 … count − 1 (Fisher–Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }
}
