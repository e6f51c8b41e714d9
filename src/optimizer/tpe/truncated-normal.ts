/** The normal distribution cut off at the walls of the unit interval, as a kernel of the Parzen estimator. */
import { erfc } from "../math/error-function.ts";
import { LOG_SQRT_TWO_PI } from "../math/normal-distribution.ts";
import type { RandomSource } from "../math/random-source.ts";

/** Beyond so many standard deviations Φ is 0 or 1 in double precision. */
const CERTAIN = 8.3;

/** From here on the tail's asymptotic series is exact to 1e-9, and cheaper than the error function. */
const FAR = 12;

/** log(Φ(b) − Φ(a)) for a ≤ b, finite and without cancellation, far out in the tails and for narrow intervals too. */
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
  if (a > FAR) {
    const decay = Math.exp(0.5 * (a - b) * (a + b));
    return Math.log(tailRatio(a) - decay * tailRatio(b)) - 0.5 * a * a - LOG_SQRT_TWO_PI;
  }
  return Math.log(0.5 * (erfc(a * Math.SQRT1_2) - erfc(b * Math.SQRT1_2)));
}

/** Φ(−z) / φ(z) for z > {@link FAR}: the asymptotic series of Mills' ratio. */
function tailRatio(z: number): number {
  const inverse = 1 / (z * z);
  return (
    (1 -
      inverse * (1 - inverse * (3 - inverse * (15 - inverse * (105 - inverse * (945 - inverse * 10395)))))) /
    z
  );
}

/** log(Φ(b) − Φ(−a)) for a, b ≥ 0: an interval around the middle. */
export function logCentralMass(a: number, b: number): number {
  return Math.log1p(-upperTail(a) - upperTail(b));
}

/** Φ(−z) where it makes a difference to 1. */
function upperTail(z: number): number {
  return z > CERTAIN ? 0 : 0.5 * erfc(z * Math.SQRT1_2);
}

/**
 * Draws from the normal distribution about `centre` in [0, 1] with deviation `width` of at most 1, cut off at 0 and 1. By
 * rejection: a third of the draws is inside at the least.
 */
export function drawTruncatedNormal(source: RandomSource, centre: number, width: number): number {
  for (;;) {
    const drawn = centre + width * source.normal();
    if (drawn >= 0 && drawn <= 1) return drawn;
  }
}
