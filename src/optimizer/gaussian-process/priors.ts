/**
 * Priors of the hyperparameters, as functions of their logarithms ordered as in `kernel.ts`.
 */
import { lengthscaleOf } from "../space/dimension.ts";
import type { UnitSpace } from "../space/unit-space.ts";

/** Adds its gradient and returns its log density up to a constant. */
export type LogPrior = (logHyperparameters: Float64Array, gradient: Float64Array) => number;

/** A normal distribution of a logarithm: its centre and its standard deviation. */
export interface LogNormal {
  readonly center: number;
  readonly deviation: number;
}

export interface PriorChoice {
  /** Of log ℓ, one for each dimension. */
  readonly lengthscales: readonly LogNormal[];
  /** Of log s. */
  readonly scale: LogNormal;
  /** Of log σ². */
  readonly noise: LogNormal;
  /** Of log τ; null where there is none. */
  readonly microscale: LogNormal | null;
}

export function logNormalPrior({ lengthscales, scale, noise, microscale }: PriorChoice): LogPrior {
  const size = lengthscales.length;
  const others = microscale === null ? [scale, noise] : [scale, noise, microscale];
  return (h, gradient) => {
    let sum = 0;
    for (const [j, { center, deviation }] of lengthscales.entries()) {
      // log ℓ = −½ log θ
      const z = (-0.5 * h[j]! - center) / deviation;
      sum -= 0.5 * z * z;
      gradient[j]! += (0.5 * z) / deviation;
    }
    for (const [i, { center, deviation }] of others.entries()) {
      const z = (h[size + i]! - center) / deviation;
      sum -= 0.5 * z * z;
      gradient[size + i]! -= z / deviation;
    }
    return sum;
  };
}

/** Of log ℓ about what the space says: in two of three cases the truth is within a third of it. */
const KNOWN_DEVIATION = 0.3;

/**
 * One for each dimension: about what the space says of the parameter, and as given where it says nothing.
 *
 * @param unknown the prior of a parameter that nothing is known of
 */
export function lengthscalePriors({ dimensions }: UnitSpace, unknown: LogNormal): LogNormal[] {
  return dimensions.map((dimension) => {
    const known = lengthscaleOf(dimension);
    return known === null ? unknown : { center: Math.log(known), deviation: KNOWN_DEVIATION };
  });
}

/** Length-scales where their priors are largest, as θ. */
export function priorThetas(lengthscales: readonly LogNormal[]): Float64Array {
  return Float64Array.from(lengthscales, ({ center }) => Math.exp(-2 * center));
}
