/**
 * The effect of one parameter: the reward over its range, averaged over the places where the other parameters were. The partial
 * dependence of J. H. Friedman ("Greedy function approximation", Annals of Statistics 29, 2001) of the Gaussian process. The average
 * of a Gaussian process is normal too, and its band is that of the average itself.
 */
import type { ParameterValue } from "../search-space.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { activeDimensions, encode, neutralizeInactive } from "../space/unit-space.ts";
import { gridCoordinates, gridValues } from "./parameter-grid.ts";
import { dimensionIndex, type StudyModel } from "./study-model.ts";

export interface EffectCurve {
  readonly parameter: string;
  /** From one end of the range to the other in the searched scale; the choices of a categorical parameter. */
  readonly values: readonly ParameterValue[];
  /** Posterior mean of the averaged reward at each value, in its own units. */
  readonly mean: readonly number[];
  /** Posterior standard deviation of that average (not of a walk); mean ± 1.96 deviations is a 95 % band. */
  readonly deviation: readonly number[];
}

/** The cost grows with the square of the places averaged over. */
const MOST_PLACES = 120;
const DEFAULT_POINTS = 25;

/**
 * A conditional parameter's curve is averaged over the gaits that have it. Where the parameter asked for switches another one
 * on, that one is taken in the middle of its range at gaits that lack it.
 *
 * @param points grid points of a numeric parameter, at least 1; 25 unless given
 * @returns null when no gait has the parameter
 * @throws SPACE_INVALID when the space has no such parameter
 */
export function effectCurve(
  model: StudyModel,
  parameter: string,
  points = DEFAULT_POINTS,
): EffectCurve | null {
  const { unit } = model;
  const index = dimensionIndex(model, parameter);
  const places = placesWalked(model, index);
  if (places.length === 0) return null;
  const dimension = unit.dimensions[index]!;
  const grid = gridCoordinates(dimension, points);
  const mean: number[] = [];
  const deviation: number[] = [];
  const { posterior, observations } = model.trend;
  const size = unit.dimensions.length;
  const rows = new Float64Array(places.length * size);
  for (const coordinate of grid) {
    places.forEach((place, row) => {
      const moved = place.slice();
      moved[index] = coordinate;
      rows.set(neutralizeInactive(unit, moved), row * size);
    });
    const average = posterior.average(rows, places.length);
    mean.push(observations.toReward(average.mean));
    deviation.push(observations.spread * Math.sqrt(average.variance));
  }
  return { parameter, values: gridValues(dimension, grid), mean, deviation };
}

/** The distinct gaits that have the parameter, evenly thinned where they are many. */
function placesWalked({ unit, trend }: StudyModel, index: number): Float64Array[] {
  const places = new Map<string, Float64Array>();
  for (const { parameters } of trend.observations.trials) {
    const point = encode(unit, parameters);
    if (activeDimensions(unit, point)[index]) places.set(parameterKey(parameters), point);
  }
  const all = [...places.values()];
  if (all.length <= MOST_PLACES) return all;
  return Array.from({ length: MOST_PLACES }, (_, i) => all[Math.floor((i * all.length) / MOST_PLACES)]!);
}
