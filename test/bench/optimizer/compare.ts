/**
 * Regrets beside Optuna's: geometric mean over the functions of the ratio of medians, ours to Optuna's, with a bootstrap
 * over our seeds (drawn anew within each function). Optuna's medians stand as they are; their own scatter is not in the interval.
 */
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import { OPTUNA_FUNCTIONS, OPTUNA_REGRETS } from "./optuna-figures.ts";
import type { Regret } from "./regret.ts";

export interface Comparison {
  readonly sampler: string;
  readonly noise: number;
  readonly evaluations: number;
  /** What ours is divided by: per function the lower of the medians by Optuna's rules that were measured. */
  readonly against: "best observed" | "better of two rules";
  readonly seeds: number;
  readonly ratio: number;
  readonly interval95: readonly [low: number, high: number];
  /** The most the ratio, and the upper end of its interval, may be. */
  readonly bar: { readonly ratio: number; readonly upper: number } | null;
  readonly perFunction: Readonly<Record<string, { readonly ours: number; readonly optuna: number }>>;
}

const RESAMPLES = 2000;
/** Below this a regret is zero for our purposes; it keeps one exact hit from deciding a geometric mean. */
const SMALLEST_REGRET = 1e-9;

export function compareWithOptuna(regrets: readonly Regret[]): Comparison[] {
  const comparisons: Comparison[] = [];
  for (const { sampler, noise, evaluations, bestObserved, bestMean } of OPTUNA_REGRETS) {
    const samples = OPTUNA_FUNCTIONS.map((name) =>
      regrets
        .filter(
          (one) =>
            one.sampler === sampler &&
            one.noise === noise &&
            one.evaluations === evaluations &&
            one.parallel === 1 &&
            one.function === name,
        )
        .map(({ regret }) => regret),
    );
    const seeds = Math.min(...samples.map(({ length }) => length));
    if (seeds === 0) continue;
    const optuna = bestObserved.map((value, i) => Math.min(value, bestMean?.[i] ?? value));
    const { ratio, interval95 } = ratioOfMedians(samples, optuna);
    comparisons.push({
      sampler,
      noise,
      evaluations,
      against: bestMean === undefined ? "best observed" : "better of two rules",
      seeds,
      ratio,
      interval95,
      bar: barOf(sampler, noise, evaluations),
      perFunction: Object.fromEntries(
        OPTUNA_FUNCTIONS.map((name, i) => [name, { ours: median(samples[i]!), optuna: optuna[i]! }]),
      ),
    });
  }
  return comparisons;
}

function barOf(sampler: string, noise: number, evaluations: number): Comparison["bar"] {
  if (sampler === "tpe" || sampler === "cma-es") return { ratio: 1.1, upper: Number.POSITIVE_INFINITY };
  if (sampler !== "gp" || evaluations !== 100) return null;
  if (noise === 0) return { ratio: 1, upper: 1.3 };
  return noise === 0.3 ? { ratio: 0.8, upper: Number.POSITIVE_INFINITY } : null;
}

export interface Ratio {
  readonly ratio: number;
  readonly interval95: readonly [low: number, high: number];
}

export function ratioOfMedians(samples: readonly (readonly number[])[], divisors: readonly number[]): Ratio {
  const statistic = (drawn: readonly (readonly number[])[]): number =>
    geometricMean(drawn.map((values, i) => floored(median(values)) / floored(divisors[i]!)));
  return withInterval(samples, statistic);
}

/** Geometric mean over functions and seeds of a's regret over b's at the same seed. */
export function pairedRatio(a: readonly Regret[], b: readonly Regret[]): Ratio | null {
  const key = ({ function: name, noise, seed, evaluations }: Regret): string =>
    [name, noise, seed, evaluations].join();
  const other = new Map(b.map((one) => [key(one), one.regret]));
  const logs = Map.groupBy(
    a.filter((one) => other.has(key(one))),
    (one) => one.function,
  );
  if (logs.size === 0) return null;
  const samples = [...logs.values()].map((ours) =>
    ours.map((one) => Math.log(floored(one.regret) / floored(other.get(key(one))!))),
  );
  return withInterval(samples, (drawn) => Math.exp(mean(drawn.map(mean))));
}

function withInterval(
  samples: readonly (readonly number[])[],
  statistic: (drawn: readonly (readonly number[])[]) => number,
): Ratio {
  const source = new RandomSource({ seed: 1, index: 0, stream: "bootstrap" });
  const drawn = Array.from({ length: RESAMPLES }, () =>
    statistic(samples.map((values) => values.map(() => values[source.integer(values.length)]!))),
  ).sort((a, b) => a - b);
  const at = (share: number): number => drawn[Math.floor(share * (RESAMPLES - 1))]!;
  return { ratio: statistic(samples), interval95: [at(0.025), at(0.975)] };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

function floored(regret: number): number {
  return Math.max(SMALLEST_REGRET, regret);
}
