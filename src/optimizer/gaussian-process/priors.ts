/**
 * Priors of the hyperparameters, as functions of their logarithms (log θ_1 … log θ_d, log s, log σ²). Each adds its
 * gradient and returns its log density up to a constant.
 */
export type LogPrior = (logHyperparameters: Float64Array, gradient: Float64Array) => number;

/** A normal distribution of a logarithm: its centre and its standard deviation. */
export interface LogNormal {
  readonly center: number;
  readonly deviation: number;
}

export interface PriorChoice {
  /** Of log ℓ, one for all dimensions. */
  readonly lengthscale: LogNormal;
  /** Of log s. */
  readonly scale: LogNormal;
  /** Of log σ². */
  readonly noise: LogNormal;
}

export function logNormalPrior(size: number, { lengthscale, scale, noise }: PriorChoice): LogPrior {
  return (h, gradient) => {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      // log ℓ = −½ log θ
      const z = (-0.5 * h[j]! - lengthscale.center) / lengthscale.deviation;
      sum -= 0.5 * z * z;
      gradient[j]! += (0.5 * z) / lengthscale.deviation;
    }
    const zScale = (h[size]! - scale.center) / scale.deviation;
    const zNoise = (h[size + 1]! - noise.center) / noise.deviation;
    gradient[size]! -= zScale / scale.deviation;
    gradient[size + 1]! -= zNoise / noise.deviation;
    return sum - 0.5 * (zScale * zScale + zNoise * zNoise);
  };
}
