/** The two estimates a study is judged by: the champion, and the baseline it has to beat. */
import { studentQuantile } from "./math/student-t.ts";
import type { ParameterSet, SearchSpace } from "./search-space.ts";
import { replicateVariance, type Standing, standings } from "./standings.ts";
import { type Direction, type ObservedTrial, tellsObjective } from "./trial.ts";

/**
 * By what the champion is chosen. `mean`: the best estimate. `lower-bound`: the best pessimistic end of the 95 % interval, which
 * prefers a gait walked often to one that may be a little better (the answer of SafeOpt, Y. Sui et al., ICML 2015).
 */
export type ChampionRule = "mean" | "lower-bound";

/** An estimate of the true reward of one parameter set. */
export interface RewardEstimate {
  readonly params: ParameterSet;
  readonly mean: number;
  /** 95 % interval of the mean; infinite where nothing is known of the noise. */
  readonly ci95: readonly [low: number, high: number];
  /** Completed walks of exactly these parameters. */
  readonly n: number;
  /** Their numbers. */
  readonly trials: readonly number[];
}

const TWO_SIDED_95 = 1.959963984540054;

/**
 * The parameter set to hand over now: the best posterior mean (or lower bound) among the sets walked to the end, never the
 * luckiest single walk. A set that was ever aborted, or may well be the next time, is passed over while another exists. The
 * interval is the posterior's.
 * @returns null before any walk was completed
 */
export function champion(
  trials: readonly ObservedTrial[],
  space: SearchSpace,
  direction: Direction,
  rule: ChampionRule = "mean",
): RewardEstimate | null {
  return championOf(standings(trials, space, direction), direction, rule);
}

/** @param ranked as {@link standings} gives them: the doubtful ones last */
export function championOf(
  ranked: readonly Standing[],
  direction: Direction,
  rule: ChampionRule = "mean",
): RewardEstimate | null {
  const best = rule === "mean" ? ranked[0] : bestPessimistically(ranked, direction);
  if (best === undefined) return null;
  const { params, mean, deviation } = best;
  const half = TWO_SIDED_95 * deviation;
  return { params, mean, ci95: [mean - half, mean + half], n: best.trials.length, trials: best.trials };
}

function bestPessimistically(ranked: readonly Standing[], direction: Direction): Standing | undefined {
  const sign = direction === "maximize" ? 1 : -1;
  const worst = ({ mean, deviation }: Standing): number => sign * mean - TWO_SIDED_95 * deviation;
  let best = ranked[0];
  for (const one of ranked) if (one.doubtful === ranked[0]!.doubtful && worst(one) > worst(best!)) best = one;
  return best;
}

/**
 * The seed gait's reward: mean of its completed walks, with Student's interval. The noise of one walk is pooled over
 * all parameter sets walked more than once, because three walks alone would make a needlessly wide one.
 * @returns null before the seed gait was completed once
 */
export function baseline(trials: readonly ObservedTrial[]): RewardEstimate | null {
  const walks = trials.filter(
    (trial) => trial.role === "seed-gait" && trial.state === "completed" && tellsObjective(trial),
  );
  if (walks.length === 0) return null;
  const n = walks.length;
  const mean = walks.reduce((sum, { value }) => sum + value! / n, 0);
  const { variance, degrees } = replicateVariance(trials);
  const half =
    degrees < 1 ? Number.POSITIVE_INFINITY : studentQuantile(0.975, degrees) * Math.sqrt(variance / n);
  return {
    params: walks[0]!.parameters,
    mean,
    ci95: [mean - half, mean + half],
    n,
    trials: walks.map(({ number }) => number),
  };
}
