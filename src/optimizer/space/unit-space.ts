/**
 * A search space as a unit cube: parameter sets to points and back.
 *
 * A point has one coordinate per parameter of the space, active or not (see {@link Dimension}). Coordinates of
 * inactive parameters sit at a fixed neutral place, so that two sets that differ nowhere else have distance zero.
 */
import type { ParameterSet, ParameterValue, SearchSpace } from "../search-space.ts";
import {
  admits,
  coordinateFromUniform,
  coordinateOf,
  type Dimension,
  dimensionOf,
  levelCoordinate,
  valueAt,
} from "./dimension.ts";

export interface UnitSpace {
  readonly space: SearchSpace;
  readonly dimensions: readonly Dimension[];
  /** Per dimension: the index of the one its condition names, or −1. */
  readonly parents: readonly number[];
}

export function unitSpace(space: SearchSpace): UnitSpace {
  const index = new Map(space.parameters.map((parameter, i) => [parameter.name, i]));
  return {
    space,
    dimensions: space.parameters.map(dimensionOf),
    parents: space.parameters.map(({ when }) =>
      when === undefined ? -1 : (index.get(when.parameter) ?? -1),
    ),
  };
}

/** The point of a parameter set of the space. A parameter the set lacks is taken as inactive. */
export function encode(unit: UnitSpace, parameters: ParameterSet): Float64Array {
  const point = new Float64Array(unit.dimensions.length);
  unit.dimensions.forEach((dimension, i) => {
    const value = parameters[dimension.parameter.name];
    point[i] = value === undefined ? neutral(dimension) : coordinateOf(dimension, value);
  });
  return point;
}

/** The parameter set of a point: active parameters only. */
export function decode(unit: UnitSpace, point: Float64Array): ParameterSet {
  const values: Record<string, ParameterValue> = {};
  unit.dimensions.forEach((dimension, i) => {
    if (isActive(unit, i, values)) values[dimension.parameter.name] = valueAt(dimension, point[i]!);
  });
  return values;
}

/** Moves the coordinates of inactive parameters to their neutral place, in place. */
export function neutralizeInactive(unit: UnitSpace, point: Float64Array): Float64Array {
  if (unit.parents.every((parent) => parent === -1)) return point;
  const active = activeDimensions(unit, point);
  unit.dimensions.forEach((dimension, i) => {
    if (!active[i]) point[i] = neutral(dimension);
  });
  return point;
}

/** Per dimension: whether the parameter exists at this point. */
export function activeDimensions(unit: UnitSpace, point: Float64Array): boolean[] {
  if (unit.parents.every((parent) => parent === -1)) return unit.dimensions.map(() => true);
  const values = decode(unit, point);
  return unit.dimensions.map(({ parameter }) => parameter.name in values);
}

/** The point that a uniform vector in [0, 1)ᵈ stands for. */
export function pointFromUniform(unit: UnitSpace, uniform: Float64Array): Float64Array {
  const point = new Float64Array(unit.dimensions.length);
  unit.dimensions.forEach((dimension, i) => {
    point[i] = coordinateFromUniform(dimension, uniform[i]!);
  });
  return neutralizeInactive(unit, point);
}

/** Whether a set holds exactly the active parameters, each with a value it may take. */
export function contains(space: SearchSpace, parameters: ParameterSet): boolean {
  const unit = unitSpace(space);
  const seen: Record<string, ParameterValue> = {};
  for (const [i, { parameter }] of unit.dimensions.entries()) {
    if (!isActive(unit, i, seen)) continue;
    const value = parameters[parameter.name];
    if (value === undefined || !admits(parameter, value)) return false;
    seen[parameter.name] = value;
  }
  return Object.keys(parameters).length === Object.keys(seen).length;
}

function isActive(unit: UnitSpace, i: number, values: Readonly<Record<string, ParameterValue>>): boolean {
  const condition = unit.space.parameters[i]!.when;
  if (condition === undefined) return true;
  const value = values[condition.parameter];
  return value !== undefined && condition.in.includes(value);
}

function neutral(dimension: Dimension): number {
  if (dimension.kind === "continuous") return 0.5;
  return levelCoordinate(dimension, dimension.kind === "categorical" ? 0 : Math.floor(dimension.count / 2));
}
