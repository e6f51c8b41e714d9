/** How steady a stream of joint targets has been, over all walks: every interval between two targets is measured. */
import type { LinkDiagnostics } from "../robot/robot.ts";
import { quantile } from "./quantile.ts";

/** An interval longer than this many periods is late. */
const LATE = 1.5;
/** Quantiles are of the newest so many intervals. */
const KEPT = 16_384;

export class StreamTiming {
  /** s */
  readonly period: number;
  readonly #jitter = new Float64Array(KEPT);
  #targets = 0;
  #intervals = 0;
  #seconds = 0;
  #longest = 0;
  #worst = 0;
  #late = 0;
  #skipped = 0;
  #slowed = 0;

  /** @param rate nominal, Hz */
  constructor(rate: number) {
    this.period = 1 / rate;
  }

  /** @param interval since the target before in the same walk, s; NaN for the first one of a walk */
  sent(interval: number): void {
    this.#targets++;
    if (Number.isNaN(interval)) return;
    const jitter = Math.abs(interval - this.period);
    this.#jitter[this.#intervals++ % KEPT] = jitter;
    this.#seconds += interval;
    this.#longest = Math.max(this.#longest, interval);
    this.#worst = Math.max(this.#worst, jitter);
    if (interval > LATE * this.period) this.#late++;
  }

  /** @param periods that went by without a target */
  skipped(periods: number): void {
    this.#skipped += periods;
  }

  /** A target was held back because it moved faster than the limit allows. */
  slowed(): void {
    this.#slowed++;
  }

  /** Rate, Hz; times, s: `targetsJitter…` is how far an interval was from the period. */
  figures(): LinkDiagnostics {
    const sorted = this.#jitter.slice(0, Math.min(this.#intervals, KEPT)).sort();
    const known = (value: number): number => (this.#intervals > 0 ? value : Number.NaN);
    return {
      targets: this.#targets,
      targetsRate: known(this.#intervals / this.#seconds),
      targetsJitterMedian: quantile(sorted, 0.5),
      targetsJitter99: quantile(sorted, 0.99),
      targetsJitterMost: known(this.#worst),
      targetsLongest: known(this.#longest),
      targetsLate: this.#late,
      targetsSkipped: this.#skipped,
      targetsSlowed: this.#slowed,
    };
  }
}
