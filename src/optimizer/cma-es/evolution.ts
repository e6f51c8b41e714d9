/**
 * The covariance matrix adaptation evolution strategy with active weights, by ask and tell: a normal distribution that is
 * sampled and, after each generation, moved and reshaped towards its better members. Follows cmaes 0.13.1, step by
 * step; equation numbers are those of Hansen's tutorial (arXiv 1604.00772).
 */
import type { RandomSource } from "../math/random-source.ts";
import { type SymmetricEigen, symmetricEigen } from "../math/symmetric-eigen.ts";
import { type Strategy, strategy } from "./strategy.ts";

/** The search distribution N(m, σ² C) and its evolution paths; never changed in place. */
export interface EvolutionState {
  readonly strategy: Strategy;
  /** Generations told. */
  readonly generation: number;
  /** m, length n. */
  readonly mean: Float64Array;
  /** σ */
  readonly sigma: number;
  /** C, row-major n × n, symmetric. */
  readonly covariance: Float64Array;
  readonly sigmaPath: Float64Array;
  readonly covariancePath: Float64Array;
  /** Of C: B and the square roots D of its eigenvalues. */
  readonly axes: Axes;
}

interface Axes {
  /** B, row-major n × n, eigenvectors as columns. */
  readonly directions: Float64Array;
  /** D */
  readonly lengths: Float64Array;
}

const EPSILON = 1e-8;
const SIGMA_MAX = 1e32;

/** @param sigma initial step size, in the units of the mean's coordinates */
export function evolution(mean: Float64Array, sigma: number, populationSize?: number): EvolutionState {
  const n = mean.length;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) covariance[i * n + i] = 1;
  return {
    strategy: strategy(n, populationSize),
    generation: 0,
    mean: Float64Array.from(mean),
    sigma,
    covariance,
    sigmaPath: new Float64Array(n),
    covariancePath: new Float64Array(n),
    axes: { directions: covariance.slice(), lengths: new Float64Array(n).fill(1) },
  };
}

/** Draws x = m + σ B D z, z ~ N(0, I) (38)–(40). */
export function sample({ mean, sigma, axes }: EvolutionState, source: RandomSource): Float64Array {
  const n = mean.length;
  const z = Float64Array.from({ length: n }, () => source.normal());
  const x = mean.slice();
  for (let i = 0; i < n; i++) {
    let y = 0;
    for (let j = 0; j < n; j++) y += axes.directions[i * n + j]! * axes.lengths[j]! * z[j]!;
    x[i]! += sigma * y;
  }
  return x;
}

/** The state after a generation. @param ranked its λ points, best first */
export function tell(state: EvolutionState, ranked: readonly Float64Array[]): EvolutionState {
  const { strategy: s, mean, sigma, covariance, axes } = state;
  const n = s.dimension;
  if (ranked.length !== s.populationSize) {
    throw new RangeError(`A generation has ${s.populationSize} members, not ${ranked.length}.`);
  }
  const generation = state.generation + 1;
  const steps = ranked.map((x) => x.map((value, i) => (value - mean[i]!) / sigma));

  // (41), (42): the mean, moved by the weighted step of the better half
  const step = new Float64Array(n);
  for (let k = 0; k < s.parents; k++) for (let i = 0; i < n; i++) step[i]! += s.weights[k]! * steps[k]![i]!;
  const newMean = mean.map((value, i) => value + sigma * step[i]!);

  // (43), (44): step size, by the length of its path
  const whitened = whiten(axes, step);
  const keep = 1 - s.cSigma;
  const gain = Math.sqrt(s.cSigma * (2 - s.cSigma) * s.varianceEffectiveParents);
  const sigmaPath = state.sigmaPath.map((value, i) => keep * value + gain * whitened[i]!);
  const length = Math.hypot(...sigmaPath);
  const newSigma = Math.min(
    SIGMA_MAX,
    sigma * Math.exp((s.cSigma / s.dSigma) * (length / s.expectedNorm - 1)),
  );

  // (45): the covariance's path, stalled while σ grows fast
  const expected = Math.sqrt(1 - keep ** (2 * (generation + 1)));
  const stalled = !(length / expected < (1.4 + 2 / (n + 1)) * s.expectedNorm);
  const cc = s.cCovariance;
  const pathGain = stalled ? 0 : Math.sqrt(cc * (2 - cc) * s.varianceEffectiveParents);
  const covariancePath = state.covariancePath.map((value, i) => (1 - cc) * value + pathGain * step[i]!);

  // (46), (47): covariance, by the path and by all members
  const weights = s.weights.map((w, k) =>
    w >= 0 ? w : (w * n) / (squaredNorm(whiten(axes, steps[k]!)) + EPSILON),
  );
  const compensation = stalled ? cc * (2 - cc) : 0;
  let weightSum = 0;
  for (const w of s.weights) weightSum += w;
  const decay = 1 + s.cRankOne * compensation - s.cRankOne - s.cRankMu * weightSum;
  const updated = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rankMu = 0;
      for (let k = 0; k < steps.length; k++) rankMu += weights[k]! * steps[k]![i]! * steps[k]![j]!;
      const rankOne = covariancePath[i]! * covariancePath[j]!;
      const value = decay * covariance[i * n + j]! + s.cRankOne * rankOne + s.cRankMu * rankMu;
      updated[i * n + j] = value;
      updated[j * n + i] = value;
    }
  }
  const eigen = symmetricEigen(updated, n);
  const newAxes = {
    directions: eigen.vectors,
    lengths: eigen.values.map((v) => Math.sqrt(v < 0 ? EPSILON : v)),
  };
  return {
    strategy: s,
    generation,
    mean: newMean,
    sigma: newSigma,
    covariance: eigen.values[0]! < 0 ? recompose(eigen) : updated,
    sigmaPath,
    covariancePath,
    axes: newAxes,
  };
}

/** C^(−1/2) y = B D⁻¹ Bᵀ y */
function whiten({ directions, lengths }: Axes, y: Float64Array): Float64Array {
  const n = y.length;
  const out = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    let along = 0;
    for (let i = 0; i < n; i++) along += directions[i * n + j]! * y[i]!;
    along /= lengths[j]!;
    for (let i = 0; i < n; i++) out[i]! += directions[i * n + j]! * along;
  }
  return out;
}

/** The nearest covariance whose negative eigenvalues, left by rounding or negative weights, are lifted above zero. */
function recompose({ values, vectors }: SymmetricEigen): Float64Array {
  const n = values.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        matrix[i * n + j]! += vectors[i * n + k]! * Math.max(values[k]!, EPSILON) * vectors[j * n + k]!;
      }
    }
  }
  return matrix;
}

function squaredNorm(y: Float64Array): number {
  let sum = 0;
  for (const value of y) sum += value * value;
  return sum;
}
