/** The few statistics the proofs quote: paired, and with intervals. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample: n − 1 in the denominator. */
export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/**
 * What each value has over its reference, in shares of the mean reference and not of its own: a champion that falls scores 0
 * and cannot be divided by.
 */
export function pairedDifferences(values: readonly number[], references: readonly number[]): number[] {
  const typical = mean(references);
  return values.map((value, index) => (value - (references[index] ?? Number.NaN)) / typical);
}

/** Percentile bootstrap (Efron 1979) of a statistic, 95 %, from 10 000 resamples with a fixed seed. */
export function bootstrap(
  values: readonly number[],
  statistic: (sample: readonly number[]) => number,
): [number, number] {
  const random = mulberry32(1);
  const resamples = 10_000;
  const found = Array.from({ length: resamples }, () =>
    statistic(values.map(() => values[Math.floor(random() * values.length)] ?? Number.NaN)),
  ).sort((a, b) => a - b);
  return [
    found[Math.floor(0.025 * resamples)] ?? Number.NaN,
    found[Math.ceil(0.975 * resamples) - 1] ?? Number.NaN,
  ];
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
