/** The standard normal distribution, accurate far into both tails. */
import { erfc, erfcx } from "./error-function.ts";

const SQRT_HALF = Math.SQRT1_2;
export const LOG_SQRT_TWO_PI = 0.9189385332046728;
const SQRT_HALF_PI = 1.2533141373155003;

/** Density φ(z). */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z - LOG_SQRT_TWO_PI);
}

/** Distribution function Φ(z). */
export function normalProbability(z: number): number {
  return 0.5 * erfc(-z * SQRT_HALF);
}

/** log Φ(z), finite for every finite z. */
export function logNormalProbability(z: number): number {
  if (z > 0) return Math.log1p(-0.5 * erfc(z * SQRT_HALF));
  if (z > -1) return Math.log(0.5 * erfc(-z * SQRT_HALF));
  return -0.5 * z * z + Math.log(0.5 * erfcx(-z * SQRT_HALF));
}

/** φ(z) / Φ(z), the derivative of log Φ; about −z in the lower tail. */
export function inverseMillsRatio(z: number): number {
  if (z > -1) return normalDensity(z) / normalProbability(z);
  return 1 / (SQRT_HALF_PI * erfcx(-z * SQRT_HALF));
}

/**
 * log h(z) with h(z) = φ(z) + z Φ(z): the logarithm of the expected improvement of a standard normal variable
 * over −z. After S. Ament et al., "Unexpected improvements to expected improvement for Bayesian optimization"
 * (NeurIPS 2023): the tail is taken from the scaled complementary error function, where h itself cancels.
 */
export function logExpectedExcess(z: number): number {
  if (z > -1) return Math.log(normalDensity(z) + z * normalProbability(z));
  return -0.5 * z * z - LOG_SQRT_TWO_PI + Math.log(tailExcess(-z));
}

/** d log h / dz = Φ(z) / h(z). */
export function logExpectedExcessSlope(z: number): number {
  if (z > -1) {
    const probability = normalProbability(z);
    return probability / (normalDensity(z) + z * probability);
  }
  return (SQRT_HALF_PI * erfcx(-z * SQRT_HALF)) / tailExcess(-z);
}

/** h(−x) / φ(x) = 1 − x √(π/2) erfcx(x/√2) for x ≥ 1; its asymptotic series where the difference cancels. */
function tailExcess(x: number): number {
  if (x < 100) return 1 - x * SQRT_HALF_PI * erfcx(x * SQRT_HALF);
  const inverse = 1 / (x * x);
  return inverse * (1 - inverse * (3 - inverse * (15 - inverse * (105 - inverse * 945))));
}

/**
 * The quantile function Φ⁻¹(p) for p in (0, 1): P. J. Acklam's rational approximation, polished by one Halley
 * step to full precision.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return Number.NEGATIVE_INFINITY;
  if (!(p < 1)) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -normalQuantile(1 - p);
  const x = p < 0.02425 ? tailQuantile(p) : centralQuantile(p);
  const error = normalProbability(x) - p;
  const step = error * Math.exp(0.5 * x * x + LOG_SQRT_TWO_PI);
  return x - step / (1 + (x * step) / 2);
}

function tailQuantile(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p));
  const numerator =
    ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) *
      q +
      4.374664141464968) *
      q +
    2.938163982698783;
  const denominator =
    (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q +
    1;
  return numerator / denominator;
}

function centralQuantile(p: number): number {
  const q = p - 0.5;
  const r = q * q;
  const numerator =
    (((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 1.38357751867269e2) * r -
      30.66479806614716) *
      r +
      2.506628277459239) *
    q;
  const denominator =
    ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r -
      13.28068155288572) *
      r +
    1;
  return numerator / denominator;
}
