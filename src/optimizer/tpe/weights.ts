/** How many trials count as good, and how much older ones count: the rules of Optuna 5. */

/** A tenth of the finished trials, rounded up, and never more than this, make the density of good parameters. */
const MOST_BELOW = 25;

/** The newest trials have full weight. */
const FULL_WEIGHT = 25;

/** γ(n): how many of `finished` trials make the density of good parameters. */
export function belowCount(finished: number): number {
  return Math.min(Math.ceil(0.1 * finished), MOST_BELOW);
}

/**
 * Weights of `count` observations, oldest first: 1 for the newest 25, rising in equal steps from 1/count for those before
 * them. Not normalised.
 */
export function recencyWeights(count: number): Float64Array {
  const weights = new Float64Array(count).fill(1);
  const fading = count - FULL_WEIGHT;
  const first = 1 / count;
  const step = fading > 1 ? (1 - first) / (fading - 1) : 0;
  for (let i = 0; i < fading; i++) weights[i] = first + i * step;
  if (fading > 1) weights[fading - 1] = 1;
  return weights;
}
