/** Samplers and pruners by name. */
import { fail } from "../errors.ts";
import { type Options, withDefaults } from "./options.ts";
import type { Pruner } from "./pruner.ts";
import { MEDIAN_DEFAULTS, medianPruner } from "./pruners/median.ts";
import { noPruner } from "./pruners/none.ts";
import type { Sampler, SamplerContext } from "./sampler.ts";
import { CMA_ES_DEFAULTS, cmaEsSampler } from "./samplers/cma-es.ts";
import { GAUSSIAN_PROCESS_DEFAULTS, gaussianProcessSampler } from "./samplers/gaussian-process.ts";
import { randomSampler } from "./samplers/random.ts";
import { TPE_DEFAULTS, tpeSampler } from "./samplers/tpe.ts";
import { validateSpace } from "./space/validate-space.ts";

type SamplerFactory = (context: SamplerContext, options: Options) => Sampler;
type PrunerFactory = (options: Options) => Pruner;

const SAMPLERS: Readonly<Record<string, SamplerFactory>> = {
  random: (context, options) => {
    withDefaults("sampler random", options, {});
    return randomSampler(context);
  },
  "cma-es": (context, options) =>
    cmaEsSampler(context, withDefaults("sampler cma-es", options, CMA_ES_DEFAULTS)),
  gp: (context, options) =>
    gaussianProcessSampler(context, withDefaults("sampler gp", options, GAUSSIAN_PROCESS_DEFAULTS)),
  tpe: (context, options) => tpeSampler(context, withDefaults("sampler tpe", options, TPE_DEFAULTS)),
};

const PRUNERS: Readonly<Record<string, PrunerFactory>> = {
  none: (options) => {
    withDefaults("pruner none", options, {});
    return noPruner();
  },
  median: (options) => medianPruner(withDefaults("pruner median", options, MEDIAN_DEFAULTS)),
};

export const SAMPLER_NAMES: readonly string[] = Object.keys(SAMPLERS);
export const PRUNER_NAMES: readonly string[] = Object.keys(PRUNERS);

/** @throws SAMPLER_UNKNOWN, SPACE_INVALID, CONFIG_INVALID (an option) */
export function createSampler(name: string, options: Options, context: SamplerContext): Sampler {
  const factory = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name] : undefined;
  if (factory === undefined) {
    fail("SAMPLER_UNKNOWN", {
      what: `There is no sampler "${name}".`,
      remedy: `Use one of: ${SAMPLER_NAMES.join(", ")}.`,
    });
  }
  validateSpace(context.space);
  return factory(context, options);
}

/** @throws PRUNER_UNKNOWN, CONFIG_INVALID (an option) */
export function createPruner(name: string, options: Options): Pruner {
  const factory = Object.hasOwn(PRUNERS, name) ? PRUNERS[name] : undefined;
  if (factory === undefined) {
    fail("PRUNER_UNKNOWN", {
      what: `There is no pruner "${name}".`,
      remedy: `Use one of: ${PRUNER_NAMES.join(", ")}.`,
    });
  }
  return factory(options);
}
