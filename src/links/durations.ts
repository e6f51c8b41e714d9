/** The last so many durations, for their quantiles. */

const KEPT = 1024;

export class Durations {
  readonly #kept = new Float64Array(KEPT);
  #count = 0;

  /** @param seconds s */
  add(seconds: number): void {
    this.#kept[this.#count++ % KEPT] = seconds;
  }

  get count(): number {
    return this.#count;
  }

  /** @param share 0 to 1. @returns s; NaN when nothing was added */
  quantile(share: number): number {
    const sorted = this.#kept.slice(0, Math.min(this.#count, KEPT)).sort();
    if (sorted.length === 0) return Number.NaN;
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  }
}
