/** Variety without a clock: each round draws from a random source of its own, so that a failing round fails again. */
import { RandomSource } from "../optimizer/math/random-source.ts";

/** @throws what the check threw first, as the cause of an error that names the round */
export function everyRound(rounds: number, check: (source: RandomSource) => void): void {
  for (let round = 0; round < rounds; round++) {
    try {
      check(new RandomSource({ seed: round, index: 0, stream: "conformance" }));
    } catch (cause) {
      const words = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`round ${round}: ${words}`, { cause });
    }
  }
}

export function oneOf<T>(source: RandomSource, among: readonly T[]): T {
  return among[source.integer(among.length)]!;
}

export function between(source: RandomSource, low: number, high: number): number {
  return low + source.uniform() * (high - low);
}
