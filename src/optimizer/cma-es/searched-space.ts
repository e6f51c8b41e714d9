/** The part of a unit cube that a normal distribution can cover, and drawing from it. */
import type { RandomSource } from "../math/random-source.ts";
import type { Feasibility } from "../sampler.ts";
import type { ParameterSet, SearchSpace } from "../search-space.ts";
import { coordinateFromUniform, levelBoundaries } from "../space/dimension.ts";
import { uniformFeasiblePoint } from "../space/feasible-point.ts";
import { decode, encode, type UnitSpace, unitSpace } from "../space/unit-space.ts";
import { type EvolutionState, sample } from "./evolution.ts";
import { type DiscreteAxis, scaledAboutMean } from "./margin.ts";

export interface SearchedSpace {
  readonly unit: UnitSpace;
  /** The unit cube's dimension of each searched coordinate: the numeric parameters that always exist. */
  readonly searched: readonly number[];
  /** The other dimensions. */
  readonly others: readonly number[];
}

export interface Drawn {
  readonly parameters: ParameterSet;
  /** What is told of it: the searched coordinates as drawn, clipped where the walk was. */
  readonly point: readonly number[];
}

/** Draws before coordinates are clipped into the cube, and as many after while the feasibility refuses. */
const RESAMPLINGS = 100;

export function searchedSpace(space: SearchSpace): SearchedSpace {
  const unit = unitSpace(space);
  const all = unit.dimensions.map((_, i) => i);
  const isSearched = (i: number): boolean =>
    unit.dimensions[i]!.kind !== "categorical" && unit.parents[i] === -1;
  return { unit, searched: all.filter(isSearched), others: all.filter((i) => !isSearched(i)) };
}

/** The searched coordinates that stand for two levels or more. */
export function discreteAxes({ unit, searched }: SearchedSpace): DiscreteAxis[] {
  return searched.flatMap((i, index) => {
    const dimension = unit.dimensions[i]!;
    if (dimension.kind !== "ordered" || dimension.count < 2) return [];
    return [{ index, boundaries: levelBoundaries(dimension) }];
  });
}

/** The searched coordinates of a parameter set. */
export function coordinatesOf({ unit, searched }: SearchedSpace, parameters: ParameterSet): Float64Array {
  const point = encode(unit, parameters);
  return Float64Array.from(searched, (i) => point[i]!);
}

/** The searched coordinates of a feasible point, uniformly drawn. @throws SPACE_INFEASIBLE */
export function uniformCoordinates(
  { unit, searched }: SearchedSpace,
  feasible: Feasibility,
  source: RandomSource,
): Float64Array {
  const point = uniformFeasiblePoint(unit, feasible, source);
  return Float64Array.from(searched, (i) => point[i]!);
}

/**
 * A feasible parameter set from the distribution; what it does not cover is uniform. Draws outside the cube are repeated,
 * then clipped; with a margin levels beyond the last are not outside. Where the distribution holds nothing feasible the
 * last draw is pulled back into the region that may be explored, if there is one; else the whole space is drawn from.
 * @throws SPACE_INFEASIBLE
 */
export function drawFeasible(
  space: SearchedSpace,
  state: EvolutionState,
  feasible: Feasibility,
  source: RandomSource,
): Drawn {
  const { unit, searched, others } = space;
  const unbounded = new Set(state.margin?.discrete.map(({ index }) => index));
  const point = new Float64Array(unit.dimensions.length);
  for (let draw = 0; draw < 2 * RESAMPLINGS; draw++) {
    for (const i of others) point[i] = coordinateFromUniform(unit.dimensions[i]!, source.uniform());
    const drawn = sample(state, source);
    if (!clipInto(drawn, unbounded) && draw < RESAMPLINGS) continue;
    const walked = state.margin === null ? drawn : scaledAboutMean(state.margin, state.mean, drawn);
    for (const [k, i] of searched.entries()) point[i] = Math.min(1, Math.max(0, walked[k]!));
    const parameters = decode(unit, point);
    if (feasible(parameters)) return { parameters, point: [...drawn] };
  }
  // A draw that leaves the region that may be explored is repaired as one that leaves the cube: clipped, and told as walked.
  const place = feasible.region?.pulledBack(point) ?? uniformFeasiblePoint(unit, feasible, source);
  return { parameters: decode(unit, place), point: searched.map((i) => place[i]!) };
}

/** Clips the bounded coordinates into [0, 1], in place; false when there was something to clip. */
function clipInto(point: Float64Array, unbounded: ReadonlySet<number>): boolean {
  let inside = true;
  for (let k = 0; k < point.length; k++) {
    const value = point[k]!;
    if ((value >= 0 && value <= 1) || unbounded.has(k)) continue;
    point[k] = value > 1 ? 1 : 0;
    inside = false;
  }
  return inside;
}
