/**
 * Warm start: M. Nomura, S. Watanabe, Y. Akimoto, Y. Ozaki and M. Onishi, "Warm starting CMA-ES for hyperparameter
 * optimization" (AAAI 2021, arXiv 2012.06932), as cmaes 0.13.1 has it. The search begins at the normal distribution
 * closest to the better solutions of an earlier one.
 */
import { symmetricEigen } from "../math/symmetric-eigen.ts";
import type { Distribution } from "./evolution.ts";

/** γ: the share of the earlier solutions that counts as promising. */
const PROMISING_SHARE = 0.1;
/** α: standard deviation about each of them, in units of the coordinates. */
const DEVIATION = 0.1;

/** The best ⌊γN⌋ of N ranked solutions, at least one. */
export function promising<T>(ranked: readonly T[], share = PROMISING_SHARE): readonly T[] {
  return ranked.slice(0, Math.max(1, Math.floor(share * ranked.length)));
}

/**
 * The normal distribution closest to an equal mixture of N(x, α²I) about each point x: Σ = α²I + cov(x), split so that
 * det C = 1.
 * @param points at least one
 */
export function distributionAround(points: readonly Float64Array[], deviation = DEVIATION): Distribution {
  const n = points[0]!.length;
  const mean = new Float64Array(n);
  for (const point of points) for (let i = 0; i < n; i++) mean[i]! += point[i]! / points.length;
  const spread = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? deviation ** 2 : 0;
      for (const point of points) sum += ((point[i]! - mean[i]!) * (point[j]! - mean[j]!)) / points.length;
      spread[i * n + j] = sum;
    }
  }
  let logDeterminant = 0;
  for (const value of symmetricEigen(spread, n).values) logDeterminant += Math.log(value);
  const sigma = Math.exp(logDeterminant / (2 * n));
  return { mean, sigma, covariance: spread.map((value) => value / sigma ** 2) };
}
