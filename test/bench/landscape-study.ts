/** One study of the bench's landscape: three walks of the seed gait, then what the Gaussian process suggests. */
import { createSampler } from "../../src/optimizer/catalogue.ts";
import type { Options } from "../../src/optimizer/options.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { LANDSCAPE_SPACE, type Landscape } from "./optimizer-landscape.ts";

/** @param before called before each trial with all that came before it */
export function landscapeStudy(
  land: Landscape,
  seed: number,
  count: number,
  options: Options = {},
  before: (trials: readonly ObservedTrial[]) => void = () => {},
): ObservedTrial[] {
  const sampler = createSampler("gp", options, {
    space: LANDSCAPE_SPACE,
    direction: "maximize",
    seed,
    constraintCount: 1,
    start: land.seedGait,
  });
  const trials: ObservedTrial[] = [];
  for (let number = 0; number < count; number++) {
    before(trials);
    if (number < 3) {
      trials.push(land.walk(land.seedGait, { number, suggestion: number, bookkeeping: null }, "seed-gait"));
      continue;
    }
    const { parameters, bookkeeping } = sampler.ask({ trials, suggestion: number, feasible: () => true });
    trials.push(land.walk(parameters, { number, suggestion: number, bookkeeping }, "suggested"));
  }
  return trials;
}
