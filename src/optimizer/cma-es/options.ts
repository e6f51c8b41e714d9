/** What can be chosen about the CMA-ES sampler. */
import { ABOVE_ZERO, atLeast, type OptionRules, oneOf } from "../options.ts";
import { RESTART_RULES, type RestartRule } from "./restarts.ts";
import { TOLERANCE_FUN, TOLERANCE_X } from "./stop.ts";
import { CONSTANTS_OF, type ConstantsOf } from "./strategy.ts";

export interface CmaEsOptions {
  /** λ, at least 4; null: 4 + ⌊3 ln n⌋. */
  readonly populationSize: number | null;
  /** Initial step size as a share of each parameter's range, above 0. A warm start has its own. */
  readonly sigma: number;
  /** Int and stepped parameters keep a least probability of leaving their level. */
  readonly margin: boolean;
  /** Learn less from a generation when rankings are mostly noise. Costs speed below some 500 walks, or with little noise. */
  readonly learningRateAdaptation: boolean;
  /**
   * Begin at the best tenth of the parameter sets that were finished before the first suggestion and belong to no
   * generation: enqueued, baseline and repeated walks, and what another sampler suggested.
   */
  readonly warmStart: boolean;
  /** What happens once the search has nothing more to gain where it is: it goes on, or begins again elsewhere. */
  readonly restarts: RestartRule;
  /** For restarts: rewards that differ by less are equal, in units of the reward. */
  readonly toleranceFun: number;
  /** For restarts: share of the initial step size below which steps are too small to matter. */
  readonly toleranceX: number;
  /** Whose learning rates. */
  readonly constants: ConstantsOf;
}

export const CMA_ES_DEFAULTS: CmaEsOptions = {
  populationSize: null,
  sigma: 1 / 6,
  margin: true,
  learningRateAdaptation: false,
  warmStart: false,
  restarts: "none",
  toleranceFun: TOLERANCE_FUN,
  toleranceX: TOLERANCE_X,
  constants: "cmaes",
};

export const CMA_ES_RULES: OptionRules<CmaEsOptions> = {
  populationSize: atLeast(4, null),
  sigma: ABOVE_ZERO,
  restarts: oneOf(...RESTART_RULES),
  constants: oneOf(...CONSTANTS_OF),
};
