/** Samplers and pruners by name. */
import { fail } from "../errors.ts";
import { type Options, withDefaults } from "./options.ts";
import type { Sampler, SamplerContext } from "./sampler.ts";
import { CMA_ES_DEFAULTS, cmaEsSampler } from "./samplers/cma-es.ts";
import { GAUSSIAN_PROCESS_DEFAULTS, gaussianProcessSampler } from "./samplers/gaussian-process.ts";
import { GRID_DEFAULTS, gridSampler } from "./samplers/grid.ts";
import { PARTICLE_SWARM_DEFAULTS, particleSwarmSampler } from "./samplers/particle-swarm.ts";
import { randomSampler } from "./samplers/random.ts";
import { SOBOL_DEFAULTS, sobolSampler } from "./samplers/sobol.ts";
import { validateSpace } from "./space/validate-space.ts";

export { createPruner, PRUNER_NAMES } from "./pruners/catalogue.ts";

type SamplerFactory = (context: SamplerContext, options: Options) => Sampler;

const SAMPLERS: Readonly<Record<string, SamplerFactory>> = {
  random: (context, options) => {
    withDefaults("sampler random", options, {});
    return randomSampler(context);
  },
  grid: (context, options) => gridSampler(context, withDefaults("sampler grid", options, GRID_DEFAULTS)),
  sobol: (context, options) => sobolSampler(context, withDefaults("sampler sobol", options, SOBOL_DEFAULTS)),
  "particle-swarm": (context, options) =>
    particleSwarmSampler(context, withDefaults("sampler particle-swarm", options, PARTICLE_SWARM_DEFAULTS)),
  "cma-es": (context, options) =>
    cmaEsSampler(context, withDefaults("sampler cma-es", options, CMA_ES_DEFAULTS)),
  gp: (context, options) =>
    gaussianProcessSampler(context, withDefaults("sampler gp", options, GAUSSIAN_PROCESS_DEFAULTS)),
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
