/** The normal distribution cut off at the walls of the unit interval, as a kernel of the Parzen estimator. */
import { erfc } from "../math/error-function.ts";
import { LOG_SQRT_TWO_PI, normalProbability, normalQuantile } from "../math/normal-distribution.ts";

/** Beyond so many standard deviations Φ is 0 or 1 in double precision. */
const CERTAIN = 8.3;

/** log(Φ(b) − Φ(a)) for a ≤ b; −∞ where it underflows. Without cancellation in the tails and for narrow intervals. */
export function logNormalMass(a: number, b: number): number {
  const width = b - a;
  const middle = 0.5 * (a + b);
  if (width * Math.max(1, Math.abs(middle)) < 1e-3) {
    // The density in the middle times the width, with the second-order term of the interval's curvature.
    const curvature = (width * width * (middle * middle - 1)) / 24;
    return Math.log(width) - 0.5 * middle * middle - LOG_SQRT_TWO_PI + Math.log1p(curvature);
  }
  if (a > 0) return logTailMass(a, b);
  if (b < 0) return logTailMass(-b, -a);
  return logCentralMass(-a, b);
}

/** log(Φ(b) − Φ(a)) for 0 < a < b. */
function logTailMass(a: number, b: number): number {
  return Math.log(0.5 * (erfc(a * Math.SQRT1_2) - erfc(b * Math.SQRT1_2)));
}

/** log(Φ(b) − Φ(−a)) for a, b ≥ 0: an interval around the middle. */
export function logCentralMass(a: number, b: number): number {
  if (a > CERTAIN && b > CERTAIN) return 0;
  return Math.log1p(-0.5 * (erfc(a * Math.SQRT1_2) + erfc(b * Math.SQRT1_2)));
}

/**
 * The quantile at `uniform` in [0, 1) of the normal distribution about `centre` in [0, 1] with deviation `width`, cut off
 * at 0 and 1.
 */
export function truncatedNormalQuantile(uniform: number, centre: number, width: number): number {
  const below = normalProbability(-centre / width);
  const above = normalProbability((centre - 1) / width);
  const rest = below + uniform * (1 - below - above);
  return Math.min(1, Math.max(0, centre + width * normalQuantile(rest)));
}
