/** The reward expression over the metrics, compiled once and evaluated at every report. */
import { METRICS, type MetricName, type Metrics } from "../config/metrics.ts";
import { compileExpression } from "./expression.ts";
import type { Vocabulary } from "./expression-grammar.ts";

export interface Reward {
  readonly text: string;
  /** The metrics it uses, in their order of first use. */
  readonly metrics: readonly MetricName[];
  /**
   * @returns the reward, or NaN when it is not finite or one of its metrics is NaN: a comparison with a metric that
   * was not measured would otherwise answer "no"
   */
  score(metrics: Metrics): number;
}

const REWARD: Vocabulary = {
  subject: "reward",
  noun: "metric",
  names: METRICS.map(({ name }) => name),
  result: "number",
  withoutNames: "every walk would score the same",
  resultRemedy: "Write `condition ? value : other value`.",
  code: "REWARD_INVALID",
  where: null,
};

/**
 * Compiles an expression such as `forward_speed - 0.1 * abs(lateral_drift)`: arithmetic on metric names.
 *
 * @throws REWARD_INVALID naming the column, the nearest known name and all of them
 */
export async function compileReward(text: string): Promise<Reward> {
  const { names, evaluate } = await compileExpression(text, REWARD);
  const metrics = names as readonly MetricName[];
  return {
    text,
    metrics,
    score(values) {
      if (metrics.some((name) => Number.isNaN(values[name]))) return Number.NaN;
      const value = evaluate(values);
      return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
    },
  };
}
