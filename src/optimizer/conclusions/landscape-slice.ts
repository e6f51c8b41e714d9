/** The performance landscape: what the model says on a plane of two parameters through one gait. */
import { fail } from "../../errors.ts";
import { logSafety } from "../gaussian-process/acquisition.ts";
import type { ParameterSet, ParameterValue } from "../search-space.ts";
import { encode, neutralizeInactive } from "../space/unit-space.ts";
import { gridCoordinates, gridValues } from "./parameter-grid.ts";
import { dimensionIndex, type StudyModel } from "./study-model.ts";

export interface SliceRequest {
  /** The two parameters, different from each other. */
  readonly x: string;
  readonly y: string;
  /** Grid sizes of numeric parameters, at least 1; 24 unless given. */
  readonly columns?: number;
  readonly rows?: number;
  /** The gait the plane goes through (the champion); a parameter it lacks is taken in the middle of its range. */
  readonly through: ParameterSet;
}

export interface LandscapeSlice {
  readonly x: string;
  readonly y: string;
  readonly xValues: readonly ParameterValue[];
  readonly yValues: readonly ParameterValue[];
  /** Posterior mean of the reward, in its own units, `mean[row][column]` at yValues[row] and xValues[column]. */
  readonly mean: readonly (readonly number[])[];
  /** Posterior standard deviation of that mean (not of a walk). */
  readonly deviation: readonly (readonly number[])[];
  /** Probability that a walk stays inside every limit; 1 where no limit ever came close. */
  readonly safety: readonly (readonly number[])[];
}

const DEFAULT_CELLS = 24;

/**
 * Points at which one of the two parameters does not exist are computed as the gait without it.
 * @throws SPACE_INVALID for a parameter the space lacks, or twice the same
 */
export function landscapeSlice(model: StudyModel, request: SliceRequest): LandscapeSlice {
  const { unit, trend, limits } = model;
  const i = dimensionIndex(model, request.x);
  const j = dimensionIndex(model, request.y);
  if (i === j)
    fail("SPACE_INVALID", {
      what: `A slice needs two parameters, not "${request.x}" twice.`,
      where: request.x,
      remedy: "Name another parameter for one of the axes.",
    });
  const xs = gridCoordinates(unit.dimensions[i]!, request.columns ?? DEFAULT_CELLS);
  const ys = gridCoordinates(unit.dimensions[j]!, request.rows ?? DEFAULT_CELLS);
  const home = encode(unit, request.through);
  const rowOf = (y: number) => {
    const points = new Float64Array(xs.length * home.length);
    xs.forEach((x, column) => {
      const point = home.slice();
      point[i] = x;
      point[j] = y;
      points.set(neutralizeInactive(unit, point), column * home.length);
    });
    const means = new Float64Array(xs.length);
    const variances = new Float64Array(xs.length);
    trend.posterior.predictMany(points, xs.length, means, variances);
    return {
      mean: Array.from(means, (mean) => trend.observations.toReward(mean)),
      deviation: Array.from(variances, (variance) => trend.observations.spread * Math.sqrt(variance)),
      safety: Array.from(xs, (_, column) =>
        Math.exp(logSafety(limits, points.subarray(column * home.length, (column + 1) * home.length))),
      ),
    };
  };
  const rows = Array.from(ys, rowOf);
  return {
    x: request.x,
    y: request.y,
    xValues: gridValues(unit.dimensions[i]!, xs),
    yValues: gridValues(unit.dimensions[j]!, ys),
    mean: rows.map(({ mean }) => mean),
    deviation: rows.map(({ deviation }) => deviation),
    safety: rows.map(({ safety }) => safety),
  };
}
