/**
 * How much better than what was walked anything can still be, with high probability: the largest upper confidence bound over the
 * space less the largest lower one among the gaits walked. A. Makarova et al., "Automatic termination for hyperparameter
 * optimization" (AutoML 2022), with the confidence of N. Srinivas et al. (ICML 2010) scaled by a fifth, as they and Optuna do.
 */
import type { Acquisition } from "../gaussian-process/acquisition.ts";
import type { Posterior } from "../gaussian-process/posterior.ts";

/** Probability that the bound fails, were the model right. */
const FAILURE = 0.1;

/** √β of t gaits in d dimensions. */
export function confidence(dimensions: number, gaits: number): number {
  return Math.sqrt((2 * Math.log((dimensions * gaits ** 2 * Math.PI ** 2) / (6 * FAILURE))) / 5);
}

/** μ + √β σ as what a search maximises. */
export function upperBound(
  posterior: Posterior,
  width: number,
): Pick<Acquisition, "values" | "valueAndGradient"> {
  const prediction = posterior.prediction();
  return {
    valueAndGradient(point, gradient) {
      posterior.predict(point, prediction);
      const deviation = Math.sqrt(prediction.variance);
      for (let j = 0; j < gradient.length; j++)
        gradient[j] =
          prediction.meanGradient[j]! + (width * prediction.varianceGradient[j]!) / (2 * deviation);
      return prediction.mean + width * deviation;
    },
    values(points, count) {
      const means = new Float64Array(count);
      const variances = new Float64Array(count);
      posterior.predictMany(points, count, means, variances);
      return means.map((mean, i) => mean + width * Math.sqrt(variances[i]!));
    },
  };
}
