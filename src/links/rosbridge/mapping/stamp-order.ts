/** Whether the stamps of a topic are those of one clock that moves on, and when they are those of another one: it was set. */

/** When stamps of another clock have come for this long, s, and more of them than of the one so far, that is the robot's clock. */
const BELIEVED_AFTER = 0.5;
/** A stamp may be ahead of what the quickest message so far says of the robot's clock by this much, s: clocks drift. */
const MOST_AHEAD = 1;
/** From one message to the next a clock goes on as ours does, to within this, s: what is between them comes late. */
const LATENESS = 1;

export type StampVerdict = "in order" | "new clock" | "repeated" | "ahead";

export class StampOrder {
  /** By how much the clock was set when the last new one was taken for the robot's, s. */
  set = 0;
  readonly #settable: boolean;
  /** The newest one that was believed, s; NaN: none. */
  #stamp = Number.NaN;
  /** Robot's clock minus ours by the quickest message, s. */
  #offset = Number.NEGATIVE_INFINITY;
  /** The newest one of another clock, when it came, and when that clock's first one did, s; NaN: none that counts. */
  #other = Number.NaN;
  #otherHeardAt = Number.NaN;
  #otherSince = Number.NaN;
  /** Stamps of either clock since then. */
  #others = 0;
  #believed = 0;

  /** @param settable false for a simulated clock, which nobody sets, and which is not moved by ours */
  constructor(settable: boolean) {
    this.#settable = settable;
  }

  /**
   * @param stamp s
   * @param heardAt station clock, s
   * @returns `repeated` where it is not newer, `ahead` where it is of a time that has not come yet
   */
  judge(stamp: number, heardAt: number): StampVerdict {
    const offset = stamp - heardAt;
    const isFirst = Number.isNaN(this.#stamp);
    const isAhead = this.#settable && !isFirst && offset - this.#offset > MOST_AHEAD;
    if (isFirst || (stamp > this.#stamp && !isAhead)) {
      this.#stamp = stamp;
      this.#offset = Math.max(offset, this.#offset);
      // A single one in order does not refute many of another clock: it may be the one that is astray.
      if (++this.#believed >= this.#others) this.#other = Number.NaN;
      return "in order";
    }
    if (!this.#settable || !this.#isAnotherClock(stamp, heardAt)) return isAhead ? "ahead" : "repeated";
    this.set = offset - this.#offset;
    this.#believe(stamp, offset);
    return "new clock";
  }

  /** The clock is known to have been set: the next stamp is believed, whatever it is. */
  beginAnew(): void {
    this.#believe(Number.NaN, Number.NEGATIVE_INFINITY);
  }

  #believe(stamp: number, offset: number): void {
    this.#stamp = stamp;
    this.#offset = offset;
    this.#other = Number.NaN;
  }

  /** One that stands still is none, and neither is one that goes another way than ours. */
  #isAnotherClock(stamp: number, heardAt: number): boolean {
    if (stamp === this.#other) return false;
    const moved = stamp - this.#other;
    const goesOn = moved > 0 && Math.abs(moved - (heardAt - this.#otherHeardAt)) <= LATENESS;
    if (!goesOn) {
      this.#otherSince = heardAt;
      this.#others = 0;
      this.#believed = 0;
    }
    this.#others++;
    this.#other = stamp;
    this.#otherHeardAt = heardAt;
    return goesOn && heardAt - this.#otherSince >= BELIEVED_AFTER;
  }
}
