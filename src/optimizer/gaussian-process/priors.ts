/**
 * Priors of the hyperparameters, as functions of their logarithms ordered as in `kernel.ts`.
 */
import { lengthscaleOf } from "../space/dimension.ts";
import type { UnitSpace } from "../space/unit-space.ts";

/** Adds its gradient and returns its log density up to a constant. */
export type LogPrior = (logHyperparameters: Float64Array, gradient: Float64Array) => number;

/** What is believed of a logarithm: a normal distribution, its centre and its standard deviation; or Student's t of that width. */
export interface PriorOfLog {
  readonly center: number;
  readonly deviation: number;
  /** Of Student's t: the fewer, the sooner data that speak against the centre win. */
  readonly freedom?: number;
}

export interface PriorChoice {
  /** Of log ℓ, one for each dimension. */
  readonly lengthscales: readonly PriorOfLog[];
  /** Of log s. */
  readonly scale: PriorOfLog;
  /** Of log σ². */
  readonly noise: PriorOfLog;
  /** Of log τ; null where there is none. */
  readonly microscale: PriorOfLog | null;
}

export function independentPriors({ lengthscales, scale, noise, microscale }: PriorChoice): LogPrior {
  const size = lengthscales.length;
  const others = microscale === null ? [scale, noise] : [scale, noise, microscale];
  return (h, gradient) => {
    let sum = 0;
    for (const [j, belief] of lengthscales.entries()) {
      // log ℓ = −½ log θ
      const z = (-0.5 * h[j]! - belief.center) / belief.deviation;
      sum += logDensity(belief, z);
      gradient[j]! += (-0.5 * slope(belief, z)) / belief.deviation;
    }
    for (const [i, belief] of others.entries()) {
      const z = (h[size + i]! - belief.center) / belief.deviation;
      sum += logDensity(belief, z);
      gradient[size + i]! += slope(belief, z) / belief.deviation;
    }
    return sum;
  };
}

/** At z deviations from the centre, up to a constant. */
function logDensity({ freedom }: PriorOfLog, z: number): number {
  return freedom === undefined ? -0.5 * z * z : -0.5 * (freedom + 1) * Math.log1p((z * z) / freedom);
}

/** Its derivative in z. */
function slope({ freedom }: PriorOfLog, z: number): number {
  return freedom === undefined ? -z : (-(freedom + 1) * z) / (freedom + z * z);
}

/** Of log ℓ about what the space says: mostly it is within a sixth of the truth, and where it is far from it walks must be able to say so. */
const KNOWN = { deviation: 0.15, freedom: 4 };

/**
 * One for each dimension: about what the space says of the parameter, and as given where it says nothing.
 *
 * @param unknown the prior of a parameter that nothing is known of
 */
export function lengthscalePriors({ dimensions }: UnitSpace, unknown: PriorOfLog): PriorOfLog[] {
  return dimensions.map((dimension) => {
    const known = lengthscaleOf(dimension);
    return known === null ? unknown : { center: Math.log(known), ...KNOWN };
  });
}

/** Length-scales where their priors are largest, as θ. */
export function priorThetas(lengthscales: readonly PriorOfLog[]): Float64Array {
  return Float64Array.from(lengthscales, ({ center }) => Math.exp(-2 * center));
}
