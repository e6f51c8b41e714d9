/** Reward and constraint expressions over the metrics, compiled once and evaluated at every report. */
import type { MetricName, Metrics } from "../config/metrics.ts";
import { fail } from "../errors.ts";
import { checkReward, knownNames, place } from "./reward-grammar.ts";

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

/**
 * Compiles an expression such as `forward_speed - 0.1 * abs(lateral_drift)`. Numbers, `+ - * / ^`, comparisons,
 * `and or not`, `? :`, parentheses, a fixed set of functions, metric names, `pi` and `e`; nothing else.
 *
 * @throws REWARD_INVALID naming the column, the nearest known name and all of them
 */
export async function compileReward(text: string): Promise<Reward> {
  // Importing mathjs takes a third of a second or more: only who scores pays for it.
  const { parse } = await import("mathjs/number");
  const tree = parsed(parse, text);
  const metrics = checkReward(tree, text);
  const code = tree.compile();
  return {
    text,
    metrics,
    score(values) {
      if (metrics.some((name) => Number.isNaN(values[name]))) return Number.NaN;
      const value: unknown = code.evaluate({ ...values, clamp });
      return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
    },
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

type MathNode = import("mathjs").MathNode;

function parsed(parse: (text: string) => MathNode, text: string): MathNode {
  if (text.trim() === "")
    fail("REWARD_INVALID", { what: "the reward expression is empty", remedy: knownNames() });
  // To mathjs what follows a # is silence, and half a reward is the wrong reward.
  const comment = text.indexOf("#");
  if (comment >= 0)
    fail("REWARD_INVALID", {
      what: "a reward cannot hold a comment",
      where: place(text, comment + 1),
      remedy: "Put the comment beside the expression, in the study file.",
    });
  try {
    // A line break would end the expression; in a study file it is only white space.
    return parse(text.replace(/[\r\n]/gu, " "));
  } catch (error) {
    // mathjs ends its messages with "(char 7)" and carries the number apart.
    const { message, char } = error as Error & { char?: number };
    return fail("REWARD_INVALID", {
      what: `the reward is not an expression: ${message.replace(/ \(char \d+\)$/u, "")}`,
      where: place(text, typeof char === "number" ? char : null),
      remedy: knownNames(),
      cause: error,
    });
  }
}
