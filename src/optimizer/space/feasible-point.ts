/** The search for a point that passes the feasibility predicate, and the error when there is none. */
import { fail } from "../../errors.ts";
import type { RandomSource } from "../math/random-source.ts";
import type { Feasibility } from "../sampler.ts";
import { decode, pointFromUniform, type UnitSpace } from "./unit-space.ts";

export const FEASIBILITY_ATTEMPTS = 20_000;

/** A point drawn uniformly from the feasible part of the space by rejection; null after {@link FEASIBILITY_ATTEMPTS} draws. */
export function findFeasiblePoint(
  unit: UnitSpace,
  feasible: Feasibility,
  source: RandomSource,
): Float64Array | null {
  const uniform = new Float64Array(unit.dimensions.length);
  for (let attempt = 0; attempt < FEASIBILITY_ATTEMPTS; attempt++) {
    for (let i = 0; i < uniform.length; i++) uniform[i] = source.uniform();
    const point = pointFromUniform(unit, uniform);
    if (feasible(decode(unit, point))) return point;
  }
  return null;
}

/**
 * The same, where there must be one.
 * @throws SPACE_INFEASIBLE after {@link FEASIBILITY_ATTEMPTS} refused draws
 */
export function uniformFeasiblePoint(
  unit: UnitSpace,
  feasible: Feasibility,
  source: RandomSource,
): Float64Array {
  return findFeasiblePoint(unit, feasible, source) ?? refuseInfeasible(FEASIBILITY_ATTEMPTS);
}

export function refuseInfeasible(attempts: number): never {
  fail("SPACE_INFEASIBLE", {
    what: `None of ${attempts} parameter sets passed the feasibility check.`,
    where: "search space",
    remedy: "Widen the ranges, or relax the constraints between the parameters.",
  });
}
