/**
 * The one-sided signed-rank test for paired samples: F. Wilcoxon, "Individual comparisons by ranking methods" (Biometrics
 * Bulletin 1, 1945). Zero differences are ranked and split evenly between both signs.
 *
 * As SciPy 1.10's `wilcoxon(…, zero_method="zsplit")`: the exact distribution up to 50 pairs without a zero difference
 * (ties or not; a half rank sum is rounded down), else the normal approximation with the variance corrected for ties.
 */
import { normalProbability } from "./normal-distribution.ts";

const MOST_EXACT = 50;

/**
 * @param differences finite, at least one
 * @param alternative the side on which the differences are suspected to lie of zero
 * @returns p of a rank sum as extreme on that side
 */
export function signedRankProbability(
  differences: readonly number[],
  alternative: "greater" | "less",
): number {
  const n = differences.length;
  const ranks = ranksOf(differences.map(Math.abs));
  let positive = 0;
  let zeros = 0;
  for (const [i, difference] of differences.entries()) {
    if (difference > 0) positive += ranks[i]!;
    if (difference === 0) {
      positive += ranks[i]! / 2;
      zeros++;
    }
  }
  if (n <= MOST_EXACT && zeros === 0) {
    const sum = Math.floor(positive);
    const counts = rankSumCounts(n);
    const tail = alternative === "greater" ? counts.slice(sum) : counts.slice(0, sum + 1);
    return tail.reduce((total, count) => total + count, 0) / 2 ** n;
  }
  const mean = (n * (n + 1)) / 4;
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - tieCorrection(ranks)) / 24);
  const z = (positive - mean) / deviation;
  return normalProbability(alternative === "greater" ? -z : z);
}

/** 1 for the smallest; ties share the mean of their ranks. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
  }
  return ranks;
}

/** Σ (t³ − t) / 2 over groups of t equal ranks. */
function tieCorrection(ranks: Float64Array): number {
  let sum = 0;
  for (const { length: t } of Map.groupBy(ranks, (rank) => rank).values()) sum += (t * t * t - t) / 2;
  return sum;
}

/** In how many of the 2ⁿ ways to sign the ranks 1 … n the positive ones sum to 0, 1, …, n(n+1)/2. Exact for n ≤ 50. */
function rankSumCounts(n: number): Float64Array {
  const counts = new Float64Array((n * (n + 1)) / 2 + 1);
  counts[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = counts.length - 1; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!;
  }
  return counts;
}
