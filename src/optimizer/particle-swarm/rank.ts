/** Which of two walked parameter sets is the better memory. */
import { parameterKey } from "../space/parameter-key.ts";
import { type Direction, isTold, type ObservedTrial, tellsObjective } from "../trial.ts";

/** What all walks of one parameter set say together. */
export interface Rank {
  /** 0 with a reward, 1 walked to an end without one, 2 aborted at least once. */
  readonly group: 0 | 1 | 2;
  /** Larger is better within a group: the mean reward (negated to minimise), or the seconds survived. */
  readonly merit: number;
}

/**
 * The rank of every parameter set that has been walked, by {@link parameterKey}. Walks of the same set, replicates among
 * them, count together as the mean over the time measured, so that confirming walks correct a lucky one.
 */
export function ranks(trials: readonly ObservedTrial[], direction: Direction): Map<string, Rank> {
  const sign = direction === "maximize" ? 1 : -1;
  const sets = Map.groupBy(trials.filter(isTold), ({ parameters }) => parameterKey(parameters));
  return new Map([...sets].map(([key, walks]) => [key, rankOf(walks, sign)]));
}

function rankOf(walks: readonly ObservedTrial[], sign: 1 | -1): Rank {
  const longest = Math.max(...walks.map(({ walked }) => (Number.isFinite(walked) ? walked : 0)));
  if (walks.some(({ state }) => state === "aborted")) return { group: 2, merit: longest };
  const telling = walks.filter(tellsObjective);
  if (telling.length === 0) return { group: 1, merit: longest };
  // A walk of unknown length weighs a second.
  const weights = telling.map(({ reports }) => Math.max(reports.at(-1)?.time ?? 1, 1e-3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = telling.reduce((sum, { value }, i) => sum + value! * (weights[i]! / total), 0);
  return { group: 0, merit: sign * mean };
}

export function isBetter(a: Rank, b: Rank): boolean {
  return a.group < b.group || (a.group === b.group && a.merit > b.merit);
}
