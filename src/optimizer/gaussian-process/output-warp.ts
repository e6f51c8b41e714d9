/**
 * Output warping for a Gaussian process, for maximisation: poor values are drawn together and good ones spread out, so that
 * one terrible walk does not flatten the model where it matters. The three steps of Google Vizier, described in X. Song et
 * al., "The Vizier Gaussian process bandit algorithm" (arXiv 2408.11527), section 4. NaN and −∞ stand for an infeasible
 * point.
 */
import { normalQuantile } from "../math/normal-distribution.ts";

/** Curvature of the logarithm: the larger, the stronger the good end is spread. */
const LOG_OFFSET = 1.5;

/**
 * Values below the median are moved to the quantiles of a normal distribution with the median and the spread of the better
 * half: however far a value lies below, only its rank counts.
 */
export function halfRankWarp(values: Float64Array): Float64Array {
  const distinct = [...new Set(values.filter(Number.isFinite))].sort((a, b) => a - b);
  const median = medianOf(values.filter(Number.isFinite));
  const first = distinct.findIndex((value) => value >= median);
  const deviation = deviationOfBetterHalf(distinct, median);
  const places = first + (distinct[first] === median ? 0.5 : 0);
  return values.map((value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    if (value >= median) return value;
    return median + deviation * normalQuantile((0.5 * (distinct.indexOf(value) + 0.5)) / places);
  });
}

/** 0.5 at the best value, −0.5 at the worst, logarithmic in the distance from the best between them; NaN where all are equal. */
export function logWarp(values: Float64Array): Float64Array {
  const { low, high } = range(values);
  return values.map((value) => {
    if (!Number.isFinite(value)) return Number.NaN;
    const distance = (high - value) / (high - low);
    return 0.5 - Math.log1p((LOG_OFFSET - 1) * distance) / Math.log(LOG_OFFSET);
  });
}

/**
 * Infeasible points get a value half a range and one below the worst, then all are shifted so that 0, a Gaussian process's
 * expectation where nothing is known, is what an average point gives: feasible with probability (n_f + ½) / (n + 1).
 */
export function infeasibleWarp(values: Float64Array): Float64Array {
  const feasible = values.filter(Number.isFinite);
  const { low, high } = range(values);
  const bad = low - (0.5 * (high - low) + 1);
  const probability = (0.5 + feasible.length) / (1 + values.length);
  const mean = feasible.reduce((sum, value) => sum + value / feasible.length, 0);
  const shift = probability * mean + (1 - probability) * bad;
  return values.map((value) => (Number.isFinite(value) ? value : bad) - shift);
}

/**
 * All three in order. Values that are all alike become 0, values that are all infeasible −1.
 * @param values n values, larger is better
 */
export function vizierWarp(values: Float64Array): Float64Array {
  const { low, high } = range(values);
  const feasible = values.filter(Number.isFinite).length;
  if (feasible === 0) return new Float64Array(values.length).fill(-1);
  if (high > low) return infeasibleWarp(logWarp(halfRankWarp(values)));
  if (feasible === values.length) return new Float64Array(values.length);
  // One value and infeasible points: that value is the best there is, as at the upper end of the logarithm.
  return infeasibleWarp(values.map((value) => (Number.isFinite(value) ? 0.5 : Number.NaN)));
}

/** A monotone function from warped values back to values: through the pairs, straight between and beyond them. */
export function unwarp(values: Float64Array, warped: Float64Array): (z: number) => number {
  const pairs = Array.from(values, (value, i) => ({ value, z: warped[i]! }))
    .filter(({ value, z }) => Number.isFinite(value) && Number.isFinite(z))
    .sort((a, b) => a.z - b.z)
    .filter(({ z }, i, sorted) => i === 0 || z > sorted[i - 1]!.z);
  if (pairs.length < 2) return (z) => (pairs[0]?.value ?? 0) + (z - (pairs[0]?.z ?? 0));
  return (z) => {
    const above = pairs.findIndex((pair) => pair.z >= z);
    const right = Math.max(1, above < 0 ? pairs.length - 1 : above);
    const a = pairs[right - 1]!;
    const b = pairs[right]!;
    return a.value + ((z - a.z) / (b.z - a.z)) * (b.value - a.value);
  };
}

function range(values: Float64Array): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : 0.5 * (sorted[middle - 1]! + sorted[middle]!);
}

/** Root mean square distance from the median of the distinct values at or above it; of all distinct ones where that is 0. */
function deviationOfBetterHalf(distinct: readonly number[], median: number): number {
  const about = (values: readonly number[]): number =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - median) ** 2 / values.length, 0));
  const better = about(distinct.filter((value) => value >= median));
  return better > 0 ? better : about(distinct);
}
