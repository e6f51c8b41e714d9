/**
 * What a warm start begins from: parameter sets of the study that were finished but belong to no generation. Which ones a
 * search began from is recorded by its first generation, so that later walks of that kind change nothing.
 */
import type { ParameterSet } from "../search-space.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { contains } from "../space/unit-space.ts";
import type { Direction, ObservedTrial } from "../trial.ts";
import { coordinatesOf, type SearchedSpace } from "./searched-space.ts";
import { promising } from "./warm-start.ts";

export interface EarlierSolutions {
  /** One suggestion of each parameter set, ascending. */
  readonly suggestions: readonly number[];
  /** The sets' searched coordinates, in the same order. */
  readonly points: readonly Float64Array[];
}

/**
 * The best tenth of the sets that finished with a reward, judged by the mean of their walks.
 * @param belongs whether a trial is a generation's member
 */
export function earlierSolutions(
  space: SearchedSpace,
  trials: readonly ObservedTrial[],
  direction: Direction,
  belongs: (trial: ObservedTrial) => boolean,
): EarlierSolutions {
  const sign = direction === "maximize" ? -1 : 1;
  const sets = new Map<string, { readonly suggestion: number; readonly losses: number[] }>();
  for (const trial of trials) {
    const { state, value, suggestion, parameters } = trial;
    if ((state !== "completed" && state !== "pruned") || value === null || !Number.isFinite(value)) continue;
    if (belongs(trial) || !contains(space.unit.space, parameters)) continue;
    const key = parameterKey(parameters);
    const known = sets.get(key);
    if (known === undefined) sets.set(key, { suggestion, losses: [sign * value] });
    else known.losses.push(sign * value);
  }
  const mean = (losses: readonly number[]): number =>
    losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const ranked = [...sets.values()].sort(
    (a, b) => mean(a.losses) - mean(b.losses) || a.suggestion - b.suggestion,
  );
  const chosen = promising(ranked).map(({ suggestion }) => suggestion);
  return solutionsOf(space, trials, chosen);
}

/** The parameter sets that these suggestions walked. */
export function solutionsOf(
  space: SearchedSpace,
  trials: readonly ObservedTrial[],
  chosen: readonly number[],
): EarlierSolutions {
  const wanted = new Set(chosen);
  const found = new Map<number, ParameterSet>();
  for (const { suggestion, parameters } of trials) {
    if (wanted.has(suggestion) && !found.has(suggestion)) found.set(suggestion, parameters);
  }
  const suggestions = [...found.keys()].sort((a, b) => a - b);
  return { suggestions, points: suggestions.map((one) => coordinatesOf(space, found.get(one)!)) };
}
