/**
 * The robot's clock in terms of ours, from four stamps per exchange, as in NTP: ours when the question left and when the
 * answer came, the robot's when the question came and when the answer left.
 *
 * An exchange that was quick can only be a little wrong: the offset lies within half its round trip. So of the last
 * exchanges the quickest count, and a line through them follows the drift between the two clocks.
 *
 * Mills: "Computer Network Time Synchronization", 2nd ed., chapter 3 (clock filter).
 */

/** Exchanges that are remembered: 32 s at 2 Hz. */
const KEPT = 64;
/** The quickest share of them is believed, but at least so many. */
const BELIEVED_SHARE = 0.25;
const BELIEVED_LEAST = 4;
/** A line through exchanges that span less than this says nothing about drift, s. */
const SPAN_FOR_DRIFT = 4;
/** An exchange that contradicts the line by more than what it may be wrong by, and this, tells of another clock, s. */
const CONTRADICTION = 0.01;
/** Quartz clocks differ by less than this; what looks like more is delay. */
const LARGEST_DRIFT = 5e-4;

interface Exchange {
  /** Middle of the exchange, robot's clock, s. */
  readonly at: number;
  /** Our clock minus the robot's, s. */
  readonly offset: number;
  /** Time on the line, s. */
  readonly roundTrip: number;
}

export class ClockSync {
  #exchanges: Exchange[] = [];
  #reference = 0;
  #offset = Number.NaN;
  #drift = 0;
  #uncertainty = Number.NaN;

  /** Our clock minus the robot's at the newest exchange, s; NaN before the first. */
  get offset(): number {
    return this.#offset;
  }

  /** How much faster our clock runs than the robot's, as a share. */
  get drift(): number {
    return this.#drift;
  }

  /** The offset is right to within this, s: half the quickest round trip. */
  get uncertainty(): number {
    return this.#uncertainty;
  }

  /** @param sent, arrived ours, s. @param received, replied the robot's, s. Stamps that make no sense are passed over. */
  add(sent: number, received: number, replied: number, arrived: number): void {
    const roundTrip = arrived - sent - (replied - received);
    if (!(roundTrip >= 0 && replied >= received)) return;
    const at = (received + replied) / 2;
    const offset = (sent + arrived) / 2 - at;
    const newest = this.#exchanges.at(-1);
    // A clock that was set back or forward, or stood still, is another clock.
    const contradiction = Math.abs(this.toOurs(at) - at - offset) - roundTrip / 2 - this.#uncertainty;
    if (newest !== undefined && (at < newest.at || contradiction > CONTRADICTION)) this.reset();
    this.#exchanges.push({ at, offset, roundTrip });
    if (this.#exchanges.length > KEPT) this.#exchanges.shift();
    this.#fit();
  }

  /** A robot's time on our clock, s; NaN before the first exchange. */
  toOurs(tRobot: number): number {
    return tRobot + this.#offset + this.#drift * (tRobot - this.#reference);
  }

  /** Our time on the robot's clock, s; NaN before the first exchange. */
  toRobot(ours: number): number {
    return (ours - this.#offset + this.#drift * this.#reference) / (1 + this.#drift);
  }

  reset(): void {
    this.#exchanges = [];
    this.#offset = Number.NaN;
    this.#drift = 0;
    this.#uncertainty = Number.NaN;
  }

  #fit(): void {
    const quickest = [...this.#exchanges].sort((a, b) => a.roundTrip - b.roundTrip);
    const count = Math.max(BELIEVED_LEAST, Math.ceil(BELIEVED_SHARE * quickest.length));
    const believed = quickest.slice(0, count);
    const mean = (of: (exchange: Exchange) => number): number =>
      believed.reduce((sum, exchange) => sum + of(exchange), 0) / believed.length;
    const at = mean((exchange) => exchange.at);
    const offset = mean((exchange) => exchange.offset);
    const times = believed.map((exchange) => exchange.at);
    const spread = mean((exchange) => (exchange.at - at) ** 2);
    const slope = mean((exchange) => (exchange.at - at) * (exchange.offset - offset)) / spread;
    const spans = Math.max(...times) - Math.min(...times) >= SPAN_FOR_DRIFT;
    this.#drift = spans ? Math.max(-LARGEST_DRIFT, Math.min(LARGEST_DRIFT, slope)) : 0;
    this.#reference = this.#exchanges.at(-1)!.at;
    this.#offset = offset + this.#drift * (this.#reference - at);
    this.#uncertainty = believed[0]!.roundTrip / 2;
  }
}
