/**
 * CMA-ES with margin: R. Hamano, S. Saito, M. Nomura and S. Shirakawa, "CMA-ES with margin" (GECCO 2022, arXiv
 * 2205.13482), as cmaes 0.13.1 has it. Where a coordinate stands for levels, a distribution that narrows to one level
 * would never leave it again. After each generation the mean and a scale of the coordinate are corrected so that the
 * levels on either side of the mean's keep a least probability α = 1/(nλ).
 *
 * The scale acts on what is walked only: a point x is drawn from N(m, σ²C) and told as drawn, walked is m + A (x − m).
 */
import { normalProbability, normalQuantile } from "../math/normal-distribution.ts";
import type { Distribution } from "./evolution.ts";

/** A coordinate that stands for levels. */
export interface DiscreteAxis {
  /** Which coordinate. */
  readonly index: number;
  /** Where one level ends and the next begins, ascending; at least one. */
  readonly boundaries: Float64Array;
}

export interface Margin {
  /** α, in (0, 1/2). */
  readonly probability: number;
  readonly discrete: readonly DiscreteAxis[];
  /** A, length n; 1 for a continuous coordinate. */
  readonly scales: Float64Array;
}

export function margin(dimension: number, populationSize: number, discrete: readonly DiscreteAxis[]): Margin {
  return {
    probability: 1 / (dimension * populationSize),
    discrete,
    scales: new Float64Array(dimension).fill(1),
  };
}

/** The point that is walked when x was drawn: m + A (x − m). Levels are not rounded to. */
export function scaledAboutMean({ scales }: Margin, mean: Float64Array, x: Float64Array): Float64Array {
  return x.map((value, i) => (scales[i] === 1 ? value : (value - mean[i]!) * scales[i]! + mean[i]!));
}

/** Index of the level that holds x. */
export function levelOf({ boundaries }: DiscreteAxis, x: number): number {
  let level = 0;
  while (level < boundaries.length && boundaries[level]! < x) level++;
  return level;
}

/** The boundaries around the mean's level; the nearest one twice when the mean is in the first or the last level. */
export function boundariesAround(
  axis: DiscreteAxis,
  mean: number,
): { readonly low: number; readonly high: number } {
  const { boundaries } = axis;
  const level = levelOf(axis, mean);
  const last = boundaries.length - 1;
  return { low: boundaries[Math.max(0, level - 1)]!, high: boundaries[Math.min(last, level)]! };
}

/** The mean and the scales after correction. */
export function correctMargin(
  before: Margin,
  { mean, sigma, covariance }: Distribution,
): { readonly mean: Float64Array; readonly margin: Margin } {
  const n = mean.length;
  const newMean = mean.slice();
  const scales = before.scales.slice();
  for (const axis of before.discrete) {
    const i = axis.index;
    const deviation = sigma * Math.sqrt(covariance[i * n + i]!);
    const corrected = correctCoordinate(axis, before.probability, {
      mean: mean[i]!,
      deviation,
      scale: scales[i]!,
    });
    newMean[i] = corrected.mean;
    scales[i] = corrected.scale;
  }
  return { mean: newMean, margin: { ...before, scales } };
}

interface Coordinate {
  readonly mean: number;
  /** Of what is drawn, before scaling. */
  readonly deviation: number;
  readonly scale: number;
}

function correctCoordinate(axis: DiscreteAxis, alpha: number, at: Coordinate): Coordinate {
  const { low, high } = boundariesAround(axis, at.mean);
  // On the only boundary: both sides have half the probability, and there is no level between to fit a scale to.
  if (at.mean === low && low === high) return at;
  const spread = at.scale * at.deviation;
  const below = normalProbability((low - at.mean) / spread);
  const above = 1 - normalProbability((high - at.mean) / spread);
  if (Math.max(below, above) > 0.5) {
    // The mean is in an outermost level: it comes near enough to the one boundary that α lies beyond.
    if (Math.min(below, above) >= alpha) return at;
    return { ...at, mean: high + Math.sign(at.mean - high) * spread * tailDistance(alpha) };
  }
  // An inner level, or the border itself: mean and scale give both sides at least α/2, and share what that takes.
  const within = 1 - (below + above);
  const half = alpha / 2;
  const lifted = { below: Math.max(below, half), above: Math.max(above, half) };
  const excess = 1 - lifted.below - lifted.above - within;
  const room = lifted.below + within + lifted.above - 3 * half;
  const share = (side: number): number =>
    Math.min(0.5 - 1e-10, Math.max(1e-10, side + (excess * (side - half)) / room));
  const toLow = tailDistance(share(lifted.below));
  const toHigh = tailDistance(share(lifted.above));
  return {
    mean: (low * toHigh + high * toLow) / (toLow + toHigh),
    deviation: at.deviation,
    scale: (high - low) / ((toLow + toHigh) * at.deviation),
  };
}

/** The z beyond which a standard normal variable lies with probability p; in cmaes √χ²₁⁻¹(1 − 2p). */
function tailDistance(p: number): number {
  return -normalQuantile(p);
}
