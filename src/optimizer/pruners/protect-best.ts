/**
 * Looks after the champion: whatever another pruner says, a walk that ranks among the best few finished ones at its step,
 * by its latest value, goes on. After Ax's `n_best_trials_to_complete`.
 */
import type { PruneQuestion, Pruner } from "../pruner.ts";
import { isBetter } from "./decision.ts";
import { atEqualTime } from "./equal-time.ts";
import { type FinishedPeers, finishedPeers } from "./finished-peers.ts";

export interface ProtectionOptions {
  /** How many; 0 protects none. */
  readonly protectBest: number;
}

export function protectBest(pruner: Pruner, { protectBest: count }: ProtectionOptions): Pruner {
  if (count === 0) return pruner;
  const finished = finishedPeers();
  return {
    ...pruner,
    decide: (question) => {
      const decision = pruner.decide(question);
      if (!decision.prune) return decision;
      const rank = rankOf(question, finished(question.peers));
      if (rank === null || rank > count) return decision;
      const reason = `${decision.reason}, but it ranks ${rank} at this step and is protected`;
      return { ...decision, prune: false, reason };
    },
  };
}

/** 1 for the best; null without a reward. */
function rankOf({ direction, current }: PruneQuestion, finished: FinishedPeers): number | null {
  const last = current.reports.at(-1);
  if (last === undefined || Number.isNaN(last.value)) return null;
  const values = atEqualTime(finished, current).valuesAt(last);
  return 1 + values.filter((value) => isBetter(value, last.value, direction)).length;
}
