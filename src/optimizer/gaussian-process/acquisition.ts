/**
 * What a parameter set is worth walking: the logarithm of its expected improvement times the probability that the
 * walk stays inside every limit. J. R. Gardner et al., "Bayesian optimization with inequality constraints" (ICML 2014).
 *
 * The improvement counts from the model's best estimate among what was walked, not from the luckiest observation: with
 * noise the luckiest walk is too good to be improved on, and a search against it stalls.
 */
import { inverseMillsRatio, logNormalProbability } from "../math/normal-distribution.ts";
import type { ConstraintModel } from "./constraint-model.ts";
import { addLogExpectedImprovement, logExpectedImprovement } from "./log-expected-improvement.ts";
import type { Posterior, Prediction } from "./posterior.ts";

/** Below this log probability a constraint is as good as broken; it keeps −∞ out of the search. */
const LOWEST = -1e8;
/**
 * Weight of safety against improvement: the probability of holding enters to this power. Gardner's 1 is for constraints
 * that cost nothing to break; a fall costs a walk at least and a leg at worst, and with 1 the search goes on
 * probing corners that hold with even chances. Measured on the simulated quadruped, eight studies of 60 trials: 98 falls
 * with 1 and a model of the noise-free limit, 49 with 3 and one of the next walk, 39 with the trust region besides; champions
 * no worse.
 */
const CAUTION = 3;

/** The objective's process and the value to improve on, both standardised for maximisation. */
export interface Objective {
  readonly posterior: Posterior;
  readonly threshold: number;
}

export class Acquisition {
  readonly #objective: Objective | null;
  readonly #constraints: readonly ConstraintModel[];
  readonly #predictions: readonly Prediction[];

  /** @param objective null when nothing is known of the objective: then only safety counts */
  constructor(objective: Objective | null, constraints: readonly ConstraintModel[]) {
    this.#objective = objective;
    this.#constraints = constraints;
    const posteriors = [
      ...(objective === null ? [] : [objective.posterior]),
      ...constraints.map((c) => c.posterior),
    ];
    this.#predictions = posteriors.map((posterior) => posterior.prediction());
  }

  /** Value at a point; its gradient is written to `gradient`. */
  valueAndGradient(point: Float64Array, gradient: Float64Array): number {
    gradient.fill(0);
    let sum = 0;
    let used = 0;
    if (this.#objective !== null) {
      const prediction = this.#predictions[used++]!;
      this.#objective.posterior.predict(point, prediction);
      sum += addLogExpectedImprovement(prediction, this.#objective.threshold, gradient);
    }
    for (const { posterior, bound } of this.#constraints) {
      const prediction = this.#predictions[used++]!;
      posterior.predict(point, prediction);
      sum += addCaution(prediction, bound, posterior.hyperparameters.noise, gradient);
    }
    return Math.max(LOWEST, sum);
  }

  /** Values at many points, rows of `points`. */
  values(points: Float64Array, count: number): Float64Array {
    const sums = new Float64Array(count);
    const means = new Float64Array(count);
    const variances = new Float64Array(count);
    if (this.#objective !== null) {
      const { posterior, threshold } = this.#objective;
      posterior.predictMany(points, count, means, variances);
      for (let i = 0; i < count; i++) sums[i] = logExpectedImprovement(means[i]!, variances[i]!, threshold);
    }
    for (const { posterior, bound } of this.#constraints) {
      posterior.predictMany(points, count, means, variances);
      for (let i = 0; i < count; i++) {
        const deviation = Math.sqrt(variances[i]! + posterior.hyperparameters.noise);
        sums[i]! += CAUTION * logNormalProbability((bound - means[i]!) / deviation);
      }
    }
    return sums.map((sum) => Math.max(LOWEST, sum));
  }

  /** Probability that every modelled limit holds at a point. */
  safety(point: Float64Array): number {
    return Math.exp(logSafety(this.#constraints, point));
  }
}

/** Σ log P(c_j ≤ 0) at a point. */
export function logSafety(constraints: readonly ConstraintModel[], point: Float64Array): number {
  const mean = new Float64Array(1);
  const variance = new Float64Array(1);
  let sum = 0;
  for (const { posterior, bound } of constraints) {
    posterior.predictMany(point, 1, mean, variance);
    sum += logNormalProbability(
      (bound - mean[0]!) / Math.sqrt(variance[0]! + posterior.hyperparameters.noise),
    );
  }
  return sum;
}

/**
 * CAUTION · log Φ(u) with u = (bound − μ)/√(σ² + σ_n²): the chance that the next walk holds, not that the noise-free
 * function does. Adds its gradient: dΦ = λ(u) (−dμ/s − u dσ²/2s²).
 */
function addCaution(prediction: Prediction, bound: number, noise: number, gradient: Float64Array): number {
  const total = prediction.variance + noise;
  const deviation = Math.sqrt(total);
  const u = (bound - prediction.mean) / deviation;
  const slope = CAUTION * inverseMillsRatio(u);
  const byMean = -slope / deviation;
  const byVariance = (-slope * u) / (2 * total);
  for (let j = 0; j < gradient.length; j++) {
    gradient[j]! += byMean * prediction.meanGradient[j]! + byVariance * prediction.varianceGradient[j]!;
  }
  return CAUTION * logNormalProbability(u);
}
