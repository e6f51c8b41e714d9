/** Samplers and pruners by name. */
import { fail } from "../errors.ts";
import { type Options, withDefaults } from "./options.ts";
import type { Sampler, SamplerContext } from "./sampler.ts";
import { AUTO_DEFAULTS, autoSampler } from "./samplers/auto.ts";
import { CMA_ES_DEFAULTS, cmaEsSampler } from "./samplers/cma-es.ts";
import { GAUSSIAN_PROCESS_DEFAULTS, gaussianProcessSampler } from "./samplers/gaussian-process.ts";
import { GRID_DEFAULTS, gridSampler } from "./samplers/grid.ts";
import { PARTICLE_SWARM_DEFAULTS, particleSwarmSampler } from "./samplers/particle-swarm.ts";
import { randomSampler } from "./samplers/random.ts";
import { SOBOL_DEFAULTS, sobolSampler } from "./samplers/sobol.ts";
import { TPE_DEFAULTS, tpeSampler } from "./samplers/tpe.ts";
import { validateSpace } from "./space/validate-space.ts";

export { createPruner, PRUNER_NAMES } from "./pruners/catalogue.ts";

type SamplerFactory = (context: SamplerContext, options: Options) => Sampler;

/** In the order in which people are offered them. */
const SAMPLERS: Readonly<Record<string, SamplerFactory>> = {
  gp: (context, options) =>
    gaussianProcessSampler(context, withDefaults("sampler gp", options, GAUSSIAN_PROCESS_DEFAULTS)),
  auto: (context, options) => autoSampler(context, withDefaults("sampler auto", options, AUTO_DEFAULTS)),
  tpe: (context, options) => tpeSampler(context, withDefaults("sampler tpe", options, TPE_DEFAULTS)),
  "cma-es": (context, options) =>
    cmaEsSampler(context, withDefaults("sampler cma-es", options, CMA_ES_DEFAULTS)),
  "particle-swarm": (context, options) =>
    particleSwarmSampler(context, withDefaults("sampler particle-swarm", options, PARTICLE_SWARM_DEFAULTS)),
  sobol: (context, options) => sobolSampler(context, withDefaults("sampler sobol", options, SOBOL_DEFAULTS)),
  grid: (context, options) => gridSampler(context, withDefaults("sampler grid", options, GRID_DEFAULTS)),
  random: (context, options) => {
    withDefaults("sampler random", options, {});
    return randomSampler(context);
  },
};

export const SAMPLER_NAMES: readonly string[] = Object.keys(SAMPLERS);

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
