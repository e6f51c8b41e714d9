/**
 * Complementary error function, plain and scaled, to double precision: the rational Chebyshev approximations of
 * W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).
 */

const SMALL_NUMERATOR = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
] as const;
const SMALL_DENOMINATOR = [
  1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171,
] as const;
const MIDDLE_NUMERATOR = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
] as const;
const MIDDLE_DENOMINATOR = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
] as const;
const LARGE_NUMERATOR = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
] as const;
const LARGE_DENOMINATOR = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
] as const;
const ONE_OVER_SQRT_PI = 0.5641895835477563;

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const c of coefficients) sum = sum * x + c;
  return sum;
}

/** e^(−x²) without the rounding error of x²: x is split into a part whose square is exact and a rest. */
function expOfMinusSquare(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
}

/** erfc(x) = 1 − erf(x); underflows to 0 beyond 26.6. */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x <= 0.46875) {
    const square = x * x;
    return 1 - (x * polynomial(SMALL_NUMERATOR, square)) / polynomial(SMALL_DENOMINATOR, square);
  }
  return x > 27 ? 0 : expOfMinusSquare(x) * erfcx(x);
}

/** The scaled function e^(x²) erfc(x): no underflow for large x; overflows below −26.6. */
export function erfcx(x: number): number {
  if (x < 0.46875) {
    const scale = x < -27 ? Number.POSITIVE_INFINITY : 1 / expOfMinusSquare(Math.abs(x));
    return scale * erfc(x);
  }
  if (x <= 4) return polynomial(MIDDLE_NUMERATOR, x) / polynomial(MIDDLE_DENOMINATOR, x);
  const inverse = 1 / (x * x);
  const correction =
    (inverse * polynomial(LARGE_NUMERATOR, inverse)) / polynomial(LARGE_DENOMINATOR, inverse);
  return (ONE_OVER_SQRT_PI - correction) / x;
}
