/** One value under one limit: a joint's speed, the trunk's tilt. Keeps its debounced value and extremes. */
import { heldConstraint } from "./constraints.ts";
import { createDebouncer, type Debouncer, type Sample, VALUE } from "./debounce.ts";
import { type Bounds, LIMIT_NAMES, type Limit } from "./limit.ts";

export class TrackedValue {
  readonly limit: Limit;
  readonly bounds: Bounds;
  /** Of the limit in {@link LIMIT_NAMES}. */
  readonly place: number;
  /** Index in the frame's values, or −1 when it is computed. */
  readonly channel: number;
  /** Judged in either direction: the magnitude counts. */
  readonly magnitude: boolean;
  readonly #debouncer: Debouncer;
  readonly #softLow: number;
  readonly #softHigh: number;
  #highest = Number.NEGATIVE_INFINITY;
  #lowest = Number.POSITIVE_INFINITY;

  constructor(
    limit: Limit,
    options: {
      /** Of the limit, or of the joint that it is about. */
      readonly bounds: Bounds;
      readonly rate: number;
      readonly channel?: number;
      readonly magnitude?: boolean;
    },
  ) {
    const { bounds, rate, channel = -1, magnitude } = options;
    this.limit = limit;
    this.bounds = bounds;
    this.place = LIMIT_NAMES.indexOf(limit.name);
    this.channel = channel;
    this.magnitude = magnitude === true;
    this.#debouncer = createDebouncer(limit.debounce, rate);
    this.#softLow = this.bounds.softLow ?? Number.NEGATIVE_INFINITY;
    this.#softHigh = this.bounds.softHigh ?? Number.POSITIVE_INFINITY;
  }

  /** @param sample its value becomes its magnitude where that counts @param keep whether the extremes count it */
  push(sample: Sample, keep: boolean): void {
    if (this.magnitude) sample[VALUE] = Math.abs(sample[VALUE]!);
    this.#debouncer.push(sample);
    // A debouncer without enough values leaves the extremes alone.
    if (!keep || Number.isNaN(this.#debouncer.high)) return;
    this.#highest = Math.max(this.#highest, this.#debouncer.high);
    this.#lowest = Math.min(this.#lowest, this.#debouncer.low);
  }

  /** The debounced value is outside the allowed range; the bounds themselves are inside. */
  get beyond(): boolean {
    return this.#debouncer.high > this.bounds.high || this.#debouncer.low < this.bounds.low;
  }

  /** The debounced value is where a warning is due. */
  get beyondSoft(): boolean {
    return this.#isAboveSoft || this.#debouncer.low < this.#softLow;
  }

  /** The soft bound that was crossed, while one is. */
  get softBound(): number {
    return this.#isAboveSoft ? this.#softHigh : this.#softLow;
  }

  /** The debounced value against {@link softBound}. */
  get softValue(): number {
    return this.#isAboveSoft ? this.#debouncer.high : this.#debouncer.low;
  }

  /** The bound that was crossed, or the nearer one. */
  get bound(): number {
    return this.#debouncer.low - this.bounds.low < this.bounds.high - this.#debouncer.high
      ? this.bounds.low
      : this.bounds.high;
  }

  /** The debounced value against {@link bound}; NaN while unknown. */
  get debounced(): number {
    return this.bound === this.bounds.low ? this.#debouncer.low : this.#debouncer.high;
  }

  /** How close the debounced value is now, as a constraint value; −1 while unknown. */
  get closeness(): number {
    const { high, low } = this.#debouncer;
    return Number.isNaN(high) ? -1 : heldConstraint(this.bounds, high, low);
  }

  /** How close the extremes came. */
  get constraint(): number {
    return heldConstraint(this.bounds, this.#highest, this.#lowest);
  }

  forgetExtremes(): void {
    this.#highest = Number.NEGATIVE_INFINITY;
    this.#lowest = Number.POSITIVE_INFINITY;
  }

  reset(): void {
    this.#debouncer.reset();
    this.forgetExtremes();
  }

  get #isAboveSoft(): boolean {
    return this.#debouncer.high > this.#softHigh;
  }
}
