/**
 * Complementary error function, plain and scaled, to double precision: the rational Chebyshev approximations of
 * W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969).
 *
 * The polynomials are written out: a loop over their coefficients takes several times as long, and the Parzen estimators
 * of TPE take thousands of these per suggestion.
 */

const ONE_OVER_SQRT_PI = 0.5641895835477563;

function smallNumerator(x: number): number {
  return (
    (((0.18577770618460315 * x + 3.1611237438705655) * x + 113.86415415105016) * x + 377.485237685302) * x +
    3209.3775891384694
  );
}

function smallDenominator(x: number): number {
  return (
    (((x + 23.601290952344122) * x + 244.02463793444417) * x + 1282.6165260773723) * x + 2844.236833439171
  );
}

function middleNumerator(x: number): number {
  return (
    (((((((2.1531153547440383e-8 * x + 0.5641884969886701) * x + 8.883149794388377) * x + 66.11919063714163) *
      x +
      298.6351381974001) *
      x +
      881.952221241769) *
      x +
      1712.0476126340707) *
      x +
      2051.0783778260716) *
      x +
    1230.3393547979972
  );
}

function middleDenominator(x: number): number {
  return (
    (((((((x + 15.744926110709835) * x + 117.6939508913125) * x + 537.1811018620099) * x +
      1621.3895745666903) *
      x +
      3290.7992357334597) *
      x +
      4362.619090143247) *
      x +
      3439.3676741437216) *
      x +
    1230.3393548037495
  );
}

function largeNumerator(x: number): number {
  return (
    ((((0.016315387137302097 * x + 0.30532663496123236) * x + 0.36034489994980445) * x +
      0.12578172611122926) *
      x +
      0.016083785148742275) *
      x +
    0.0006587491615298378
  );
}

function largeDenominator(x: number): number {
  return (
    ((((x + 2.568520192289822) * x + 1.8729528499234673) * x + 0.5279051029514285) * x +
      0.06051834131244132) *
      x +
    0.0023352049762686918
  );
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
    return 1 - (x * smallNumerator(square)) / smallDenominator(square);
  }
  return x > 27 ? 0 : expOfMinusSquare(x) * erfcx(x);
}

/** The scaled function e^(x²) erfc(x): no underflow for large x; overflows below −26.6. */
export function erfcx(x: number): number {
  if (x < 0.46875) {
    const scale = x < -27 ? Number.POSITIVE_INFINITY : 1 / expOfMinusSquare(Math.abs(x));
    return scale * erfc(x);
  }
  if (x <= 4) return middleNumerator(x) / middleDenominator(x);
  const inverse = 1 / (x * x);
  const correction = (inverse * largeNumerator(inverse)) / largeDenominator(inverse);
  return (ONE_OVER_SQRT_PI - correction) / x;
}
