/**
 * Learning-rate adaptation: M. Nomura, Y. Akimoto and I. Ono, "CMA-ES with learning rate adaptation" (arXiv 2304.03473),
 * as cmaes 0.13.1 has it. The change that a generation asks for is followed only in part when changes of late point in
 * no common direction: then it is noise, or one of many optima, that the ranking shows. The mean and the covariance have a
 * rate of their own; each is steered so that its changes keep a fixed ratio of signal to noise.
 */
import { symmetricEigen } from "../math/symmetric-eigen.ts";
import { type Axes, whiten, whitenMatrix } from "./axes.ts";
import type { Distribution } from "./evolution.ts";

/** One rate and the moving averages it is steered by, in coordinates in which the distribution before is N(0, I). */
interface Rate {
  /** η in (0, 1]. */
  readonly eta: number;
  /** E, average change. */
  readonly drift: Float64Array;
  /** V, average squared length of a change. */
  readonly power: number;
}

export interface LearningRates {
  readonly mean: Rate;
  readonly covariance: Rate;
}

/** α: the signal-to-noise ratio of a change, over its rate, that is aimed at. */
const TARGET = 1.4;
/** β: weight of the newest change in the averages. */
const BETA = { mean: 0.1, covariance: 0.03 };
/** γ: largest relative change of a rate in one generation. */
const GAMMA = 0.1;

/** The rates at the start, which follow every change in full. @param n dimension */
export function fullRates(n: number): LearningRates {
  return {
    mean: { eta: 1, drift: new Float64Array(n), power: 0 },
    covariance: { eta: 1, drift: new Float64Array(n * n), power: 0 },
  };
}

/**
 * What is followed of the change from `before` to `after`.
 * @param axes of the covariance before
 */
export function dampen(
  before: Distribution,
  axes: Axes,
  after: Distribution,
  rates: LearningRates,
): { readonly distribution: Distribution; readonly rates: LearningRates } {
  const n = before.mean.length;
  const meanStep = after.mean.map((value, i) => value - before.mean[i]!);
  const spread = before.covariance.map((value) => before.sigma ** 2 * value);
  const spreadStep = after.covariance.map((value, i) => after.sigma ** 2 * value - spread[i]!);

  const localMean = whiten(axes, meanStep).map((value) => value / before.sigma);
  const localSpread = whitenMatrix(axes, spreadStep).map((value) => value / (before.sigma ** 2 * Math.SQRT2));
  const mean = steer(rates.mean, localMean, BETA.mean);
  const covariance = steer(rates.covariance, localSpread, BETA.covariance);

  const followed = spread.map((value, i) => value + covariance.eta * spreadStep[i]!);
  const scale = geometricMeanDeviation(followed, n);
  return {
    distribution: {
      mean: before.mean.map((value, i) => value + mean.eta * meanStep[i]!),
      // A smaller rate of the mean calls for larger steps: the optimal step size is inversely proportional to it.
      sigma: (scale * rates.mean.eta) / mean.eta,
      covariance: followed.map((value) => value / scale ** 2),
    },
    rates: { mean, covariance },
  };
}

function steer({ eta, drift, power }: Rate, change: Float64Array, beta: number): Rate {
  const newDrift = drift.map((value, i) => (1 - beta) * value + beta * change[i]!);
  const newPower = (1 - beta) * power + beta * squaredNorm(change);
  const signal = squaredNorm(newDrift);
  const noise = newPower - signal;
  // Nothing has ever moved: no ground to change the rate.
  const ratio = noise > 0 ? (signal - (beta / (2 - beta)) * newPower) / noise : TARGET * eta;
  const excess = Math.min(1, Math.max(-1, ratio / (TARGET * eta) - 1));
  const faster = eta * Math.exp(Math.min(GAMMA * eta, beta) * excess);
  return { eta: Math.min(1, faster), drift: newDrift, power: newPower };
}

/** det(Σ)^(1/2n) */
function geometricMeanDeviation(matrix: Float64Array, n: number): number {
  let logSum = 0;
  for (const value of symmetricEigen(matrix, n).values) logSum += Math.log(Math.max(value, Number.MIN_VALUE));
  return Math.exp(logSum / (2 * n));
}

function squaredNorm(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}
