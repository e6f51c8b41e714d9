/** Hyperparameters by maximum a posteriori: L-BFGS in their logarithms, in a box, from the best of several starts. */
import { type DifferentiableFunction, type LbfgsResult, minimizeLbfgs } from "../math/lbfgs.ts";
import type { Hyperparameters, KernelShape } from "./kernel.ts";
import { logMarginalLikelihood } from "./likelihood.ts";
import type { LogPrior } from "./priors.ts";
import { subsample } from "./subsample.ts";

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
  /** Null: none. */
  readonly microscale: readonly [low: number, high: number] | null;
}

export interface FitOptions {
  readonly prior: LogPrior;
  readonly bounds: HyperparameterBounds;
  /** Starting points; the best end wins, the earlier one on a tie. With many observations they are raced first. */
  readonly starts: readonly Hyperparameters[];
  readonly maxIterations: number;
}

export interface Fit {
  readonly hyperparameters: Hyperparameters;
  /** Log likelihood plus log prior. */
  readonly objective: number;
}

/** With more observations than this, starts are raced over a few iterations on as many of them, and only the leader is followed. */
const RACE_ABOVE = 80;
const RACE_ITERATIONS = 8;
/** A fit uses at most this many observations; the cost of each evaluation grows with their cube. */
const LARGEST_FIT = 200;

export function fitHyperparameters(data: ProcessData, options: FitOptions): Fit {
  const size = data.shape.size;
  const [lower, upper] = logBox(size, options.bounds);
  const best = (
    part: ProcessData,
    starts: readonly Float64Array[],
    maxIterations: number,
  ): Pick<LbfgsResult, "x" | "value"> => {
    const f = negativeLogPosterior(part, options.prior);
    let winner = { x: clamp(starts[0]!, lower, upper), value: Number.POSITIVE_INFINITY };
    for (const start of starts) {
      const end = minimizeLbfgs(f, start, {
        lower,
        upper,
        maxIterations,
        gradientTolerance: 1e-2,
        valueTolerance: 1e-6,
      });
      if (end.value < winner.value) winner = end;
    }
    return winner;
  };
  let starts = options.starts.map(toLog);
  if (data.y.length > RACE_ABOVE && starts.length > 1)
    starts = [best(subsample(data, RACE_ABOVE), starts, RACE_ITERATIONS).x];
  const { x, value } = best(fitData(data), starts, options.maxIterations);
  return { hyperparameters: fromLog(x, size), objective: Number.isFinite(value) ? -value : Number.NaN };
}

/** What of the data a fit looks at. */
export function fitData(data: ProcessData): ProcessData {
  return subsample(data, LARGEST_FIT);
}

/** In the logarithms of the hyperparameters, up to a constant. */
export function negativeLogPosterior(
  { shape, x, y, knownVariance }: ProcessData,
  prior: LogPrior,
): DifferentiableFunction {
  const likelihood = logMarginalLikelihood(shape, x, y, knownVariance);
  return (h, gradient) => {
    const value = likelihood(h, gradient) + prior(h, gradient);
    for (let j = 0; j < gradient.length; j++) gradient[j] = -gradient[j]!;
    return -value;
  };
}

export function toLog({
  inverseSquaredLengthscales,
  scale,
  noise,
  microscale,
}: Hyperparameters): Float64Array {
  const values = [...inverseSquaredLengthscales, scale, noise];
  return Float64Array.from(microscale > 0 ? [...values, microscale] : values, Math.log);
}

/** @param size d; `h` has d + 2 elements, or d + 3 with a microscale variance */
export function fromLog(h: Float64Array, size: number): Hyperparameters {
  return {
    inverseSquaredLengthscales: h.slice(0, size).map(Math.exp),
    scale: Math.exp(h[size]!),
    noise: Math.exp(h[size + 1]!),
    microscale: h.length > size + 2 ? Math.exp(h[size + 2]!) : 0,
  };
}

/** @returns the box of the log hyperparameters: lower and upper ends */
export function logBox(
  size: number,
  { lengthscale, scale, noise, microscale }: HyperparameterBounds,
): [Float64Array, Float64Array] {
  const others = microscale === null ? [scale, noise] : [scale, noise, microscale];
  const box = (lengthscaleBound: number, side: 0 | 1): Float64Array =>
    Float64Array.from([
      ...new Array<number>(size).fill(-2 * Math.log(lengthscaleBound)),
      ...others.map((bounds) => Math.log(bounds[side])),
    ]);
  return [box(lengthscale[1], 0), box(lengthscale[0], 1)];
}

export function clamp(h: Float64Array, lower: Float64Array, upper: Float64Array): Float64Array {
  return h.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
}
