/**
 * The posterior of a Gaussian process with a constant mean: mean and variance of the function (noise left out, microscale structure
 * included) at any point, their gradients, and conditioning on one more observation. Rasmussen and Williams, algorithm 2.1.
 */
import { choleskyInPlace, dot, solveLower, solveLowerRows, solveLowerTransposed } from "../math/cholesky.ts";
import { type Hyperparameters, type KernelShape, matern52 } from "./kernel.ts";

/** Mean and variance of the function at one point, with gradients in its coordinates. */
export interface Prediction {
  mean: number;
  variance: number;
  readonly meanGradient: Float64Array;
  readonly varianceGradient: Float64Array;
}

/**
 * What the function is expected to be far from everything observed. `zero`: the average observation, where observations are standardised.
 * `estimated`: the generalised least squares estimate 1ᵀK⁻¹y / 1ᵀK⁻¹1, in which many observations close together count as one
 * (D. R. Jones, M. Schonlau and W. J. Welch, "Efficient global optimization of expensive black-box functions", Journal of Global
 * Optimization 13, 1998). Of a search, which gathers around good places, the average is too good to be true elsewhere.
 */
export type PriorMean = "zero" | "estimated";

/** Observations whose covariances with other points are asked for. See {@link Posterior.companions}. */
export interface Companions {
  readonly count: number;
  /** count × n: row j times L⁻¹k(x) is cov(f(x_j), f(x)). */
  readonly rows: Float64Array;
}

/** Points worked on at a time: their covariances with a thousand observations stay in the cache. */
const BLOCK = 32;
const SMALLEST_VARIANCE = 1e-14;
const NONE = new Float64Array();
const SQRT5 = Math.sqrt(5);

export class Posterior {
  readonly shape: KernelShape;
  readonly hyperparameters: Hyperparameters;
  /** √θ_j: coordinates times it have q as their squared distance, categorical ones their Hamming distance times θ_j. */
  readonly #weights: Float64Array;
  readonly #numeric: readonly number[];
  readonly #categorical: readonly number[];
  /** n × d weighted points, with room for `capacity` rows. */
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  /** What each observation's variance adds to the diagonal. */
  readonly #noise: Float64Array;
  /** L of K + noise, row stride `capacity`. */
  readonly #factor: Float64Array;
  readonly #capacity: number;
  #alpha: Float64Array;
  #n: number;
  /** Of the function at any point before anything is known. */
  readonly #mean: number;
  readonly #variance: number;
  /** The point asked about, weighted. */
  readonly #at: Float64Array;
  readonly #k: Float64Array;
  readonly #slope: Float64Array;
  /** L⁻¹k of the point last predicted. */
  readonly #reduced: Float64Array;

  /**
   * @param x n × d points
   * @param y n values
   * @param knownVariance n variances, added to the shared noise of the hyperparameters
   * @param spare rows to keep free for {@link condition}
   * @param mean an estimated one stays as it is when conditioned on more; zero is for comparison with programs that know no other
   */
  constructor(
    shape: KernelShape,
    hyperparameters: Hyperparameters,
    x: Float64Array,
    y: Float64Array,
    knownVariance: Float64Array,
    spare = 0,
    mean: PriorMean = "estimated",
  ) {
    const n = y.length;
    const capacity = n + spare;
    this.shape = shape;
    this.hyperparameters = hyperparameters;
    this.#variance = hyperparameters.scale + hyperparameters.microscale;
    this.#weights = hyperparameters.inverseSquaredLengthscales.map(Math.sqrt);
    const dimensions = Array.from({ length: shape.size }, (_, j) => j);
    this.#numeric = dimensions.filter((j) => !shape.categorical[j]);
    this.#categorical = dimensions.filter((j) => shape.categorical[j]);
    this.#capacity = capacity;
    this.#n = n;
    this.#at = new Float64Array(shape.size);
    this.#x = new Float64Array(capacity * shape.size);
    for (let i = 0; i < n; i++) this.#weigh(x, i * shape.size, this.#x, i * shape.size);
    this.#y = new Float64Array(capacity);
    this.#y.set(y);
    this.#noise = new Float64Array(capacity);
    this.#k = new Float64Array(capacity);
    this.#slope = new Float64Array(capacity);
    this.#reduced = new Float64Array(capacity);
    this.#factor = new Float64Array(capacity * capacity);
    this.#factorise(knownVariance);
    this.#mean = mean === "estimated" && n > 0 ? this.#estimatedMean() : 0;
    this.#alpha = this.#weightsOfObservations();
  }

  /** Number of observations conditioned on. */
  get size(): number {
    return this.#n;
  }

  /** Mean of the function at each observation, in their order: μ + K α = y − noise α, without a covariance computed anew. */
  observedMeans(): Float64Array {
    return this.#alpha.map((alpha, i) => this.#y[i]! - this.#noise[i]! * alpha);
  }

  #weigh(from: Float64Array, offset: number, to: Float64Array, toOffset: number): void {
    for (let j = 0; j < this.shape.size; j++) {
      const weight = this.shape.categorical[j] ? 1 : this.#weights[j]!;
      to[toOffset + j] = from[offset + j]! * weight;
    }
  }

  #factorise(knownVariance: Float64Array): void {
    const { scale, noise } = this.hyperparameters;
    for (let jitter = 0; ; jitter = jitter === 0 ? 1e-10 * scale : jitter * 10) {
      for (let i = 0; i < this.#n; i++) {
        this.#noise[i] = noise + knownVariance[i]! + jitter;
        this.#fillRow(i);
      }
      if (choleskyInPlace(this.#factor, this.#n, this.#capacity)) return;
      if (!(jitter < scale))
        throw new RangeError("The covariance of the observations is not positive definite.");
    }
  }

  /** Scaled squared distance of two weighted points, at their offsets in `a` and `b`. */
  #distance(a: Float64Array, aOffset: number, b: Float64Array, bOffset: number): number {
    let q = 0;
    if (this.#categorical.length === 0) {
      for (let j = 0; j < this.shape.size; j++) {
        const difference = a[aOffset + j]! - b[bOffset + j]!;
        q += difference * difference;
      }
      return q;
    }
    for (const j of this.#numeric) {
      const difference = a[aOffset + j]! - b[bOffset + j]!;
      q += difference * difference;
    }
    for (const j of this.#categorical) {
      if (a[aOffset + j] !== b[bOffset + j]) q += this.hyperparameters.inverseSquaredLengthscales[j]!;
    }
    return q;
  }

  /** Covariance, before anything is known, of two of the weighted points in `points`, at their offsets. */
  #prior(points: Float64Array, a: number, b: number): number {
    const q = this.#distance(points, a, points, b);
    return q === 0 ? this.#variance : matern52(q, this.hyperparameters.scale);
  }

  /** Covariances of the weighted point in `points` with the first `count` observations, written to `k`. */
  #covariances(points: Float64Array, offset: number, count: number, k: Float64Array, kOffset: number): void {
    const { scale } = this.hyperparameters;
    for (let i = 0; i < count; i++) {
      const q = this.#distance(points, offset, this.#x, i * this.shape.size);
      k[kOffset + i] = q === 0 ? this.#variance : matern52(q, scale);
    }
  }

  /** Row i of K: covariances of point i with those before it, and its own with its noise. */
  #fillRow(i: number): void {
    const row = i * this.#capacity;
    this.#covariances(this.#x, i * this.shape.size, i, this.#factor, row);
    this.#factor[row + i] = this.#variance + this.#noise[i]!;
  }

  /** 1ᵀK⁻¹y / 1ᵀK⁻¹1 */
  #estimatedMean(): number {
    const ones = this.#solve(new Float64Array(this.#n).fill(1));
    return dot(ones, 0, this.#y, 0, this.#n) / ones.reduce((sum, weight) => sum + weight, 0);
  }

  /** α = K⁻¹(y − μ) */
  #weightsOfObservations(): Float64Array {
    return this.#solve(this.#y.slice(0, this.#n).map((value) => value - this.#mean));
  }

  /** K⁻¹ times the vector, in place. */
  #solve(vector: Float64Array): Float64Array {
    solveLower(this.#factor, this.#n, vector, this.#capacity);
    solveLowerTransposed(this.#factor, this.#n, vector, this.#capacity);
    return vector;
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
    this.#weigh(point, 0, this.#x, n * this.shape.size);
    this.#y[n] = value;
    this.#noise[n] = variance + 1e-10 * this.hyperparameters.scale;
    this.#fillRow(n);
    if (!choleskyInPlace(this.#factor, n + 1, this.#capacity, n)) return;
    this.#n = n + 1;
    this.#alpha = this.#weightsOfObservations();
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
  mean(point: Float64Array): number {
    this.#weigh(point, 0, this.#at, 0);
    this.#covariances(this.#at, 0, this.#n, this.#k, 0);
    return this.#mean + dot(this.#k, 0, this.#alpha, 0, this.#n);
  }

  /** Covariance of the function at two points. */
  covariance(a: Float64Array, b: Float64Array): number {
    const { size } = this.shape;
    const n = this.#n;
    const points = new Float64Array(2 * size);
    this.#weigh(a, 0, points, 0);
    this.#weigh(b, 0, points, size);
    const k = new Float64Array(2 * n);
    this.#covariances(points, 0, n, k, 0);
    this.#covariances(points, size, n, k, n);
    solveLowerRows(this.#factor, n, k, 2, this.#capacity);
    return this.#prior(points, 0, size) - dot(k, 0, k, n, n);
  }

  /** Mean, variance and both gradients at a point; the gradient of a categorical coordinate is 0. */
  predict(point: Float64Array, out: Prediction): void {
    const { size } = this.shape;
    const { scale } = this.hyperparameters;
    const n = this.#n;
    const k = this.#k;
    const slope = this.#slope;
    const at = this.#at;
    const x = this.#x;
    this.#weigh(point, 0, at, 0);
    for (let i = 0; i < n; i++) {
      const q = this.#distance(at, 0, x, i * size);
      const r = SQRT5 * Math.sqrt(q);
      const e = scale * Math.exp(-r);
      k[i] = q === 0 ? this.#variance : (1 + r + (5 / 3) * q) * e;
      slope[i] = (-5 / 6) * (1 + r) * e;
    }
    out.mean = this.#mean + dot(k, 0, this.#alpha, 0, n);
    solveLower(this.#factor, n, k, this.#capacity);
    out.variance = Math.max(SMALLEST_VARIANCE * scale, this.#variance - dot(k, 0, k, 0, n));
    this.#reduced.set(k);
    solveLowerTransposed(this.#factor, n, k, this.#capacity);
    this.#differentiate(2, this.#alpha, out.meanGradient);
    this.#differentiate(-4, k, out.varianceGradient);
  }

  /** The gradient of factor / 2 · Σ c_i k(x_i, x) at the point last predicted; that of a categorical coordinate is 0. */
  #differentiate(factor: number, coefficients: Float64Array, gradient: Float64Array): void {
    const { size } = this.shape;
    const at = this.#at;
    const x = this.#x;
    gradient.fill(0);
    for (let i = 0; i < this.#n; i++) {
      const weight = factor * this.#slope[i]! * coefficients[i]!;
      const row = i * size;
      for (let j = 0; j < size; j++) gradient[j]! += weight * (at[j]! - x[row + j]!);
    }
    // The differences were of weighted coordinates: √θ is in them once.
    for (const j of this.#numeric) gradient[j]! *= this.#weights[j]!;
    for (const j of this.#categorical) gradient[j] = 0;
  }

  /**
   * Prepares covariances of the function at some observations with the function elsewhere; valid until the next conditioning. An observation's
   * own covariances are K e_j less its noise ν_j, so cov(f(x_j), f(x)) = ν_j e_jᵀ K⁻¹ k(x): what a solve for ν_j e_j gives.
   */
  companions(rows: readonly number[]): Companions {
    const n = this.#n;
    const solved = new Float64Array(rows.length * n);
    for (const [j, row] of rows.entries()) solved[j * n + row] = this.#noise[row]!;
    solveLowerRows(this.#factor, n, solved, rows.length, this.#capacity);
    return { count: rows.length, rows: solved };
  }

  /** Covariances of the function at the point last predicted with it at each companion. */
  covariances({ count, rows }: Companions, out: Float64Array): void {
    const n = this.#n;
    for (let j = 0; j < count; j++) out[j] = dot(rows, j * n, this.#reduced, 0, n);
  }

  /** The gradient of Σ w_j cov(f(x_j), f(x)) at the point last predicted; that of a categorical coordinate is 0. */
  covarianceGradient({ count, rows }: Companions, weights: Float64Array, gradient: Float64Array): void {
    const n = this.#n;
    const k = this.#k.fill(0);
    for (let j = 0; j < count; j++) {
      const weight = weights[j]!;
      if (weight === 0) continue;
      for (let i = 0; i < n; i++) k[i]! += weight * rows[j * n + i]!;
    }
    solveLowerTransposed(this.#factor, n, k, this.#capacity);
    this.#differentiate(2, k, gradient);
  }

  /**
   * Means and variances of many points (rows of `points`), in blocks that share each pass over the factor; covariances (count × companions)
   * as well where they are asked for.
   */
  predictMany(
    points: Float64Array,
    count: number,
    means: Float64Array,
    variances: Float64Array,
    companions: Companions | null = null,
    covariances: Float64Array = NONE,
  ): void {
    const { size } = this.shape;
    const { scale } = this.hyperparameters;
    const n = this.#n;
    const block = new Float64Array(n * Math.min(BLOCK, count));
    for (let start = 0; start < count; start += BLOCK) {
      const rows = Math.min(BLOCK, count - start);
      for (let c = 0; c < rows; c++) {
        this.#weigh(points, (start + c) * size, this.#at, 0);
        this.#covariances(this.#at, 0, n, block, c * n);
        means[start + c] = this.#mean + dot(block, c * n, this.#alpha, 0, n);
      }
      solveLowerRows(this.#factor, n, block, rows, this.#capacity);
      for (let c = 0; c < rows; c++) {
        const variance = this.#variance - dot(block, c * n, block, c * n, n);
        variances[start + c] = Math.max(SMALLEST_VARIANCE * scale, variance);
        if (companions === null) continue;
        const to = (start + c) * companions.count;
        for (let j = 0; j < companions.count; j++)
          covariances[to + j] = dot(companions.rows, j * n, block, c * n, n);
      }
    }
  }

  /**
   * Mean and variance of the average of the function over some points (rows of `points`). The variance is that of the joint
   * posterior: what the points share does not average out.
   */
  average(points: Float64Array, count: number): { mean: number; variance: number } {
    const { size } = this.shape;
    const { scale } = this.hyperparameters;
    const n = this.#n;
    const weighted = new Float64Array(count * size);
    for (let c = 0; c < count; c++) this.#weigh(points, c * size, weighted, c * size);
    const k = new Float64Array(n);
    const row = new Float64Array(n);
    let prior = 0;
    for (let c = 0; c < count; c++) {
      this.#covariances(weighted, c * size, n, row, 0);
      for (let i = 0; i < n; i++) k[i]! += row[i]! / count;
      for (let b = 0; b < c; b++) prior += (2 * this.#prior(weighted, b * size, c * size)) / (count * count);
      prior += this.#variance / (count * count);
    }
    const mean = this.#mean + dot(k, 0, this.#alpha, 0, n);
    solveLower(this.#factor, n, k, this.#capacity);
    return { mean, variance: Math.max(SMALLEST_VARIANCE * scale, prior - dot(k, 0, k, 0, n)) };
  }
}
