/**
 * The division of the observations into good ones ("below" the quantile of the original paper) and the rest ("above").
 *
 * As in Optuna 5: the best γ(n) of n finished walks are good, completed ones before pruned ones before those that broke a limit.
 * So an aborted walk is among the good ones only while there are too few others, and those that survived longest first; else
 * it makes its surroundings unattractive. Walks under way are above: the next suggestion keeps away from them ("constant
 * liar", D. Ginsbourger et al., 2010).
 */
import type { Observation, Rank } from "./observations.ts";
import { belowCount } from "./weights.ts";

export interface Split {
  /** Both in the order in which the observations were given. */
  readonly below: readonly Observation[];
  readonly above: readonly Observation[];
}

export function split(observed: readonly Observation[]): Split {
  const finished = observed.filter(isFinished);
  const best = finished.sort((a, b) => compareRanks(a.rank, b.rank)).slice(0, belowCount(finished.length));
  const good = new Set<Observation>(best);
  return {
    below: observed.filter((observation) => good.has(observation)),
    above: observed.filter((observation) => !good.has(observation)),
  };
}

export function isFinished(observation: Observation): observation is Observation & { readonly rank: Rank } {
  return observation.rank !== null;
}

function compareRanks(a: Rank, b: Rank): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < b[i]!) return -1;
    if (a[i]! > b[i]!) return 1;
  }
  return 0;
}
