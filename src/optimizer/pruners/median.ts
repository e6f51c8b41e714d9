/** Median stopping: the percentile rule at 50, the default of Optuna and of Vizier. */
import type { Pruner } from "../pruner.ts";
import { type PercentileOptions, percentilePruner } from "./percentile.ts";

export type MedianOptions = Omit<PercentileOptions, "percentile">;

export const MEDIAN_DEFAULTS: MedianOptions = {
  startupTrials: 5,
  warmupSteps: 0,
  intervalSteps: 1,
  minTrials: 1,
  rule: "best-so-far",
  protectBest: 0,
};

export function medianPruner(options: Partial<MedianOptions> = {}): Pruner {
  return percentilePruner("median", { ...MEDIAN_DEFAULTS, ...options, percentile: 50 });
}
