/** What an action costs: in time, and in processor time, which other programs on the machine do not lengthen. */

/** ms; processor time is that of all threads, so garbage collection and compilation count. */
export interface Cost {
  readonly wall: number;
  readonly processor: number;
}

/** @returns what it has cost since this call */
export function stopwatch(): () => Cost {
  const processor = process.cpuUsage();
  const wall = performance.now();
  return () => {
    const elapsed = performance.now() - wall;
    const { user, system } = process.cpuUsage(processor);
    return { wall: elapsed, processor: (user + system) / 1000 };
  };
}

/** The value below which a share of the values lie, 0 without any. */
export function quantiles(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((a, b) => a - b);
  return (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
