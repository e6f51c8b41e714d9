/** The normal distribution cut off at the walls of the unit interval, as a kernel of the Parzen estimator. */
import { erfc } from "../math/error-function.ts";
import { LOG_SQRT_TWO_PI } from "../math/normal-distribution.ts";
import type { RandomSource } from "../math/random-source.ts";

/** Beyond so many standard deviations Φ is 0 or 1 in double precision. */
const CERTAIN = 8.3;

/** From here on the tail's asymptotic series is exact to 1e-9, and cheaper than the error function. */
const FAR = 12;

/** exp(−x/2) is nothing beside 1 in double precision from here on. */
const NO_DIFFERENCE = 76;

/** log(Φ(b) − Φ(a)) for a ≤ b, finite and without cancellation, far out in the tails and for narrow intervals too. */
export function logNormalMass(a: number, b: number): number {
  const width = b - a;
  const middle = 0.5 * (a + b);
  if (width * Math.max(4, Math.abs(middle)) < 1)
    return Math.log(width * meanNearby(middle, width)) - 0.5 * middle * middle - LOG_SQRT_TWO_PI;
  if (a > 0) return logTailMass(a, b);
  if (b < 0) return logTailMass(-b, -a);
  return logCentralMass(-a, b);
}

/**
 * The mean of φ over an interval, in units of φ in its middle m: Σ He₂ᵢ(m) (w/2)²ⁱ / (2i + 1)! with Hermite's polynomials, from
 * Taylor's series of φ about m. To the tenth order, which for w · max(4, |m|) < 1 is within 1e-12.
 */
function meanNearby(middle: number, width: number): number {
  const q = middle * middle;
  const s = 0.25 * width * width;
  const he4 = (q - 6) * q + 3;
  const he6 = ((q - 15) * q + 45) * q - 15;
  const he8 = (((q - 28) * q + 210) * q - 420) * q + 105;
  const he10 = ((((q - 45) * q + 630) * q - 3150) * q + 4725) * q - 945;
  return (
    1 + s * ((q - 1) / 6 + s * (he4 / 120 + s * (he6 / 5040 + s * (he8 / 362880 + (s * he10) / 39916800))))
  );
}

/** log(Φ(b) − Φ(a)) for 0 < a < b. */
function logTailMass(a: number, b: number): number {
  if (a > FAR) {
    const decay = Math.exp(0.5 * (a - b) * (a + b));
    return Math.log(tailRatio(a) - decay * tailRatio(b)) - 0.5 * a * a - LOG_SQRT_TWO_PI;
  }
  const nearer = erfc(a * Math.SQRT1_2);
  // Φ(−b) < exp((a² − b²) / 2) Φ(−a)
  const farther = (b - a) * (b + a) > NO_DIFFERENCE ? 0 : erfc(b * Math.SQRT1_2);
  return Math.log(0.5 * (nearer - farther));
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
  const outside = upperTail(a) + upperTail(b);
  return outside === 0 ? 0 : Math.log1p(-outside);
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
