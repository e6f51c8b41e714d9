/** Hyperparameters by maximum a posteriori: L-BFGS in their logarithms, in a box, from several starts. */
import { minimizeLbfgs } from "../math/lbfgs.ts";
import type { Hyperparameters, KernelShape } from "./kernel.ts";
import { logMarginalLikelihood } from "./likelihood.ts";
import type { LogPrior } from "./priors.ts";

/** Data of one Gaussian process, in its own (standardised) units. */
export interface ProcessData {
  readonly shape: KernelShape;
  /** n × d */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Known variance of each observation, beside the shared noise. */
  readonly knownVariance: Float64Array;
}

/** Box of the hyperparameters, in natural units. */
export interface HyperparameterBounds {
  readonly lengthscale: readonly [low: number, high: number];
  readonly scale: readonly [low: number, high: number];
  readonly noise: readonly [low: number, high: number];
}

export interface FitOptions {
  readonly prior: LogPrior;
  readonly bounds: HyperparameterBounds;
  /** Starting points; the best end wins, the earlier one on a tie. */
  readonly starts: readonly Hyperparameters[];
  readonly maxIterations: number;
}

export interface Fit {
  readonly hyperparameters: Hyperparameters;
  /** Log likelihood plus log prior. */
  readonly objective: number;
}

export function fitHyperparameters(data: ProcessData, options: FitOptions): Fit {
  const size = data.shape.size;
  const likelihood = logMarginalLikelihood(data.shape, data.x, data.y, data.knownVariance);
  const negative = (h: Float64Array, gradient: Float64Array): number => {
    const value = likelihood(h, gradient) + options.prior(h, gradient);
    for (let j = 0; j < gradient.length; j++) gradient[j] = -gradient[j]!;
    return -value;
  };
  const [lower, upper] = logBox(size, options.bounds);
  let best: Fit | null = null;
  for (const start of options.starts) {
    const { x, value } = minimizeLbfgs(negative, toLog(start), {
      lower,
      upper,
      maxIterations: options.maxIterations,
      gradientTolerance: 1e-2,
      valueTolerance: 1e-6,
    });
    if (!Number.isFinite(value)) continue;
    if (best === null || -value > best.objective) best = { hyperparameters: fromLog(x), objective: -value };
  }
  return (
    best ?? {
      hyperparameters: fromLog(clamp(toLog(options.starts[0]!), lower, upper)),
      objective: Number.NaN,
    }
  );
}

export function toLog({ inverseSquaredLengthscales, scale, noise }: Hyperparameters): Float64Array {
  return Float64Array.from([...inverseSquaredLengthscales, scale, noise], Math.log);
}

export function fromLog(h: Float64Array): Hyperparameters {
  const d = h.length - 2;
  return {
    inverseSquaredLengthscales: h.slice(0, d).map(Math.exp),
    scale: Math.exp(h[d]!),
    noise: Math.exp(h[d + 1]!),
  };
}

function logBox(
  size: number,
  { lengthscale, scale, noise }: HyperparameterBounds,
): [Float64Array, Float64Array] {
  const lower = new Float64Array(size + 2).fill(-2 * Math.log(lengthscale[1]));
  const upper = new Float64Array(size + 2).fill(-2 * Math.log(lengthscale[0]));
  lower.set([Math.log(scale[0]), Math.log(noise[0])], size);
  upper.set([Math.log(scale[1]), Math.log(noise[1])], size);
  return [lower, upper];
}

function clamp(h: Float64Array, lower: Float64Array, upper: Float64Array): Float64Array {
  return h.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
}
