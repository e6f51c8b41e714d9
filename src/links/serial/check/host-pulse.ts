/** Whether this computer stood still while something was measured: what a busy host delays is not the robot's fault. */

/** s */
const INTERVAL = 0.005;
/** A pause beyond the next beat that counts as a stall, s. */
const STALL = 0.005;

export class HostPulse {
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  #beat: number;
  readonly #marks = new Set<Mark>();
  #lastStall = Number.NEGATIVE_INFINITY;

  /** @param now monotonic, s */
  constructor(now: () => number) {
    this.#now = now;
    this.#beat = now();
    this.#timer = setInterval(() => this.#onBeat(), 1000 * INTERVAL);
  }

  /** Begins a measurement. @returns what ends it: for how long nothing ran here at most, beyond a beat, s */
  mark(): () => number {
    const mark: Mark = { since: this.#now(), longest: 0 };
    this.#marks.add(mark);
    return () => {
      this.#note(mark);
      this.#marks.delete(mark);
      return mark.longest;
    };
  }

  /** When a stall last ended, s; now, when one is just ending. */
  get lastStall(): number {
    const now = this.#now();
    return now - this.#beat - INTERVAL > STALL ? now : this.#lastStall;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #onBeat(): void {
    this.#lastStall = this.lastStall;
    for (const mark of this.#marks) this.#note(mark);
    this.#beat = this.#now();
  }

  #note(mark: Mark): void {
    const pause = this.#now() - Math.max(this.#beat, mark.since) - INTERVAL;
    mark.longest = Math.max(mark.longest, pause);
  }
}

interface Mark {
  readonly since: number;
  longest: number;
}
