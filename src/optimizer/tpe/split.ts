/**
 * The division of the observations into good ones ("below" the quantile of the original paper) and the rest ("above").
 *
 * As in Optuna 5: the best γ(n) of n finished walks are good, completed ones before pruned ones before those that broke a limit.
 * So an aborted walk is among the good ones only while there are too few others, and those that survived longest first; else
 * it makes its surroundings unattractive. Walks without a rank, under way or fallen in another bracket, are above: the next suggestion keeps away from them ("constant
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
  const good = new Set<Observation>(best(finished, belowCount(finished.length)));
  return {
    below: observed.filter((observation) => good.has(observation)),
    above: observed.filter((observation) => !good.has(observation)),
  };
}

type Finished = Observation & { readonly rank: Rank };

export function isFinished(observation: Observation): observation is Finished {
  return observation.rank !== null;
}

/** The best `count`, best first; of equals the earlier one. */
function best(finished: readonly Finished[], count: number): Finished[] {
  const found: Finished[] = [];
  for (const observation of finished) {
    let place = found.length;
    while (place > 0 && isBetter(observation.rank, found[place - 1]!.rank)) place--;
    if (place === count) continue;
    found.splice(place, 0, observation);
    if (found.length > count) found.pop();
  }
  return found;
}

function isBetter(a: Rank, b: Rank): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]!;
  return false;
}
