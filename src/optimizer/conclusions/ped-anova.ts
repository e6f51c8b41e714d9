/**
 * PED-ANOVA: how much each parameter matters for being among the best, from the divergence between where the best gaits lie
 * and where all of them lie. S. Watanabe, A. Bansal and F. Hutter, "PED-ANOVA: Efficiently quantifying hyperparameter
 * importance in arbitrary subspaces" (IJCAI 2023). A parameter that exists only under a condition is judged among the gaits
 * that have it; whether it exists is its parent's doing ("Conditional PED-ANOVA", arXiv 2601.20800).
 */
import type { Parameter, ParameterSet, SearchSpace } from "../search-space.ts";
import { cellCount, parzenOnGrid } from "./parzen-on-grid.ts";

/** Keeps a ratio finite where a density underflows. */
const SMALLEST_DENSITY = 1e-12;
/** A conditional parameter says nothing with fewer gaits that have it. */
const FEWEST_ACTIVE = 2;

/**
 * The local importance of each parameter: (γ′)² α²/β Σ p_all (p_best / p_all − 1)², with γ′ the share of the best, α and β
 * the shares of the best and of all gaits that have the parameter. Not normalised.
 * @param best the best of `all`, at least one
 */
export function pedAnova(
  space: SearchSpace,
  all: readonly ParameterSet[],
  best: readonly ParameterSet[],
): ReadonlyMap<string, number> {
  return new Map(space.parameters.map((parameter) => [parameter.name, divergence(parameter, all, best)]));
}

function divergence(
  parameter: Parameter,
  all: readonly ParameterSet[],
  best: readonly ParameterSet[],
): number {
  const { name } = parameter;
  const having = valuesOf(name, all);
  const bestHaving = valuesOf(name, best);
  if (having.length < FEWEST_ACTIVE || bestHaving.length === 0 || cellCount(parameter) < 2) return 0;
  const everywhere = parzenOnGrid(parameter, having);
  const atBest = parzenOnGrid(parameter, bestHaving);
  let sum = 0;
  for (const [cell, density] of everywhere.entries()) {
    const p = density + SMALLEST_DENSITY;
    sum += p * ((atBest[cell]! + SMALLEST_DENSITY) / p - 1) ** 2;
  }
  const share = best.length / all.length;
  const shareOfBest = bestHaving.length / best.length;
  const shareOfAll = having.length / all.length;
  return ((share * shareOfBest) ** 2 / shareOfAll) * sum;
}

function valuesOf(name: string, sets: readonly ParameterSet[]) {
  return sets.flatMap((parameters) => {
    const value = parameters[name];
    return value === undefined ? [] : [value];
  });
}
