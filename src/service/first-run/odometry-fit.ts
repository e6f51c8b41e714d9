/** Leg odometry against distances that a person measured: one factor by least squares, with its interval. */
import { studentQuantile } from "../../optimizer/math/student-t.ts";

export interface MeasuredWalk {
  /** What odometry said and what was measured, m. */
  readonly odometry: number;
  readonly measured: number;
}

export type OdometryFit =
  | {
      readonly ok: true;
      /** Metres walked per metre of odometry. */
      readonly scale: number;
      /** 95 % interval. */
      readonly low: number;
      readonly high: number;
      readonly walks: number;
    }
  | { readonly ok: false; readonly why: string };

/** Fewer walks are no fit, shorter distances no measure, m. */
export const FEWEST_WALKS = 2;
export const SHORTEST_WALK = 0.2;
/** Half the interval may be this share of the factor. */
const WIDEST = 0.15;
/** A walk off by more than this share of the distances is no calibration but slipping feet. */
const WORST_RESIDUAL = 0.15;
const FACTORS = [0.25, 4] as const;

/**
 * measured = scale · odometry + ε with ε of the same size for every walk: scale = Σ o·m / Σ o², its standard error
 * s / √(Σ o²), s² = Σ (m − scale·o)² / (n − 1), interval by Student's t with n − 1 degrees of freedom.
 */
export function fitOdometry(walks: readonly MeasuredWalk[]): OdometryFit {
  const n = walks.length;
  if (n < FEWEST_WALKS)
    return {
      ok: false,
      why: `${n} measured distances; at least ${FEWEST_WALKS} are needed, three are better`,
    };
  const short = walks.find(
    ({ measured, odometry }) => !(Math.abs(measured) >= SHORTEST_WALK && Math.abs(odometry) > 0),
  );
  if (short !== undefined)
    return {
      ok: false,
      why: `a walk of ${short.measured} m (odometry ${short.odometry.toFixed(3)} m) is too short to calibrate by`,
    };
  const squares = sum(walks.map(({ odometry }) => odometry * odometry));
  const scale = sum(walks.map(({ odometry, measured }) => odometry * measured)) / squares;
  if (!(scale >= FACTORS[0] && scale <= FACTORS[1]))
    return {
      ok: false,
      why: `a factor of ${scale.toFixed(2)} is no calibration: odometry counts something else, or its sign or unit is wrong`,
    };
  const residuals = walks.map(({ odometry, measured }) => measured - scale * odometry);
  const typical = Math.sqrt(sum(walks.map(({ measured }) => measured * measured)) / n);
  const worst = Math.max(...residuals.map(Math.abs));
  const error = Math.sqrt(sum(residuals.map((one) => one * one)) / (n - 1) / squares);
  const half = studentQuantile(0.975, n - 1) * error;
  if (worst > WORST_RESIDUAL * typical || half > WIDEST * scale)
    return {
      ok: false,
      why: `the distances do not agree with each other: factor ${scale.toFixed(2)} ± ${half.toFixed(2)}, one walk ${(100 * worst).toFixed(0)} cm off; the feet slip, or a distance was mistyped`,
    };
  return { ok: true, scale, low: scale - half, high: scale + half, walks: n };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
