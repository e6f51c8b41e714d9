/** What a point is expected to be better by than a threshold: its worth to whoever asks what another gait may gain. */
import type { Worth } from "./acquisition.ts";
import { addLogExpectedImprovement, logExpectedImprovement } from "./log-expected-improvement.ts";
import type { Posterior, Prediction } from "./posterior.ts";

export class ExpectedImprovement implements Worth {
  readonly #posterior: Posterior;
  readonly #threshold: number;
  readonly #prediction: Prediction;

  /** @param threshold the value to improve on, standardised for maximisation */
  constructor(posterior: Posterior, threshold: number) {
    this.#posterior = posterior;
    this.#threshold = threshold;
    this.#prediction = posterior.prediction();
  }

  addValueAndGradient(point: Float64Array, gradient: Float64Array): number {
    this.#posterior.predict(point, this.#prediction);
    return addLogExpectedImprovement(this.#prediction, this.#threshold, gradient);
  }

  values(points: Float64Array, count: number): Float64Array {
    const means = new Float64Array(count);
    const variances = new Float64Array(count);
    this.#posterior.predictMany(points, count, means, variances);
    return means.map((mean, i) => logExpectedImprovement(mean, variances[i]!, this.#threshold));
  }
}
