/** How much each parameter matters for being among the best gaits of a study, by PED-ANOVA. */
import type { ParameterSet } from "../search-space.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { pedAnova } from "./ped-anova.ts";
import type { StudyModel } from "./study-model.ts";

export interface ImportanceOptions {
  /** Share of the gaits that count as the best, in (0, 1); 0.2 unless given. */
  readonly quantile?: number;
}

export interface ParameterImportance {
  readonly parameter: string;
  /** Share in [0, 1]; all of them sum to 1. */
  readonly importance: number;
}

/**
 * The paper takes 0.1 of hundreds of trials. Of 60 walks of a linear function of three of six parameters, with noise of 0.3 of its
 * deviation, 0.2 gave 0.64, 0.20 and 0.06 to the three, 0.1 gave 0.59, 0.21 and 0.09 (shares of the variance: 0.76, 0.19 and
 * 0.05); the first two came in order in 31 and 27 of 40 studies. `test/bench/importance.ts`.
 */
const DEFAULT_QUANTILE = 0.2;
/** Below this many gaits the best are not told from the rest by more than chance. */
const FEWEST_GAITS = 10;
/** Few points make a poor density: at least this many count as the best, whatever the quantile. */
const FEWEST_BEST = 5;

/**
 * The more a parameter matters, the less the best gaits lie where all gaits lie. What is compared are gaits, not walks: one that
 * was walked ten times counts once. Noise: a gait is judged by the model's estimate, in which its walks, its neighbours
 * and pruned walks count with their precision, not by its luckiest walk. A gait that was ever aborted is among all and never
 * among the best, so that a parameter that decides over falling matters. Walks that say nothing (running, interrupted,
 * abandoned) are left out.
 *
 * @returns the most important first; empty where nothing can be told: fewer than 10 gaits, or all alike
 */
export function parameterImportance(
  model: StudyModel,
  { quantile = DEFAULT_QUANTILE }: ImportanceOptions = {},
): ParameterImportance[] {
  const { all, ranked } = judgedGaits(model);
  if (all.length < FEWEST_GAITS || ranked.length === 0) return [];
  const wanted = Math.max(FEWEST_BEST, Math.ceil(quantile * all.length));
  const last = ranked[Math.min(wanted, ranked.length) - 1]!.estimate;
  const best = ranked.filter(({ estimate }) => estimate >= last).map(({ parameters }) => parameters);
  if (best.length === all.length) return [];
  const divergences = pedAnova(model.unit.space, all, best);
  const sum = [...divergences.values()].reduce((total, value) => total + value, 0);
  if (!(sum > 0)) return [];
  return [...divergences]
    .map(([parameter, value]) => ({ parameter, importance: value / sum }))
    .sort((a, b) => b.importance - a.importance);
}

interface JudgedGait {
  readonly parameters: ParameterSet;
  /** Larger is better. */
  readonly estimate: number;
}

/** Every gait walked, and those that no limit ever stopped, best first. */
function judgedGaits({ trials, judge }: StudyModel): { all: ParameterSet[]; ranked: JudgedGait[] } {
  const all = new Map<string, ParameterSet>();
  const fallen = new Set<string>();
  for (const { state, parameters } of trials) {
    if (state !== "aborted") continue;
    all.set(parameterKey(parameters), parameters);
    fallen.add(parameterKey(parameters));
  }
  const ranked = new Map<string, JudgedGait>();
  for (const [row, { parameters }] of judge.observations.trials.entries()) {
    const key = parameterKey(parameters);
    all.set(key, parameters);
    if (!fallen.has(key)) ranked.set(key, { parameters, estimate: judge.means[row]! });
  }
  return {
    all: [...all.values()],
    ranked: [...ranked.values()].sort((a, b) => b.estimate - a.estimate),
  };
}
