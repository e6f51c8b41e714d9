/** What can be chosen about the CMA-ES sampler. */
import { fail } from "../../errors.ts";
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

/** @throws CONFIG_INVALID naming the option */
export function checkOptions({ sigma, restarts, constants }: CmaEsOptions): void {
  if (!(sigma > 0)) refuse("sigma", sigma, "a number above 0");
  if (!RESTART_RULES.includes(restarts)) refuse("restarts", restarts, `one of: ${RESTART_RULES.join(", ")}`);
  if (!CONSTANTS_OF.includes(constants)) refuse("constants", constants, `one of: ${CONSTANTS_OF.join(", ")}`);
}

function refuse(option: string, value: unknown, wanted: string): never {
  fail("CONFIG_INVALID", {
    what: `Option "${option}" of sampler cma-es is ${JSON.stringify(value)}.`,
    where: "options of sampler cma-es",
    remedy: `Give ${wanted}.`,
  });
}
