/**
 * Hyperparameters drawn from those that the data find plausible, instead of the most plausible ones. A few dozen noisy walks
 * leave open over which length-scales a gait's speed varies and how much of it is noise; a search that believes one answer
 * looks at one kind of place only. Drawn anew with every fit, the suggestions together do what integrating the acquisition over
 * the hyperparameters does (J. Snoek, H. Larochelle and R. P. Adams, "Practical Bayesian optimization of machine learning
 * algorithms", NIPS 2012), at the price of one model. The distribution is Laplace's approximation in their logarithms.
 */
import type { DifferentiableFunction } from "../math/lbfgs.ts";
import type { RandomSource } from "../math/random-source.ts";
import { symmetricEigen } from "../math/symmetric-eigen.ts";
import {
  clamp,
  type FitOptions,
  fitData,
  fromLog,
  logBox,
  negativeLogPosterior,
  type ProcessData,
  toLog,
} from "./fit.ts";
import type { Hyperparameters } from "./kernel.ts";

/** Standard deviations of the approximation: the true distribution has the longer tails. */
const WIDTH = 1.5;
/** Noise of so large a share of the function's variance, or a larger one, leaves the hyperparameters open. */
const OPEN_FROM = 0.05;
/** Half the distance of the gradients whose difference is a second derivative. */
const STEP = 0.1;
/** Least curvature of the log posterior: that of a log-normal prior with a deviation of 2. */
const FLATTEST = 0.25;
/** Draws that prove implausible are drawn again so often. */
const ATTEMPTS = 12;

/**
 * @param mode where the posterior is largest, as `fitHyperparameters` found it
 * @returns the mode itself, or as good as that, where the data are nearly free of noise and there is a point to be polished
 */
export function drawHyperparameters(
  data: ProcessData,
  { prior, bounds }: Pick<FitOptions, "prior" | "bounds">,
  mode: Hyperparameters,
  source: RandomSource,
): Hyperparameters {
  const { size } = data.shape;
  const width = WIDTH * Math.min(1, Math.sqrt(mode.noise / (OPEN_FROM * mode.scale)));
  const f = negativeLogPosterior(fitData(data), prior);
  const [lower, upper] = logBox(size, bounds);
  const center = toLog(mode);
  const m = center.length;
  const { values, vectors } = symmetricEigen(curvature(f, center), m);
  const gradient = new Float64Array(m);
  // Half the squared length of a normal vector is m/2 ± √(m/2).
  const implausible = f(center, gradient) + 0.5 * width ** 2 * (m + 2 * Math.sqrt(2 * m));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const drawn = center.slice();
    for (let j = 0; j < m; j++) {
      const along = (width * source.normal()) / Math.sqrt(Math.max(values[j]!, FLATTEST));
      for (let i = 0; i < m; i++) drawn[i]! += vectors[i * m + j]! * along;
    }
    const inside = clamp(drawn, lower, upper);
    if (f(inside, gradient) <= implausible) return fromLog(inside, size);
  }
  return mode;
}

/** The Hessian of `f`, by central differences of its gradient. Row-major m × m, symmetric. */
function curvature(f: DifferentiableFunction, at: Float64Array): Float64Array {
  const m = at.length;
  const hessian = new Float64Array(m * m);
  const [above, below] = [new Float64Array(m), new Float64Array(m)];
  for (let j = 0; j < m; j++) {
    const point = at.slice();
    point[j] = at[j]! + STEP;
    f(point, above);
    point[j] = at[j]! - STEP;
    f(point, below);
    for (let i = 0; i < m; i++) {
      const half = (above[i]! - below[i]!) / (4 * STEP);
      hessian[i * m + j]! += half;
      hessian[j * m + i]! += half;
    }
  }
  return hessian;
}
