/**
 * Wakes at a steady rate: the times at which it is due are fixed from the start, so that being late once makes nothing
 * later, and who wakes late is woken once, not as often as was missed.
 */
import type { Clock } from "../clock.ts";

export class SteadyTimer {
  readonly #clock: Clock;
  readonly #period: number;
  readonly #wake: (periods: number) => void;
  #due = Number.NaN;
  #timeout: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  /**
   * @param period s
   * @param wake called with how many periods have become due since it was called last: 1, or more when it is late
   */
  constructor(clock: Clock, period: number, wake: (periods: number) => void) {
    this.#clock = clock;
    this.#period = period;
    this.#wake = wake;
  }

  /** First due one period from now. */
  start(): void {
    this.stop();
    this.#due = this.#clock.now() + this.#period;
    this.#arm();
  }

  stop(): void {
    this.#due = Number.NaN;
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timeout = null;
    this.#immediate = null;
  }

  /** Node's timers count whole milliseconds: the last part of one is waited for turn by turn. */
  #arm(): void {
    const wait = Math.floor(1000 * (this.#due - this.#clock.now()));
    if (wait >= 1) this.#timeout = setTimeout(this.#look, wait);
    else this.#immediate = setImmediate(this.#look);
  }

  readonly #look = (): void => {
    const behind = this.#clock.now() - this.#due;
    if (behind >= 0) {
      const periods = 1 + Math.floor(behind / this.#period);
      this.#due += periods * this.#period;
      this.#wake(periods);
    }
    // Stopped by whom it woke.
    if (!Number.isNaN(this.#due)) this.#arm();
  };
}
