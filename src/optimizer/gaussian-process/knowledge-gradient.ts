/**
 * What walking a point is worth for the recommendation: the rise of the best estimate among all that was walked, the point included, that
 * its walks are expected to bring. W. Scott, P. I. Frazier and W. B. Powell, "The correlated knowledge gradient for simulation optimization
 * of continuous parameters using Gaussian process regression" (SIAM J. Optim. 21, 2011).
 *
 * A champion is an estimate, and a walk changes the estimates of its neighbours too. Expected improvement asks only whether the point itself
 * is better than the incumbent; under noise it neglects what a walk tells of places walked before. Without noise the two are the
 * same.
 *
 * The best is taken from what was walked before, not from the point: what is nowhere walked cannot be recommended, so a
 * point that is believed to be better already counts with that.
 */
import type { Worth } from "./acquisition.ts";
import { ExpectedRise } from "./expected-rise.ts";
import type { Companions, Posterior, Prediction } from "./posterior.ts";

/**
 * So many walks of the point are looked ahead. One noisy walk seldom changes the choice although several would, and a search that asks for the
 * worth of one alone stays where one is enough (P. I. Frazier and W. B. Powell, "Paradoxes in learning and the marginal value of
 * information", Decision Analysis 7, 2010). Between 1 and 20 little depends on it; see docs/decisions.md.
 */
const WALKS_AHEAD = 4;
/** Added to the variance, so that a point without any uncertainty has a finite slope. */
const STABILISING_VARIANCE = 1e-12;

export class KnowledgeGradient implements Worth {
  readonly #posterior: Posterior;
  readonly #companions: Companions;
  /** Of what may be recommended. */
  readonly #best: number;
  readonly #walkVariance: number;
  readonly #prediction: Prediction;
  /** One line for each place that may be recommended, the last one for the point itself. */
  readonly #rise: ExpectedRise;
  readonly #covariances: Float64Array;
  readonly #weights: Float64Array;
  readonly #covarianceGradient: Float64Array;

  /**
   * @param posterior not to be conditioned any further
   * @param rows of the observations that may be recommended, at least one
   * @param walkVariance of one full walk about the function
   */
  constructor(posterior: Posterior, rows: readonly number[], walkVariance: number) {
    this.#posterior = posterior;
    this.#companions = posterior.companions(rows);
    this.#walkVariance = walkVariance / WALKS_AHEAD;
    this.#prediction = posterior.prediction();
    this.#rise = new ExpectedRise(rows.length + 1);
    const means = posterior.observedMeans();
    let best = Number.NEGATIVE_INFINITY;
    for (const [j, row] of rows.entries()) {
      this.#rise.intercepts[j] = means[row]!;
      best = Math.max(best, means[row]!);
    }
    this.#best = best;
    this.#covariances = new Float64Array(rows.length);
    this.#weights = new Float64Array(rows.length);
    this.#covarianceGradient = new Float64Array(posterior.shape.size);
  }

  addValueAndGradient(point: Float64Array, gradient: Float64Array): number {
    const prediction = this.#prediction;
    const posterior = this.#posterior;
    posterior.predict(point, prediction);
    posterior.covariances(this.#companions, this.#covariances);
    const { mean, variance, meanGradient, varianceGradient } = prediction;
    const risen = this.#logRise(mean, variance, this.#covariances, 0);
    const value = this.#logWorth(mean, risen);
    if (value === Number.NEGATIVE_INFINITY) return value;

    const { slopes, byIntercept, bySlope } = this.#rise;
    this.#rise.differentiate();
    const share = Math.exp(risen - value);
    const own = slopes.length - 1;
    const deviation = this.#deviation(variance);
    for (let j = 0; j < own; j++) this.#weights[j] = (share * bySlope[j]!) / deviation;
    // Slopes are covariances over the deviation; a change of the variance acts on the own one and, through the deviation, on all.
    let byDeviation = 0;
    for (let j = 0; j <= own; j++) byDeviation -= (share * bySlope[j]! * slopes[j]!) / deviation;
    const byVariance = (share * bySlope[own]!) / deviation + byDeviation / (2 * deviation);
    const byMean = share * byIntercept[own]! + (mean > this.#best ? Math.exp(-value) : 0);
    const byCovariances = this.#covarianceGradient;
    posterior.covarianceGradient(this.#companions, this.#weights, byCovariances);
    for (let j = 0; j < gradient.length; j++) {
      gradient[j]! += byMean * meanGradient[j]! + byVariance * varianceGradient[j]! + byCovariances[j]!;
    }
    return value;
  }

  values(points: Float64Array, count: number): Float64Array {
    const size = this.#covariances.length;
    const means = new Float64Array(count);
    const variances = new Float64Array(count);
    const covariances = new Float64Array(count * size);
    this.#posterior.predictMany(points, count, means, variances, this.#companions, covariances);
    return means.map((mean, i) =>
      this.#logWorth(mean, this.#logRise(mean, variances[i]!, covariances, i * size)),
    );
  }

  /** Of what the walks ahead will have shown on average. */
  #deviation(variance: number): number {
    return Math.sqrt(variance + this.#walkVariance + STABILISING_VARIANCE);
  }

  #logRise(mean: number, variance: number, covariances: Float64Array, offset: number): number {
    const { intercepts, slopes } = this.#rise;
    const own = slopes.length - 1;
    const deviation = this.#deviation(variance);
    for (let j = 0; j < own; j++) slopes[j] = covariances[offset + j]! / deviation;
    intercepts[own] = mean;
    slopes[own] = variance / deviation;
    return this.#rise.logValue();
  }

  /** log(rise + what the point is believed to be better by already). */
  #logWorth(mean: number, risen: number): number {
    const better = mean - this.#best;
    if (!(better > 0)) return risen;
    const log = Math.log(better);
    return risen > log ? risen + Math.log1p(Math.exp(log - risen)) : log + Math.log1p(Math.exp(risen - log));
  }
}
