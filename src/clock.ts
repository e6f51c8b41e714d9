/**
 * Injected time. Nothing in gaitsmith reads the wall clock by itself, except for silence, which is measured in
 * wall time on purpose.
 */
export interface Clock {
  /** Monotonic time in seconds, from an arbitrary origin. */
  now(): number;
  /** Wall time, for stamps that people read. */
  date(): Date;
}

export const systemClock: Clock = {
  now: () => performance.now() / 1000,
  date: () => new Date(),
};

/** A clock that moves only when told to: simulated silence, tests. */
export class ManualClock implements Clock {
  #seconds = 0;
  readonly #origin: Date;

  constructor(origin = new Date(0)) {
    this.#origin = origin;
  }

  now(): number {
    return this.#seconds;
  }

  date(): Date {
    return new Date(this.#origin.getTime() + this.#seconds * 1000);
  }

  /** @param seconds how far time moves on, ≥ 0 */
  advance(seconds: number): void {
    if (!(seconds >= 0)) throw new RangeError(`time cannot move by ${seconds} s`);
    this.#seconds += seconds;
  }
}
