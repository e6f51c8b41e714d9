/**
 * Picks the sampler, by the search space and by how much has been walked:
 *
 * | space                                   | up to `modelTrials` parameter sets | after them           |
 * | --------------------------------------- | ---------------------------------- | -------------------- |
 * | conditional parameters                  | TPE                                | TPE                  |
 * | some categorical parameters             | Gaussian process                   | TPE                  |
 * | numeric parameters only                 | Gaussian process                   | CMA-ES, begun at what was found |
 *
 * A Gaussian process makes the most of few walks, and its cost grows with the cube of their number; an evolution strategy goes on
 * for thousands. In a conditional space distances between sets that lack each other's parameters mean little, while TPE compares
 * like with like. The rule is that of OptunaHub's AutoSampler, except for categorical parameters, which our process searches
 * itself.
 */
import { atLeast, type OptionRules, TRUE_FALSE_OR_NULL } from "../options.ts";
import type { Sampler, SamplerContext, Suggestion } from "../sampler.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { unitSpace } from "../space/unit-space.ts";
import type { ObservedTrial } from "../trial.ts";
import { cmaEsSampler } from "./cma-es.ts";
import { gaussianProcessSampler } from "./gaussian-process.ts";
import { tpeSampler } from "./tpe.ts";

export interface AutoOptions {
  /** Distinct parameter sets walked before the Gaussian process hands over. */
  readonly modelTrials: number;
  /** Of the Gaussian process: stay near what has been walked safely while little is known. */
  readonly trustRegion: boolean | null;
}

export const AUTO_DEFAULTS: AutoOptions = { modelTrials: 250, trustRegion: null };

export const AUTO_RULES: OptionRules<AutoOptions> = {
  modelTrials: atLeast(0),
  trustRegion: TRUE_FALSE_OR_NULL,
};

export function autoSampler(context: SamplerContext, options: Partial<AutoOptions> = {}): Sampler {
  const { modelTrials, trustRegion } = { ...AUTO_DEFAULTS, ...options };
  const unit = unitSpace(context.space);
  const conditional = unit.parents.some((parent) => parent !== -1);
  const categorical = unit.dimensions.some(({ kind }) => kind === "categorical");
  const early = conditional ? tpeSampler(context) : gaussianProcessSampler(context, { trustRegion });
  const late = conditional || categorical ? tpeSampler(context) : cmaEsSampler(context, { warmStart: true });
  return {
    name: "auto",
    ask(request) {
      // Only what was asked for before this suggestion counts, so that a retry is answered by the sampler that made it.
      const walked = distinctSets(request.trials, request.suggestion);
      const chosen = walked < modelTrials ? early : late;
      return introduce(chosen, chosen.ask(request));
    },
  };
}

/** Parameter sets suggested before, whatever came of them, so that the number never falls. */
function distinctSets(trials: readonly ObservedTrial[], suggestion: number): number {
  const sets = new Set<string>();
  for (const trial of trials) {
    if (trial.role === "suggested" && trial.suggestion < suggestion) sets.add(parameterKey(trial.parameters));
  }
  return sets.size;
}

function introduce({ name }: Sampler, suggestion: Suggestion): Suggestion {
  return { ...suggestion, note: `${name}: ${suggestion.note}` };
}
