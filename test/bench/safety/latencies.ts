/** Times of many events, kept without allocating while they are measured. */

/** ms */
export interface Spread {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly longest: number;
}

export class Latencies {
  #seconds = new Float64Array(1 << 16);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @param seconds s */
  add(seconds: number): void {
    if (this.#count === this.#seconds.length) {
      const longer = new Float64Array(2 * this.#count);
      longer.set(this.#seconds);
      this.#seconds = longer;
    }
    this.#seconds[this.#count++] = seconds;
  }

  clear(): void {
    this.#count = 0;
  }

  spread(): Spread {
    const sorted = this.#seconds.slice(0, this.#count).sort();
    const at = (share: number): number =>
      1000 * (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
    return { count: this.#count, p50: at(0.5), p99: at(0.99), p999: at(0.999), longest: at(1) };
  }
}
