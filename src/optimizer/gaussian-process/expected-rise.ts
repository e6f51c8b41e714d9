/**
 * By how much the largest of several correlated guesses is expected to rise once a number drawn from the standard normal distribution is
 * known: E max_j (a_j + b_j Z) − max_j a_j. P. I. Frazier, W. B. Powell and S. Dayanik, "The knowledge-gradient policy for
 * correlated normal beliefs" (INFORMS J. Computing 21, 2009).
 *
 * The lines' upper envelope has corners; each adds Δb h(−|c|) with h(z) = φ(z) + z Φ(z), Δb the difference of the slopes that meet
 * at c. All terms are positive, so their logarithms keep a usable value and gradient where the rise itself underflows.
 */
import { logExpectedExcess, logExpectedExcessSlope } from "../math/normal-distribution.ts";

/** Corners whose terms together are less than e to this power of the largest are left out. */
const NEGLIGIBLE = -40;

export class ExpectedRise {
  /** a_j: to be set before {@link logValue}. */
  readonly intercepts: Float64Array;
  /** b_j: likewise. */
  readonly slopes: Float64Array;
  /** ∂ log rise / ∂a_j and ∂b_j after {@link differentiate}. */
  readonly byIntercept: Float64Array;
  readonly bySlope: Float64Array;
  /** Corner by corner: the flatter line, the steeper one, where they meet, the logarithm of what it adds. */
  readonly #flatter: Int32Array;
  readonly #steeper: Int32Array;
  readonly #crossings: Float64Array;
  readonly #terms: Float64Array;
  #corners = 0;
  #value = Number.NEGATIVE_INFINITY;

  /** @param lines how many, at least 1 */
  constructor(lines: number) {
    this.intercepts = new Float64Array(lines);
    this.slopes = new Float64Array(lines);
    this.byIntercept = new Float64Array(lines);
    this.bySlope = new Float64Array(lines);
    this.#flatter = new Int32Array(lines);
    this.#steeper = new Int32Array(lines);
    this.#crossings = new Float64Array(lines);
    this.#terms = new Float64Array(lines);
  }

  /** The logarithm of the rise; −∞ when the largest line stays the largest whatever is drawn. */
  logValue(): number {
    const { intercepts } = this;
    let top = 0;
    for (let j = 1; j < intercepts.length; j++) if (intercepts[j]! > intercepts[top]!) top = j;
    this.#corners = 0;
    this.#followEnvelope(top, 1);
    this.#followEnvelope(top, -1);
    const terms = this.#terms;
    let largest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.#corners; i++) largest = Math.max(largest, terms[i]!);
    if (largest === Number.NEGATIVE_INFINITY) this.#value = largest;
    else {
      let sum = 0;
      for (let i = 0; i < this.#corners; i++) sum += Math.exp(terms[i]! - largest);
      this.#value = largest + Math.log(sum);
    }
    return this.#value;
  }

  /** Fills the gradient of the value last asked for. */
  differentiate(): void {
    const { byIntercept, bySlope, slopes } = this;
    byIntercept.fill(0);
    bySlope.fill(0);
    for (let i = 0; i < this.#corners; i++) {
      const flatter = this.#flatter[i]!;
      const steeper = this.#steeper[i]!;
      const crossing = this.#crossings[i]!;
      const difference = slopes[steeper]! - slopes[flatter]!;
      const share = Math.exp(this.#terms[i]! - this.#value) / difference;
      // d log h(−|c|) = −λ d|c|, and c = (a_flatter − a_steeper) / Δb.
      const change = logExpectedExcessSlope(-Math.abs(crossing)) * (crossing < 0 ? -1 : 1);
      byIntercept[flatter]! -= share * change;
      byIntercept[steeper]! += share * change;
      const byDifference = share * (1 + change * crossing);
      bySlope[flatter]! -= byDifference;
      bySlope[steeper]! += byDifference;
    }
  }

  /** From the line that is largest at Z = 0 towards larger (+1) or smaller (−1) Z, from each line to the one that overtakes it first. */
  #followEnvelope(top: number, way: 1 | -1): void {
    const { intercepts, slopes } = this;
    let steepest = 0;
    for (const slope of slopes) steepest = Math.max(steepest, way * (slope - slopes[top]!));
    let largest = Number.NEGATIVE_INFINITY;
    for (let line = top; ; ) {
      let next = -1;
      let nearest = Number.POSITIVE_INFINITY;
      for (let j = 0; j < slopes.length; j++) {
        const gained = way * (slopes[j]! - slopes[line]!);
        if (!(gained > 0)) continue;
        const distance = (intercepts[line]! - intercepts[j]!) / gained;
        if (distance > nearest) continue;
        if (distance === nearest && next >= 0 && way * (slopes[j]! - slopes[next]!) <= 0) continue;
        next = j;
        nearest = distance;
      }
      if (next < 0) return;
      const excess = logExpectedExcess(-Math.abs(nearest));
      if (Math.log(steepest) + excess < largest + NEGLIGIBLE) return;
      const i = this.#corners++;
      this.#flatter[i] = way > 0 ? line : next;
      this.#steeper[i] = way > 0 ? next : line;
      this.#crossings[i] = way * nearest;
      this.#terms[i] = Math.log(way * (slopes[next]! - slopes[line]!)) + excess;
      largest = Math.max(largest, this.#terms[i]!);
      line = next;
    }
  }
}
