/**
 * Picks the sampler, by the search space and by how much has been walked:
 *
 * | space                                   | up to `modelTrials` suggestions | after them           |
 * | --------------------------------------- | ------------------------------- | -------------------- |
 * | conditional parameters                  | TPE                             | TPE                  |
 * | some categorical parameters             | Gaussian process                | TPE                  |
 * | numeric parameters only                 | Gaussian process                | CMA-ES, begun at what was found |
 *
 * A Gaussian process makes the most of few walks, and its cost grows with the cube of their number, walks of one parameter set
 * counted each; an evolution strategy goes on for thousands. In a conditional space distances between sets that lack each
 * other's parameters mean little, while TPE compares like with like. The rule is that of OptunaHub's AutoSampler, which counts
 * trials too, except for categorical parameters, which our process searches itself.
 */
import { atLeast, type OptionRules, TRUE_FALSE_OR_NULL } from "../options.ts";
import type { Sampler, SamplerContext, Suggestion } from "../sampler.ts";
import { unitSpace } from "../space/unit-space.ts";
import { suggestionsBefore } from "../suggested-trials.ts";
import { cmaEsSampler } from "./cma-es.ts";
import { gaussianProcessSampler } from "./gaussian-process.ts";
import { tpeSampler } from "./tpe.ts";

export interface AutoOptions {
  /** Suggestions before the Gaussian process hands over, retries counted once and repeated parameter sets each time. */
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
      // Only what was asked for before this suggestion counts, so that a retry is answered by the sampler that made it; whatever
      // came of it, so that the number never falls.
      const before = suggestionsBefore(request.trials, request.suggestion);
      const chosen = before < modelTrials ? early : late;
      return introduce(chosen, chosen.ask(request));
    },
  };
}

function introduce({ name }: Sampler, suggestion: Suggestion): Suggestion {
  return { ...suggestion, note: `${name}: ${suggestion.note}` };
}
