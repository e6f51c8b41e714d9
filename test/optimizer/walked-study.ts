/** Studies for tests of the optimiser: a gait-like objective with noise and a cliff, told as the study room tells it. */
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { Sampler } from "../../src/optimizer/sampler.ts";
import type { ParameterSet, SearchSpace } from "../../src/optimizer/search-space.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { trialAt } from "./trial-at.ts";

export const GAIT_SPACE: SearchSpace = {
  parameters: [
    { kind: "float", name: "length", unit: "m", low: 0.01, high: 0.08, log: false, step: null },
    { kind: "float", name: "frequency", unit: "Hz", low: 0.8, high: 5, log: true, step: null },
    { kind: "int", name: "level", unit: "", low: 1, high: 6, log: false, step: 1 },
    { kind: "categorical", name: "pattern", unit: "", choices: ["trot", "pace"] },
    {
      kind: "float",
      name: "lift",
      unit: "m",
      low: 0,
      high: 0.05,
      log: false,
      step: 0.01,
      when: { parameter: "pattern", in: ["trot"] },
    },
  ],
};

/** Faster with longer steps, best at 2 Hz; long quick steps fall. */
export function walk(parameters: ParameterSet, seed: number, suggestion: number): Partial<ObservedTrial> {
  const length = Number(parameters["length"]);
  const frequency = Number(parameters["frequency"]);
  const noise = new RandomSource({ seed, index: suggestion, stream: "test-walk" }).normal();
  const edge = length * frequency - 0.18;
  if (edge > 0)
    return { state: "aborted", value: null, reports: [], constraints: [1.8], breached: 0, walked: 2 };
  const speed =
    length * 4 * Math.exp(-(Math.log(frequency / 2) ** 2)) + Number(parameters["level"] ?? 1) * 0.005;
  const value = speed * (1 + 0.06 * noise);
  const reports = Array.from({ length: 9 }, (_, k) => ({ step: k + 1, value, time: k + 1 }));
  return {
    state: "completed",
    value,
    reports,
    constraints: [Math.max(-1, 4 * edge)],
    breached: null,
    walked: 11,
  };
}

/** Asks and tells `count` suggestions, from `trials` on. */
export function runStudy(
  sampler: Sampler,
  seed: number,
  count: number,
  feasible: (parameters: ParameterSet) => boolean = () => true,
  trials: readonly ObservedTrial[] = [],
): ObservedTrial[] {
  const told = [...trials];
  while (told.length < count) {
    const suggestion = told.length;
    const { parameters, bookkeeping } = sampler.ask({ trials: told, suggestion, feasible });
    told.push(
      trialAt(suggestion, parameters, { walked: 0, bookkeeping, ...walk(parameters, seed, suggestion) }),
    );
  }
  return told;
}
