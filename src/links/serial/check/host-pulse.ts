/** Whether this computer stood still while something was measured: what a busy host delays is not the robot's fault. */

/** ms */
const INTERVAL = 5;
/** s */
const LONG = 0.005;

export class HostPulse {
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  /** The last beat, and the last beat or mark, s. */
  #beat: number;
  #last: number;
  /** Longest pause since `mark`, s. */
  #longest = 0;
  #lastStall = Number.NEGATIVE_INFINITY;

  /** @param now monotonic, s */
  constructor(now: () => number) {
    this.#now = now;
    this.#beat = this.#last = now();
    this.#timer = setInterval(() => this.#onBeat(), INTERVAL);
  }

  /** Begins a measurement. */
  mark(): void {
    this.#last = this.#now();
    this.#longest = 0;
  }

  /** Longest time beyond a beat in which nothing ran here since `mark`, s. */
  get stalled(): number {
    return Math.max(this.#longest, this.#now() - this.#last - INTERVAL / 1000, 0);
  }

  /** When it last stood still for more than two beats, s. */
  get lastStall(): number {
    const pause = this.#now() - this.#beat - INTERVAL / 1000;
    return pause > LONG ? this.#now() : this.#lastStall;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #onBeat(): void {
    this.#lastStall = this.lastStall;
    this.#longest = this.stalled;
    this.#beat = this.#last = this.#now();
  }
}
