/**
 * The first suggestions of a model-based sampler: a scrambled Sobol sequence over the feasible part of the space, or of the
 * region that may be explored.
 */
import { RandomSource } from "../math/random-source.ts";
import { SobolSequence } from "../math/sobol-sequence.ts";
import type { Feasibility } from "../sampler.ts";
import { FEASIBILITY_ATTEMPTS, refuseInfeasible, spreadPoint } from "../space/feasible-point.ts";
import { decode, type UnitSpace } from "../space/unit-space.ts";

/**
 * The `rank`-th feasible point of the study's sequence (0-based).
 * @throws SPACE_INFEASIBLE
 */
export function startupPoint(
  unit: UnitSpace,
  seed: number,
  rank: number,
  feasible: Feasibility,
): Float64Array {
  const size = unit.dimensions.length;
  const sequence = new SobolSequence(size, new RandomSource({ seed, index: 0, stream: "startup-design" }));
  const uniform = new Float64Array(size);
  let passed = 0;
  for (let attempt = 0; attempt < FEASIBILITY_ATTEMPTS; attempt++) {
    sequence.next(uniform);
    const point = spreadPoint(unit, uniform, feasible);
    if (feasible(decode(unit, point)) && passed++ === rank) return point;
  }
  refuseInfeasible(FEASIBILITY_ATTEMPTS);
}
