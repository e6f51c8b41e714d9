/**
 * Quasi-random search: the points of a Sobol sequence one after the other, which cover the space more evenly than random
 * ones and leave no hole however early a study ends (J. Bergstra and Y. Bengio, JMLR 13, 2012, section 4.3).
 *
 * Scrambled by default, with a random linear matrix scramble and a digital shift (J. Matoušek, "On the L₂-discrepancy for
 * anchored boxes", J. Complexity 14, 1998), so that each seed gives another sequence of the same evenness; plain, it is SciPy's
 * sequence from its first point, the corner of the lower bounds. Infeasible points are passed over.
 */
import { fail } from "../../errors.ts";
import { RandomSource } from "../math/random-source.ts";
import { SOBOL_DIMENSIONS, SobolSequence } from "../math/sobol-sequence.ts";
import type { Sampler, SamplerContext } from "../sampler.ts";
import { FEASIBILITY_ATTEMPTS, refuseInfeasible, spreadPoint } from "../space/feasible-point.ts";
import { decode, unitSpace } from "../space/unit-space.ts";
import type { ObservedTrial } from "../trial.ts";

export interface SobolOptions {
  /** A random sequence of the study's seed; else the plain one, whatever the seed. */
  readonly scramble: boolean;
}

export const SOBOL_DEFAULTS: SobolOptions = { scramble: true };

export function sobolSampler(context: SamplerContext, options: Partial<SobolOptions> = {}): Sampler {
  const { seed, space } = context;
  const { scramble } = { ...SOBOL_DEFAULTS, ...options };
  const unit = unitSpace(space);
  const size = unit.dimensions.length;
  if (!scramble && size > SOBOL_DIMENSIONS) {
    fail("CONFIG_INVALID", {
      what: `The plain Sobol sequence has at most ${SOBOL_DIMENSIONS} dimensions; the space has ${size}.`,
      where: "options of sampler sobol",
      remedy: "Leave `scramble` on, or tune fewer parameters.",
    });
  }
  return {
    name: "sobol",
    ask({ trials, suggestion, feasible }) {
      const source = scramble ? new RandomSource({ seed, index: 0, stream: "sobol" }) : null;
      const sequence = new SobolSequence(size, source, "matrix");
      const uniform = new Float64Array(size);
      const first = firstUnused(trials, suggestion);
      for (let index = 0; index < first + FEASIBILITY_ATTEMPTS; index++) {
        sequence.next(uniform);
        if (index < first) continue;
        const parameters = decode(unit, spreadPoint(unit, uniform, feasible));
        if (!feasible(parameters)) continue;
        return { parameters, bookkeeping: { point: index }, note: `point ${index + 1} of the sequence` };
      }
      return refuseInfeasible(FEASIBILITY_ATTEMPTS);
    },
  };
}

/** Index in the sequence after the last point that an earlier suggestion took. */
function firstUnused(trials: readonly ObservedTrial[], suggestion: number): number {
  let first = 0;
  for (const { role, suggestion: other, bookkeeping } of trials) {
    if (role !== "suggested" || other >= suggestion) continue;
    if (typeof bookkeeping !== "object" || bookkeeping === null || !("point" in bookkeeping)) continue;
    const { point } = bookkeeping;
    if (typeof point === "number" && Number.isSafeInteger(point)) first = Math.max(first, point + 1);
  }
  return first;
}
