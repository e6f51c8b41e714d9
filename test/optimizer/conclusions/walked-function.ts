/** Trials of a known function, for tests of what is concluded from them. */
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { ParameterSet, SearchSpace } from "../../../src/optimizer/search-space.ts";
import { decode, pointFromUniform, unitSpace } from "../../../src/optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../trial-at.ts";

/** Walks uniformly drawn parameter sets; the function answers with a value, or with how the walk ended. */
export function walked(
  space: SearchSpace,
  count: number,
  answer: (parameters: ParameterSet, source: RandomSource) => number | Partial<ObservedTrial>,
  seed = 1,
): ObservedTrial[] {
  const unit = unitSpace(space);
  const source = new RandomSource({ seed, index: 0, stream: "walked-function" });
  return Array.from({ length: count }, (_, number) => {
    const uniform = Float64Array.from(unit.dimensions, () => source.uniform());
    const parameters = decode(unit, pointFromUniform(unit, uniform));
    const told = answer(parameters, source);
    return trialAt(number, parameters, typeof told === "number" ? { value: told } : told);
  });
}

/** Studies without anything to learn: each conclusion has to say so, and not break. */
export const POOR_STUDIES: Readonly<Record<string, readonly ObservedTrial[]>> = {
  "no trials": [],
  "one walk": [trialAt(0, { x0: 0.2, x1: 0.3 }, { value: 1 })],
  "one fall": [trialAt(0, { x0: 0.2, x1: 0.3 }, { state: "aborted", constraints: [1.5], breached: 0 })],
  "twelve walks all equal": Array.from({ length: 12 }, (_, i) =>
    trialAt(i, { x0: i / 12, x1: ((7 * i) % 12) / 12 }, { value: 3 }),
  ),
  "twelve walks of one gait": Array.from({ length: 12 }, (_, i) =>
    trialAt(i, { x0: 0.5, x1: 0.5 }, { value: 3 + (i % 3) }),
  ),
  "NaN and nothing": Array.from({ length: 12 }, (_, i) =>
    trialAt(i, { x0: i / 12, x1: 0.5 }, { value: i % 2 === 0 ? Number.NaN : null }),
  ),
  "only running, interrupted and abandoned": (["running", "interrupted", "abandoned"] as const).map(
    (state, i) => trialAt(i, { x0: i / 3, x1: 0.5 }, { state }),
  ),
};
