/**
 * The covariance function: Matérn with ν = 5/2 and one length-scale per dimension (automatic relevance
 * determination), C. E. Rasmussen and C. K. I. Williams, Gaussian Processes for Machine Learning, section 4.2:
 *
 *   k(x, x′) = s (1 + √(5q) + 5q/3) e^{−√(5q)},   q = Σ_j θ_j d_j²
 *
 * with d_j = x_j − x′_j, or d_j² = [x_j ≠ x′_j] (Hamming distance) in a categorical dimension. Where the function may have
 * structure finer than the data resolve, τ is added at q = 0: of the two parts of a nugget, the one that is not noise (N. A.
 * C. Cressie, Statistics for Spatial Data, section 3.2.1).
 *
 * Notation used throughout this folder: n points, d dimensions; points as rows of a row-major n × d Float64Array;
 * θ_j = 1/ℓ_j² the inverse squared length-scales; s the variance of the function; σ² the variance of the noise; τ the
 * microscale variance. Logarithms of hyperparameters are ordered (log θ_1 … log θ_d, log s, log σ², log τ), the last left
 * out where τ = 0.
 */

/** What the points are made of. */
export interface KernelShape {
  /** d */
  readonly size: number;
  /** Per dimension: whether only equality counts. */
  readonly categorical: readonly boolean[];
}

export interface Hyperparameters {
  /** θ, length d. */
  readonly inverseSquaredLengthscales: Float64Array;
  /** s */
  readonly scale: number;
  /** σ², the part of the noise that is the same for all observations. */
  readonly noise: number;
  /**
   * τ, variance of what the function does on a scale finer than the points are apart: the same in every observation of
   * one point, independent between points. 0 for a function that is smooth all the way down.
   */
  readonly microscale: number;
}

const SQRT5 = Math.sqrt(5);

/** k as a function of the scaled squared distance q. */
export function matern52(q: number, scale: number): number {
  const r = SQRT5 * Math.sqrt(q);
  return scale * (1 + r + (5 / 3) * q) * Math.exp(-r);
}

/**
 * d_j² of every pair of points i > k, one row of d numbers per pair in the order (1,0), (2,0), (2,1), …: computed once
 * per fit, so that a likelihood evaluation only weighs them by θ.
 */
export function pairwiseSquaredDifferences(shape: KernelShape, x: Float64Array, n: number): Float64Array {
  const { size, categorical } = shape;
  const differences = new Float64Array(((n * (n - 1)) / 2) * size);
  let out = 0;
  for (let i = 1; i < n; i++) {
    for (let k = 0; k < i; k++) {
      for (let j = 0; j < size; j++) {
        const difference = x[i * size + j]! - x[k * size + j]!;
        differences[out++] = categorical[j] ? (difference === 0 ? 0 : 1) : difference * difference;
      }
    }
  }
  return differences;
}
