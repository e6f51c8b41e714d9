/**
 * The log marginal likelihood of a zero-mean Gaussian process and its gradient in the logarithms of the
 * hyperparameters, ordered as in `kernel.ts`. Rasmussen and Williams, equations 5.8 and 5.9.
 *
 * Observation i has variance σ² + w_i: σ² is shared and learnt, w_i is known (it falls with the time walked).
 */
import {
  choleskyInPlace,
  dot,
  inverseFromCholesky,
  logDeterminant,
  solveLower,
  solveLowerTransposed,
} from "../math/cholesky.ts";
import { type KernelShape, pairwiseSquaredDifferences } from "./kernel.ts";

const SQRT5 = Math.sqrt(5);
const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Value of log p(y | X, hyperparameters), with its gradient written to `gradient`; −∞ where K is not positive definite. */
export type LogLikelihood = (logHyperparameters: Float64Array, gradient: Float64Array) => number;

/**
 * Prepares the likelihood of one data set; all work space is allocated here, none in an evaluation.
 * @param x n × d points
 * @param y n values
 * @param knownVariance n variances w_i
 */
export function logMarginalLikelihood(
  shape: KernelShape,
  x: Float64Array,
  y: Float64Array,
  knownVariance: Float64Array,
): LogLikelihood {
  const n = y.length;
  const d = shape.size;
  const differences = pairwiseSquaredDifferences(shape, x, n);
  const pairs = (n * (n - 1)) / 2;
  const repeats = repeatedPairs(differences, n, d);
  const k = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  const work = new Float64Array(n * n);
  /** dk/dq and k without noise, per pair. */
  const slopes = new Float64Array(pairs);
  const covariances = new Float64Array(pairs);
  const alpha = new Float64Array(n);
  const theta = new Float64Array(d);

  return (logHyperparameters, gradient) => {
    for (let j = 0; j < d; j++) theta[j] = Math.exp(logHyperparameters[j]!);
    const scale = Math.exp(logHyperparameters[d]!);
    const noise = Math.exp(logHyperparameters[d + 1]!);
    const microscale = logHyperparameters.length > d + 2 ? Math.exp(logHyperparameters[d + 2]!) : 0;
    let pair = 0;
    for (let i = 0; i < n; i++) {
      for (let c = 0; c < i; c++, pair++) {
        let q = 0;
        for (let j = 0, at = pair * d; j < d; j++) q += theta[j]! * differences[at + j]!;
        const r = SQRT5 * Math.sqrt(q);
        const e = scale * Math.exp(-r);
        covariances[pair] = (1 + r + (5 / 3) * q) * e;
        slopes[pair] = (-5 / 6) * (1 + r) * e;
        k[i * n + c] = covariances[pair]!;
      }
      k[i * n + i] = scale + microscale + noise + knownVariance[i]!;
    }
    for (const [i, c] of repeats) k[i * n + c]! += microscale;
    if (!choleskyInPlace(k, n)) {
      gradient.fill(0);
      return Number.NEGATIVE_INFINITY;
    }
    alpha.set(y);
    solveLower(k, n, alpha);
    const fit = dot(alpha, 0, alpha, 0, n);
    solveLowerTransposed(k, n, alpha);
    inverseFromCholesky(k, n, inverse, work);

    // ∂/∂φ = ½ Σ_ij (α_i α_j − K⁻¹_ij) ∂K_ij/∂φ; off-diagonal pairs count twice.
    gradient.fill(0);
    let scaleSum = 0;
    let noiseSum = 0;
    pair = 0;
    for (let i = 0; i < n; i++) {
      const ai = alpha[i]!;
      for (let c = 0; c < i; c++, pair++) {
        const weight = ai * alpha[c]! - inverse[i * n + c]!;
        scaleSum += weight * covariances[pair]!;
        const sloped = weight * slopes[pair]!;
        for (let j = 0, at = pair * d; j < d; j++) gradient[j]! += sloped * differences[at + j]!;
      }
      const weight = 0.5 * (ai * ai - inverse[i * n + i]!);
      scaleSum += weight * scale;
      noiseSum += weight;
    }
    for (let j = 0; j < d; j++) gradient[j]! *= theta[j]!;
    gradient[d] = scaleSum;
    gradient[d + 1] = noiseSum * noise;
    if (gradient.length > d + 2) {
      let repeatSum = 0;
      for (const [i, c] of repeats) repeatSum += alpha[i]! * alpha[c]! - inverse[i * n + c]!;
      gradient[d + 2] = (noiseSum + repeatSum) * microscale;
    }
    return -0.5 * (fit + logDeterminant(k, n) + n * LOG_TWO_PI);
  };
}

/** Pairs of observations of one and the same point, as i > c. */
function repeatedPairs(differences: Float64Array, n: number, d: number): [i: number, c: number][] {
  const repeats: [number, number][] = [];
  for (let i = 0, at = 0; i < n; i++) {
    for (let c = 0; c < i; c++, at += d) {
      if (differences.subarray(at, at + d).every((difference) => difference === 0)) repeats.push([i, c]);
    }
  }
  return repeats;
}
