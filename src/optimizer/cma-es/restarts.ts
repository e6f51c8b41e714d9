/**
 * The runs of a search that is restarted when it stops.
 *
 * IPOP: A. Auger and N. Hansen, "A restart CMA evolution strategy with increasing population size" (CEC 2005): each run has
 * twice the population of the one before. BIPOP: N. Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function
 * testbed": such large runs take turns with small ones of random size and small steps, whichever kind has used fewer
 * evaluations being next. Details as in pycma 4.4.
 */
import type { RandomSource } from "../math/random-source.ts";
import { defaultGenerations } from "./stop.ts";

export type RestartRule = "none" | "ipop" | "bipop";
export const RESTART_RULES: readonly RestartRule[] = ["none", "ipop", "bipop"];

export interface Run {
  /** Restarts before it. */
  readonly index: number;
  /** The first run counts as small. */
  readonly regime: "small" | "large";
  /** λ */
  readonly populationSize: number;
  /** σ₀ */
  readonly sigma: number;
  /** Most generations. */
  readonly generations: number;
  /** Large runs so far, this one included. */
  readonly largeRuns: number;
  /** Evaluations (λ × generations) of the runs before, by kind. */
  readonly evaluations: { readonly small: number; readonly large: number };
}

export function firstRun(dimension: number, populationSize: number, sigma: number): Run {
  return {
    index: 0,
    regime: "small",
    populationSize,
    sigma,
    generations: defaultGenerations(dimension, populationSize),
    largeRuns: 0,
    evaluations: { small: 0, large: 0 },
  };
}

/**
 * The run after one that stopped.
 * @param generations how many it had
 * @param source randomness of this restart
 */
export function nextRun(
  rule: Exclude<RestartRule, "none">,
  first: Run,
  before: Run,
  generations: number,
  source: RandomSource,
): Run {
  const used = before.populationSize * generations;
  const { small, large } = before.evaluations;
  const evaluations =
    before.regime === "small" ? { small: small + used, large } : { small, large: large + used };
  const next = { ...first, index: before.index + 1, evaluations, largeRuns: before.largeRuns };
  if (rule === "ipop" || evaluations.small >= evaluations.large) {
    const largeRuns = before.largeRuns + 1;
    return { ...next, regime: "large", largeRuns, populationSize: first.populationSize * 2 ** largeRuns };
  }
  const sigma = first.sigma * 0.01 ** source.uniform();
  const growth = (2 ** before.largeRuns) ** (source.uniform() ** 2);
  const populationSize = Math.floor(first.populationSize * growth);
  const share = Math.max(1, Math.floor((0.5 * evaluations.large) / populationSize));
  return { ...next, sigma, populationSize, generations: Math.min(first.generations, share) };
}
