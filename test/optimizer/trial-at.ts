/** One trial as a sampler is told of it, for tests and benches that make up what was walked. */
import type { ParameterSet } from "../../src/optimizer/search-space.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";

/** A suggestion that was walked to the end, unless `rest` says otherwise. */
export function trialAt(
  number: number,
  parameters: ParameterSet,
  rest: Partial<ObservedTrial>,
): ObservedTrial {
  return {
    number,
    suggestion: number,
    role: "suggested",
    state: "completed",
    parameters,
    reports: [],
    value: null,
    constraints: [],
    breached: null,
    walked: 10,
    bookkeeping: null,
    ...rest,
  };
}
