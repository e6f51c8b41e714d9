/** The normal distribution cut off at the walls of the unit interval, as a kernel of the Parzen estimator. */
import { erfc, erfcx } from "../math/error-function.ts";
import { LOG_SQRT_TWO_PI } from "../math/normal-distribution.ts";
import type { RandomSource } from "../math/random-source.ts";

/** Beyond so many standard deviations Φ is 0 or 1 in double precision. */
const CERTAIN = 8.3;

/** exp(−x/2) is nothing beside 1 in double precision from here on. */
const NO_DIFFERENCE = 76;

/** Up to here erfc(z/√2) is a quotient of polynomials, beyond it erfcx(z/√2). */
const NEAR_MIDDLE = 0.66;

/** log(Φ(b) − Φ(a)) for a ≤ b, finite and without cancellation, far out in the tails and for narrow intervals too. */
export function logNormalMass(a: number, b: number): number {
  const width = b - a;
  const middle = 0.5 * Math.abs(a + b);
  return isNarrow(middle, width)
    ? Math.log(width) + logMeanDensity(middle, width)
    : logWideMass(middle - 0.5 * width, middle + 0.5 * width);
}

/** Whether {@link logMeanDensity} holds for an interval about `middle` ≥ 0. */
export function isNarrow(middle: number, width: number): boolean {
  return width * Math.max(4, middle) < 1;
}

/**
 * log of the mean of φ over an interval w about m: log φ(m) and a series in (w/2)² and (m w/2)², the logarithm of
 * Σ He₂ᵢ(m) (w/2)²ⁱ / (2i + 1)! with Hermite's polynomials (Taylor's series of φ about m, integrated). Where
 * {@link isNarrow} the terms left out are below 1e-13.
 *
 * It takes half the time of the logarithm of the plain series, and the kernels of parameters with many levels take thousands
 * of these per suggestion.
 */
export function logMeanDensity(middle: number, width: number): number {
  const q = middle * middle;
  const s = 0.25 * width * width;
  const y = q * s;
  const s0 =
    y *
    (1 / 6 +
      y *
        (-1 / 180 +
          y *
            (1 / 2835 +
              y * (-1 / 37800 + y * (1 / 467775 + y * (-691 / 3831077250 + y * (2 / 127702575)))))));
  const s1 =
    -1 / 6 +
    y *
      (-1 / 45 +
        y * (2 / 945 + y * (-1 / 4725 + y * (2 / 93555 + y * (-1382 / 638512875 + y * (4 / 18243225))))));
  const s2 =
    1 / 90 + y * (1 / 945 + y * (-1 / 3150 + y * (1 / 18711 + y * (-691 / 91216125 + y * (2 / 2027025)))));
  const s3 = -1 / 2835 + y * (1 / 14175 + y * (1 / 66825 + y * (-12608 / 1915538625)));
  const s4 = -1 / 56700 + y * (-1 / 93555);
  return s0 + s * (s1 + s * (s2 + s * (s3 + s * s4))) - 0.5 * q - LOG_SQRT_TWO_PI;
}

/** log(Φ(b) − Φ(a)) for −b ≤ a ≤ b, for an interval that is not narrow. */
export function logWideMass(a: number, b: number): number {
  return a > 0 ? logTailMass(a, b) : logCentralMass(-a, b);
}

/** log(Φ(b) − Φ(a)) for 0 < a < b. */
function logTailMass(a: number, b: number): number {
  if (a < NEAR_MIDDLE) return Math.log(0.5 * (erfc(a * Math.SQRT1_2) - erfc(b * Math.SQRT1_2)));
  // In units of exp(−a²/2), so that one exponential suffices instead of two for each erfc.
  const exponent = (b - a) * (b + a);
  const nearer = erfcx(a * Math.SQRT1_2);
  const farther = exponent > NO_DIFFERENCE ? 0 : Math.exp(-0.5 * exponent) * erfcx(b * Math.SQRT1_2);
  return Math.log(0.5 * (nearer - farther)) - 0.5 * a * a;
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
