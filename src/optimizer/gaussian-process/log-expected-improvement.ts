/**
 * Log expected improvement of a normal prediction over a threshold, for maximisation, with its gradient. The
 * logarithm keeps a usable gradient where the improvement itself underflows (S. Ament et al., NeurIPS 2023).
 */
import { logExpectedExcess, logExpectedExcessSlope } from "../math/normal-distribution.ts";
import type { Prediction } from "./posterior.ts";

/** Added to the variance, so that a point without any uncertainty has a finite value (as Optuna does). */
const STABILISING_VARIANCE = 1e-12;

/** log E[max(0, f − threshold)] for f ~ N(mean, variance). */
export function logExpectedImprovement(mean: number, variance: number, threshold: number): number {
  const deviation = Math.sqrt(variance + STABILISING_VARIANCE);
  return Math.log(deviation) + logExpectedExcess((mean - threshold) / deviation);
}

/** The same, adding its gradient to `gradient`. */
export function addLogExpectedImprovement(
  prediction: Prediction,
  threshold: number,
  gradient: Float64Array,
): number {
  const deviation = Math.sqrt(prediction.variance + STABILISING_VARIANCE);
  const z = (prediction.mean - threshold) / deviation;
  const slope = logExpectedExcessSlope(z);
  // d/dμ = slope / σ;  d/dσ = (1 − z slope) / σ, and dσ = dσ² / 2σ.
  const byMean = slope / deviation;
  const byVariance = (1 - z * slope) / (2 * deviation * deviation);
  for (let j = 0; j < gradient.length; j++) {
    gradient[j]! += byMean * prediction.meanGradient[j]! + byVariance * prediction.varianceGradient[j]!;
  }
  return Math.log(deviation) + logExpectedExcess(z);
}
