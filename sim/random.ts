/**
 * Seeded randomness for the simulated world. A stream is keyed by the study's seed, the suggestion and what it is for,
 * so that one more draw by one sensor changes no other.
 */

export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
}

/** @param key any finite numbers and words; the same key gives the same stream */
export function randomStream(...key: readonly (number | string)[]): RandomStream {
  const hash = hashWords(key.join("\u0000"));
  const state = new Uint32Array([hash(), hash(), hash(), hash()]);
  const uniform = (): number => sfc32(state) / 2 ** 32;
  let spare: number | null = null;
  for (let index = 0; index < 12; index++) uniform();
  return {
    uniform,
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      // Box–Muller; 1 − u is in (0, 1], so the logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** SFC32 by Chris Doty-Humphrey (PractRand): 128 bits of state, passes its test suite. */
function sfc32(state: Uint32Array): number {
  const [a, b, c, counter] = state as unknown as [number, number, number, number];
  const value = (a + b + counter) >>> 0;
  state[3] = counter + 1;
  state[0] = b ^ (b >>> 9);
  state[1] = c + (c << 3);
  state[2] = ((c << 21) | (c >>> 11)) + value;
  return value;
}

/** MurmurHash3's mixing over the text's code units, as a source of well-spread words (bryc's `xmur3`). */
function hashWords(text: string): () => number {
  let hash = 1779033703 ^ text.length;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  return () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
    hash ^= hash >>> 16;
    return hash >>> 0;
  };
}
