/**
 * Priors of the hyperparameters, as functions of their logarithms (ordered as in `kernel.ts`). Each adds its gradient and
 * returns its log density up to a constant.
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
  /** Of log τ; null where there is none. */
  readonly microscale: LogNormal | null;
}

export function logNormalPrior(
  size: number,
  { lengthscale, scale, noise, microscale }: PriorChoice,
): LogPrior {
  const others = microscale === null ? [scale, noise] : [scale, noise, microscale];
  return (h, gradient) => {
    let sum = 0;
    for (let j = 0; j < size; j++) {
      // log ℓ = −½ log θ
      const z = (-0.5 * h[j]! - lengthscale.center) / lengthscale.deviation;
      sum -= 0.5 * z * z;
      gradient[j]! += (0.5 * z) / lengthscale.deviation;
    }
    for (const [i, { center, deviation }] of others.entries()) {
      const z = (h[size + i]! - center) / deviation;
      sum -= 0.5 * z * z;
      gradient[size + i]! -= z / deviation;
    }
    return sum;
  };
}
