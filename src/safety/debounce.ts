/**
 * When crossing a limit counts. Each rule condenses the recent values into the statistic that is compared with the
 * bounds; its largest (or smallest) value over a walk is the debounced extreme that the constraint value is made of.
 * Nothing is allocated after construction.
 */
import type { Debounce } from "./limit.ts";

/**
 * What is judged now: a finite value, and its time, s, which does not decrease. In an array, because fractions that are handed
 * from function to function, or kept in fields, may be allocated anew each time.
 */
export type Sample = Float64Array;
export const VALUE = 0;
export const TIME = 1;

export interface Debouncer {
  /** To be compared with the upper bound; NaN until there are enough values. */
  readonly high: number;
  /** To be compared with the lower bound; NaN until there are enough values. */
  readonly low: number;
  push(sample: Sample): void;
  reset(): void;
}

/** @param rate values per second that are to be expected, Hz */
export function createDebouncer(debounce: Debounce, rate: number): Debouncer {
  switch (debounce.kind) {
    case "single":
      return new StreakDebouncer(1);
    case "streak":
      return new StreakDebouncer(debounce.frames);
    case "window":
      return new WindowDebouncer(debounce.seconds, rate);
  }
}

/**
 * `n` consecutive values beyond: their smallest is above the upper bound exactly when all of them are, and their
 * largest is below the lower bound exactly when all of them are.
 */
class StreakDebouncer implements Debouncer {
  high = Number.NaN;
  low = Number.NaN;
  readonly #values: Float64Array;
  #next = 0;
  #count = 0;

  constructor(frames: number) {
    this.#values = new Float64Array(frames);
  }

  push(sample: Sample): void {
    const { length } = this.#values;
    this.#values[this.#next] = sample[VALUE]!;
    this.#next = (this.#next + 1) % length;
    this.#count++;
    if (this.#count < length) return;
    let smallest = Number.POSITIVE_INFINITY;
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < length; index++) {
      smallest = Math.min(smallest, this.#values[index]!);
      largest = Math.max(largest, this.#values[index]!);
    }
    this.high = smallest;
    this.low = largest;
  }

  reset(): void {
    this.high = Number.NaN;
    this.low = Number.NaN;
    this.#count = 0;
    this.#next = 0;
  }
}

/** The mean of the values of the last `seconds`, once the window has been filled. */
class WindowDebouncer implements Debouncer {
  high = Number.NaN;
  readonly #seconds: number;
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  #oldest = 0;
  #count = 0;
  /** Time of the first value since the window was last empty. */
  #since = 0;

  constructor(seconds: number, rate: number) {
    // Twice what is to be expected: frames bunch up. Beyond that the window is shorter than asked for, not wrong.
    const capacity = Math.ceil(2 * seconds * rate) + 1;
    this.#seconds = seconds;
    this.#values = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
  }

  get low(): number {
    return this.high;
  }

  push(sample: Sample): void {
    const time = sample[TIME]!;
    const { length } = this.#values;
    while (this.#count > 0 && this.#times[this.#oldest]! <= time - this.#seconds) this.#dropOldest();
    if (this.#count === length) this.#dropOldest();
    if (this.#count === 0) this.#since = time;
    const place = (this.#oldest + this.#count) % length;
    this.#values[place] = sample[VALUE]!;
    this.#times[place] = time;
    this.#count++;
    this.high = time - this.#since >= this.#seconds ? this.#sum() / this.#count : Number.NaN;
  }

  reset(): void {
    this.high = Number.NaN;
    this.#count = 0;
  }

  /**
   * Added up anew each time: a running sum would gather rounding errors over a session. From the oldest to the newest, first
   * up to the array's end: at 1000 Hz this is what a frame costs most.
   */
  #sum(): number {
    const values = this.#values;
    const end = this.#oldest + this.#count;
    let sum = 0;
    for (let index = this.#oldest; index < end && index < values.length; index++) sum += values[index]!;
    for (let index = 0; index < end - values.length; index++) sum += values[index]!;
    return sum;
  }

  #dropOldest(): void {
    this.#oldest = (this.#oldest + 1) % this.#values.length;
    this.#count--;
  }
}
