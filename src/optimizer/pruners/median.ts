/** Median stopping: the percentile rule at 50, the default of Optuna and of Vizier. */
import type { Pruner } from "../pruner.ts";
import {
  PERCENTILE_DEFAULTS,
  PERCENTILE_RULES,
  type PercentileOptions,
  percentilePruner,
} from "./percentile.ts";

export type MedianOptions = Omit<PercentileOptions, "percentile">;

const { percentile: _, ...MEDIAN_DEFAULTS } = PERCENTILE_DEFAULTS;
const { percentile: __, ...MEDIAN_RULES } = PERCENTILE_RULES;

export { MEDIAN_DEFAULTS, MEDIAN_RULES };

export function medianPruner(options: Partial<MedianOptions> = {}): Pruner {
  return percentilePruner({ ...options, percentile: 50 }, "median");
}
