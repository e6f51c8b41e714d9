/** How long somebody has been silent, not counting the time in which this process itself stood still. */

export class CountedSilence {
  readonly #now: () => number;
  readonly #longestStep: number;
  #seconds = 0;
  #lookedAt: number;

  /** @param now s, monotonic @param longestStep more than this between two looks is this process standing still, s */
  constructor(now: () => number, longestStep: number) {
    this.#now = now;
    this.#longestStep = longestStep;
    this.#lookedAt = now();
  }

  heard(): void {
    this.#seconds = 0;
  }

  /** Counts what has gone by since the last look. @returns s of silence */
  look(): number {
    const time = this.#now();
    this.#seconds += Math.min(time - this.#lookedAt, this.#longestStep);
    this.#lookedAt = time;
    return this.#seconds;
  }
}
