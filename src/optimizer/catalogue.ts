/** Samplers and pruners by name. */
import { named } from "./named.ts";
import { type OptionRules, type Options, withDefaults } from "./options.ts";
import type { Sampler, SamplerContext } from "./sampler.ts";
import { AUTO_DEFAULTS, AUTO_RULES, autoSampler } from "./samplers/auto.ts";
import { CMA_ES_DEFAULTS, CMA_ES_RULES, cmaEsSampler } from "./samplers/cma-es.ts";
import {
  GAUSSIAN_PROCESS_DEFAULTS,
  GAUSSIAN_PROCESS_RULES,
  gaussianProcessSampler,
} from "./samplers/gaussian-process.ts";
import { GRID_DEFAULTS, GRID_RULES, gridSampler } from "./samplers/grid.ts";
import {
  PARTICLE_SWARM_DEFAULTS,
  PARTICLE_SWARM_RULES,
  particleSwarmSampler,
} from "./samplers/particle-swarm.ts";
import { randomSampler } from "./samplers/random.ts";
import { SOBOL_DEFAULTS, sobolSampler } from "./samplers/sobol.ts";
import { TPE_DEFAULTS, TPE_RULES, tpeSampler } from "./samplers/tpe.ts";
import { validateSpace } from "./space/validate-space.ts";

export { createPruner, PRUNER_NAMES } from "./pruners/catalogue.ts";

type SamplerFactory = (context: SamplerContext, options: Options) => Sampler;

function sampling<T extends object>(
  name: string,
  make: (context: SamplerContext, options: T) => Sampler,
  defaults: T,
  rules?: OptionRules<T>,
): SamplerFactory {
  return (context, given) => make(context, withDefaults(`sampler ${name}`, given, defaults, rules));
}

/** In the order in which people are offered them. */
const SAMPLERS: Readonly<Record<string, SamplerFactory>> = {
  gp: sampling("gp", gaussianProcessSampler, GAUSSIAN_PROCESS_DEFAULTS, GAUSSIAN_PROCESS_RULES),
  auto: sampling("auto", autoSampler, AUTO_DEFAULTS, AUTO_RULES),
  tpe: sampling("tpe", tpeSampler, TPE_DEFAULTS, TPE_RULES),
  "cma-es": sampling("cma-es", cmaEsSampler, CMA_ES_DEFAULTS, CMA_ES_RULES),
  "particle-swarm": sampling(
    "particle-swarm",
    particleSwarmSampler,
    PARTICLE_SWARM_DEFAULTS,
    PARTICLE_SWARM_RULES,
  ),
  sobol: sampling("sobol", sobolSampler, SOBOL_DEFAULTS),
  grid: sampling("grid", gridSampler, GRID_DEFAULTS, GRID_RULES),
  random: sampling("random", randomSampler, {}),
};

export const SAMPLER_NAMES: readonly string[] = Object.keys(SAMPLERS);

/** @throws SAMPLER_UNKNOWN, SPACE_INVALID, CONFIG_INVALID (an option) */
export function createSampler(name: string, options: Options, context: SamplerContext): Sampler {
  const factory = named("sampler", name, SAMPLERS);
  validateSpace(context.space);
  return factory(context, options);
}
