/**
 * Which parameter set to walk again, to be surest of the champion with few walks left.
 *
 * The candidates are the sets that stand best now (re-ranked after every walk, so that one that was merely lucky gives its
 * place to the next). Each is first walked `minimumWalks` times; after that the next walk goes where it is expected to
 * raise the champion's true reward most: the knowledge gradient for ranking and selection, P. I. Frazier, W. B. Powell
 * and S. Dayanik (SIAM J. Control Optim. 47, 2008), with the model's posterior as the belief about each set.
 */
import { logExpectedExcess } from "./math/normal-distribution.ts";
import type { ParameterSet, SearchSpace } from "./search-space.ts";
import { type Standing, standings } from "./standings.ts";
import type { Direction, ObservedTrial } from "./trial.ts";

export interface ConfirmationOptions {
  /** Candidates, at least 1. */
  readonly top: number;
  /** Walks each candidate gets before the gain decides; 2 unless given. */
  readonly minimumWalks?: number;
}

/**
 * A function of the stored trials alone: asking twice gives the same answer, and walks in progress count as walked.
 * @returns null when no set was walked to the end
 */
export function nextConfirmation(
  trials: readonly ObservedTrial[],
  space: SearchSpace,
  direction: Direction,
  { top, minimumWalks = 2 }: ConfirmationOptions,
): ParameterSet | null {
  const candidates = standings(trials, space, direction).slice(0, Math.max(1, top));
  const running = trials.filter(({ state }) => state === "running");
  const walks = candidates.map(
    ({ params, trials }) =>
      trials.length + running.filter(({ parameters }) => same(parameters, params)).length,
  );
  const fewest = Math.min(...walks);
  if (fewest < minimumWalks) return candidates[walks.indexOf(fewest)]!.params;
  let best = 0;
  let bestGain = Number.NEGATIVE_INFINITY;
  for (const [i, candidate] of candidates.entries()) {
    const gain = logGain(
      candidate,
      rivalMean(candidates, i),
      running.length === 0 ? 1 : walks[i]! / candidate.trials.length,
    );
    if (gain > bestGain) {
      best = i;
      bestGain = gain;
    }
  }
  return candidates[best]?.params ?? null;
}

/** Mean of the best other candidate, or the candidate's own when it is alone. */
function rivalMean(candidates: readonly Standing[], i: number): number {
  return (candidates[i === 0 ? 1 : 0] ?? candidates[i]!).mean;
}

/**
 * Log of the expected rise of the best mean by one more walk: log σ̃ + log h(−|μ − rival| / σ̃), where σ̃² is how much of
 * the candidate's variance the walk would remove.
 * @param walked walks under way make the belief this many times as certain
 */
function logGain({ mean, deviation, walkDeviation }: Standing, rival: number, walked: number): number {
  const variance = (deviation * deviation) / walked;
  const removed = variance / Math.sqrt(variance + walkDeviation * walkDeviation);
  if (!(removed > 0)) return Number.NEGATIVE_INFINITY;
  return Math.log(removed) + logExpectedExcess(-Math.abs(mean - rival) / removed);
}

function same(a: ParameterSet, b: ParameterSet): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
