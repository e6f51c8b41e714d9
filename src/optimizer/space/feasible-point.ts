/** The search for a point that passes the feasibility predicate, and the error when there is none. */
import { fail } from "../../errors.ts";
import type { RandomSource } from "../math/random-source.ts";
import type { Feasibility } from "../sampler.ts";
import { decode, pointFromUniform, type UnitSpace } from "./unit-space.ts";

export const FEASIBILITY_ATTEMPTS = 20_000;

/** A point drawn uniformly from the feasible part of the space, or of its region, by rejection; null after {@link FEASIBILITY_ATTEMPTS} draws. */
export function findFeasiblePoint(
  unit: UnitSpace,
  feasible: Feasibility,
  source: RandomSource,
): Float64Array | null {
  const { region } = feasible;
  const uniform = new Float64Array(unit.dimensions.length);
  for (let attempt = 0; attempt < FEASIBILITY_ATTEMPTS; attempt++) {
    if (region === undefined) for (let i = 0; i < uniform.length; i++) uniform[i] = source.uniform();
    const point = region === undefined ? pointFromUniform(unit, uniform) : region.draw(source);
    if (feasible(decode(unit, point))) return point;
  }
  return null;
}

/** The point that a uniform vector in [0, 1)ᵈ stands for: spread over the space, or over the part that may be explored. */
export function spreadPoint(unit: UnitSpace, uniform: Float64Array, { region }: Feasibility): Float64Array {
  return region === undefined ? pointFromUniform(unit, uniform) : region.spread(uniform);
}

/**
 * As {@link findFeasiblePoint}, where there must be one.
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
