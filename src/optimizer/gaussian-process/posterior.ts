/**
 * The posterior of a zero-mean Gaussian process: mean and variance of the function (noise left out, microscale structure
 * included) at any point, their gradients, and conditioning on one more observation. Rasmussen and Williams, algorithm 2.1.
 */
import { choleskyInPlace, dot, solveLower, solveLowerMany, solveLowerTransposed } from "../math/cholesky.ts";
import {
  type Hyperparameters,
  type KernelShape,
  matern52,
  matern52Slope,
  scaledSquaredDistance,
} from "./kernel.ts";

/** Mean and variance of the function at one point, with gradients in its coordinates. */
export interface Prediction {
  mean: number;
  variance: number;
  readonly meanGradient: Float64Array;
  readonly varianceGradient: Float64Array;
}

const COLUMNS = 64;
const SMALLEST_VARIANCE = 1e-14;

export class Posterior {
  readonly shape: KernelShape;
  readonly hyperparameters: Hyperparameters;
  /** n × d, with room for `capacity` rows. */
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  /** L of K + noise, row stride `capacity`. */
  readonly #factor: Float64Array;
  readonly #capacity: number;
  #alpha: Float64Array;
  #n: number;
  /** Of the function at any point before anything is known. */
  readonly #variance: number;
  readonly #k: Float64Array;
  readonly #slope: Float64Array;

  /**
   * @param x n × d points
   * @param y n values
   * @param knownVariance n variances, added to the shared noise of the hyperparameters
   * @param spare rows to keep free for {@link condition}
   */
  constructor(
    shape: KernelShape,
    hyperparameters: Hyperparameters,
    x: Float64Array,
    y: Float64Array,
    knownVariance: Float64Array,
    spare = 0,
  ) {
    const n = y.length;
    const capacity = n + spare;
    this.shape = shape;
    this.hyperparameters = hyperparameters;
    this.#variance = hyperparameters.scale + hyperparameters.microscale;
    this.#capacity = capacity;
    this.#n = n;
    this.#x = new Float64Array(capacity * shape.size);
    this.#x.set(x);
    this.#y = new Float64Array(capacity);
    this.#y.set(y);
    this.#k = new Float64Array(capacity);
    this.#slope = new Float64Array(capacity);
    this.#factor = new Float64Array(capacity * capacity);
    this.#factorise(knownVariance);
    this.#alpha = this.#solve();
  }

  /** Number of observations conditioned on. */
  get size(): number {
    return this.#n;
  }

  #factorise(knownVariance: Float64Array): void {
    const { scale, noise } = this.hyperparameters;
    for (let jitter = 0; ; jitter = jitter === 0 ? 1e-10 * scale : jitter * 10) {
      for (let i = 0; i < this.#n; i++) {
        this.#fillRow(i);
        this.#factor[i * this.#capacity + i] = this.#variance + noise + knownVariance[i]! + jitter;
      }
      if (choleskyInPlace(this.#factor, this.#n, this.#capacity)) return;
      if (!(jitter < scale))
        throw new RangeError("The covariance of the observations is not positive definite.");
    }
  }

  /** k at the scaled squared distance q, microscale structure included. */
  #covariance(q: number): number {
    return q === 0 ? this.#variance : matern52(q, this.hyperparameters.scale);
  }

  /** Covariances of point i with those before it. */
  #fillRow(i: number): void {
    const { size } = this.shape;
    const { inverseSquaredLengthscales } = this.hyperparameters;
    for (let c = 0; c < i; c++) {
      const q = scaledSquaredDistance(
        this.shape,
        inverseSquaredLengthscales,
        this.#x,
        i * size,
        this.#x,
        c * size,
      );
      this.#factor[i * this.#capacity + c] = this.#covariance(q);
    }
  }

  #solve(): Float64Array {
    const alpha = this.#y.slice(0, this.#n);
    solveLower(this.#factor, this.#n, alpha, this.#capacity);
    solveLowerTransposed(this.#factor, this.#n, alpha, this.#capacity);
    return alpha;
  }

  /**
   * Conditions on one more observation in place: the factor grows by a row. A point that adds nothing numerically (an
   * exact copy without noise) is left out.
   */
  condition(point: Float64Array, value: number, variance: number): void {
    this.#append(point, value, this.hyperparameters.noise + variance);
  }

  /** Takes the function itself, not a noisy observation of it, to have this value at a point. */
  assume(point: Float64Array, value: number): void {
    this.#append(point, value, 0);
  }

  #append(point: Float64Array, value: number, variance: number): void {
    const n = this.#n;
    if (n === this.#capacity) throw new RangeError("No room for another observation.");
    this.#x.set(point, n * this.shape.size);
    this.#y[n] = value;
    this.#fillRow(n);
    const { scale } = this.hyperparameters;
    this.#factor[n * this.#capacity + n] = this.#variance + variance + 1e-10 * scale;
    if (!choleskyInPlace(this.#factor, n + 1, this.#capacity, n)) return;
    this.#n = n + 1;
    this.#alpha = this.#solve();
  }

  /** A prediction to be filled by {@link predict}. */
  prediction(): Prediction {
    const { size } = this.shape;
    return {
      mean: 0,
      variance: 0,
      meanGradient: new Float64Array(size),
      varianceGradient: new Float64Array(size),
    };
  }

  /** Mean of the function at a point. */
  mean(point: Float64Array, offset = 0): number {
    const { size } = this.shape;
    const { inverseSquaredLengthscales } = this.hyperparameters;
    let sum = 0;
    for (let i = 0; i < this.#n; i++) {
      const q = scaledSquaredDistance(
        this.shape,
        inverseSquaredLengthscales,
        this.#x,
        i * size,
        point,
        offset,
      );
      sum += this.#alpha[i]! * this.#covariance(q);
    }
    return sum;
  }

  /** Mean, variance and both gradients at a point; the gradient of a categorical coordinate is 0. */
  predict(point: Float64Array, out: Prediction): void {
    const { size, categorical } = this.shape;
    const { inverseSquaredLengthscales: theta, scale } = this.hyperparameters;
    const n = this.#n;
    const k = this.#k;
    const slope = this.#slope;
    for (let i = 0; i < n; i++) {
      const q = scaledSquaredDistance(this.shape, theta, this.#x, i * size, point, 0);
      k[i] = this.#covariance(q);
      slope[i] = matern52Slope(q, scale);
    }
    out.mean = dot(k, 0, this.#alpha, 0, n);
    solveLower(this.#factor, n, k, this.#capacity);
    out.variance = Math.max(SMALLEST_VARIANCE * scale, this.#variance - dot(k, 0, k, 0, n));
    solveLowerTransposed(this.#factor, n, k, this.#capacity);
    out.meanGradient.fill(0);
    out.varianceGradient.fill(0);
    for (let i = 0; i < n; i++) {
      const meanWeight = 2 * slope[i]! * this.#alpha[i]!;
      const varianceWeight = -4 * slope[i]! * k[i]!;
      for (let j = 0; j < size; j++) {
        if (categorical[j]) continue;
        const change = theta[j]! * (point[j]! - this.#x[i * size + j]!);
        out.meanGradient[j]! += meanWeight * change;
        out.varianceGradient[j]! += varianceWeight * change;
      }
    }
  }

  /**
   * Means and variances of many points (rows of `points`), in blocks that share each pass over the factor.
   * @param variances null when only the means are wanted
   */
  predictMany(
    points: Float64Array,
    count: number,
    means: Float64Array,
    variances: Float64Array | null,
  ): void {
    const { size } = this.shape;
    const { inverseSquaredLengthscales: theta, scale } = this.hyperparameters;
    const n = this.#n;
    const block = new Float64Array(n * COLUMNS);
    for (let start = 0; start < count; start += COLUMNS) {
      const columns = Math.min(COLUMNS, count - start);
      means.fill(0, start, start + columns);
      for (let i = 0; i < n; i++) {
        const row = i * columns;
        const alpha = this.#alpha[i]!;
        for (let c = 0; c < columns; c++) {
          const q = scaledSquaredDistance(this.shape, theta, this.#x, i * size, points, (start + c) * size);
          const k = this.#covariance(q);
          block[row + c] = k;
          means[start + c]! += alpha * k;
        }
      }
      if (variances === null) continue;
      solveLowerMany(this.#factor, n, block, columns, this.#capacity);
      for (let c = 0; c < columns; c++) variances[start + c] = this.#variance;
      for (let i = 0; i < n; i++) {
        const row = i * columns;
        for (let c = 0; c < columns; c++) variances[start + c]! -= block[row + c]! * block[row + c]!;
      }
      for (let c = 0; c < columns; c++) {
        variances[start + c] = Math.max(SMALLEST_VARIANCE * scale, variances[start + c]!);
      }
    }
  }

  /**
   * Mean and variance of the average of the function over some points (rows of `points`). The variance is that of the joint
   * posterior: what the points share does not average out.
   */
  average(points: Float64Array, count: number): { mean: number; variance: number } {
    const { size } = this.shape;
    const { inverseSquaredLengthscales: theta, scale } = this.hyperparameters;
    const n = this.#n;
    const k = this.#k.fill(0);
    let prior = 0;
    for (let c = 0; c < count; c++) {
      for (let i = 0; i < n; i++) {
        const q = scaledSquaredDistance(this.shape, theta, this.#x, i * size, points, c * size);
        k[i]! += this.#covariance(q) / count;
      }
      for (let b = 0; b < c; b++) {
        const q = scaledSquaredDistance(this.shape, theta, points, b * size, points, c * size);
        prior += (2 * this.#covariance(q)) / (count * count);
      }
      prior += this.#variance / (count * count);
    }
    const mean = dot(k, 0, this.#alpha, 0, n);
    solveLower(this.#factor, n, k, this.#capacity);
    return { mean, variance: Math.max(SMALLEST_VARIANCE * scale, prior - dot(k, 0, k, 0, n)) };
  }
}
