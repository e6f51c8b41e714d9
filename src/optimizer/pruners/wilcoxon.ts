/**
 * Wilcoxon: a walk ends when the signed-rank test says, over the steps that it shares with the best finished walk, that
 * it is worse. Made for objectives whose steps are repetitions (terrains, directions, restarts). Reports that are running
 * means hang together, so their p is smaller than it should be, and testing at every step makes more errors than the
 * one p promises: choose `pThreshold` low. Decisions equal those of Optuna 4.9's WilcoxonPruner.
 */
import { signedRankProbability } from "../math/signed-rank.ts";
import { atLeast, within } from "../options.ts";
import type { Curve, PruneDecision, PruneQuestion, Pruner } from "../pruner.ts";
import type { Direction } from "../trial.ts";
import { goOn, isBetter, shown, stop } from "./decision.ts";
import { atEqualTime } from "./equal-time.ts";
import { finishedPeers } from "./finished-peers.ts";

export interface WilcoxonOptions {
  /** A walk ends when p is below it. */
  readonly pThreshold: number;
  /** Shared steps before anything is pruned; at least two are always needed. */
  readonly startupSteps: number;
}

export const WILCOXON_DEFAULTS: WilcoxonOptions = { pThreshold: 0.1, startupSteps: 2 };
export const WILCOXON_RULES = { pThreshold: within(0, 1), startupSteps: atLeast(0) };

export function wilcoxonPruner(options: Partial<WilcoxonOptions> = {}): Pruner {
  const complete = { ...WILCOXON_DEFAULTS, ...options };
  const finished = finishedPeers();
  return { name: "wilcoxon", decide: (question) => decide(question, finished, complete) };
}

function decide(
  { direction, current, peers }: PruneQuestion,
  finished: ReturnType<typeof finishedPeers>,
  { pThreshold, startupSteps }: WilcoxonOptions,
): PruneDecision {
  const own = current.reports.map(({ value }) => value);
  if (!own.every(Number.isFinite)) return goOn("a reward so far is not a finite number");
  const best = bestFinished(peers, direction);
  if (best === null) return goOn("no walk is finished yet");
  const theirs = best.reports.map(({ value }) => value);
  if (!theirs.every(Number.isFinite)) return goOn(`a reward of trial ${best.number} is not a finite number`);
  const comparison = atEqualTime(finished([best]), current);
  const differences = current.reports.flatMap((report) =>
    Array.from(comparison.valuesAt(report), (value) => report.value - value),
  );
  const needed = Math.max(2, startupSteps);
  if (differences.length < needed) {
    return goOn(`${differences.length} of ${needed} steps shared with trial ${best.number}`);
  }
  const p = signedRankProbability(differences, direction === "maximize" ? "less" : "greater");
  const means = `mean ${shown(mean(own))} against ${shown(mean(theirs))} of trial ${best.number}`;
  const test = `p ${shown(p)} over ${differences.length} steps`;
  if (!(p < pThreshold)) return goOn(`${means}: ${test} is not below ${pThreshold}`);
  // Against its early steps the walk is worse, yet on the whole it is not: it may be the one that ends better.
  if (!isBetter(mean(theirs), mean(own), direction)) return goOn(`${means}: no worse, though ${test}`);
  return stop(`${means}: ${test} is below ${pThreshold}`);
}

/** By the final value; the one that ended first among equals. */
function bestFinished(peers: readonly Curve[], direction: Direction): Curve | null {
  let best: Curve | null = null;
  let value = Number.NaN;
  for (const peer of peers) {
    const last = peer.reports.at(-1)?.value;
    if (peer.state !== "completed" || last === undefined || Number.isNaN(last)) continue;
    if (best !== null && !isBetter(last, value, direction)) continue;
    best = peer;
    value = last;
  }
  return best;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
