/**
 * Hyperband: successive halving with several first rungs at once, so that no single guess of how early a walk may be judged
 * decides a study. L. Li et al., "Hyperband: a novel bandit-based approach to hyperparameter optimization" (JMLR 18,
 * 2018), in the asynchronous form of Optuna 4.9's HyperbandPruner, whose decisions and brackets these equal.
 *
 * A suggestion belongs to one bracket, by a checksum of the study's name and the suggestion's index; each bracket is a
 * successive halving of its own among its own walks. Where nothing is retried the index is Optuna's trial number.
 */
import { fail } from "../../errors.ts";
import { crc32 } from "../math/crc32.ts";
import { atLeast } from "../options.ts";
import type { Curve, PruneDecision, PruneQuestion, Pruner, PrunerContext } from "../pruner.ts";
import { goOn } from "./decision.ts";
import { climb, valuesAtRung } from "./successive-halving.ts";

export interface HyperbandOptions {
  /** r: the earliest rung of any bracket, in steps. */
  readonly minResource: number;
  /** R: steps of a whole walk; "auto": one more than the last step of the first finished walk, as steps may begin at 0. */
  readonly maxResource: number | "auto";
  /** η: the best 1/η pass a rung. */
  readonly reductionFactor: number;
  /** As in successive halving. */
  readonly bootstrapCount: number;
}

export const HYPERBAND_DEFAULTS: HyperbandOptions = {
  minResource: 1,
  maxResource: "auto",
  reductionFactor: 3,
  bootstrapCount: 0,
};

export const HYPERBAND_RULES = {
  minResource: atLeast(1),
  maxResource: atLeast(1, "auto"),
  reductionFactor: atLeast(2),
  bootstrapCount: atLeast(0),
};

/** @throws CONFIG_INVALID for resources that contradict each other */
export function hyperbandPruner({ study }: PrunerContext, options: Partial<HyperbandOptions> = {}): Pruner {
  const complete = { ...HYPERBAND_DEFAULTS, ...options };
  assertConsistent(complete);
  const bracketsAmong = (peers: readonly Curve[]): readonly number[] | null => {
    const maxResource = complete.maxResource === "auto" ? autoResource(peers) : complete.maxResource;
    return maxResource === null ? null : bracketWeights(complete, maxResource);
  };
  const checksums = new Map<number, number>();
  const bracket: BracketRule = (suggestion, weights) => {
    const checksum = checksums.get(suggestion) ?? checksumOf(study, suggestion);
    checksums.set(suggestion, checksum);
    return bracketAt(checksum, weights);
  };
  return {
    name: "hyperband",
    decide: (question) => decide(question, complete, bracketsAmong(question.peers), bracket),
    bracketOf: (suggestion, peers) => {
      const weights = bracketsAmong(peers);
      return weights === null || weights.length === 0 ? 0 : bracket(suggestion, weights);
    },
  };
}

type BracketRule = (suggestion: number, weights: readonly number[]) => number;

function decide(
  question: PruneQuestion,
  options: HyperbandOptions,
  weights: readonly number[] | null,
  bracketOf: BracketRule,
): PruneDecision {
  if (weights === null) return goOn("no walk is finished yet: its length decides the brackets");
  if (weights.length === 0) return goOn(`walks end before the first rung, at step ${options.minResource}`);
  const bracket = bracketOf(question.current.suggestion, weights);
  const decision = climb(question, { ...options, minEarlyStoppingRate: bracket }, (rung) => {
    const peers = question.peers.filter(({ suggestion }) => bracketOf(suggestion, weights) === bracket);
    return valuesAtRung(peers, rung);
  });
  return { ...decision, reason: `bracket ${bracket} of ${weights.length}: ${decision.reason}` };
}

/**
 * How many of the suggestions each bracket gets, in proportion: B = ⌊log_η(R/r)⌋ + 1 brackets, bracket b with
 * s = B − 1 − b promotions has ⌈B·η^s / (s + 1)⌉. None for walks that end before the first rung, R < r.
 */
export function bracketWeights(
  { minResource, reductionFactor }: Pick<HyperbandOptions, "minResource" | "reductionFactor">,
  maxResource: number,
): number[] {
  const rungs = Math.floor(Math.log(maxResource / minResource) / Math.log(reductionFactor));
  const brackets = Math.max(0, rungs + 1);
  return Array.from({ length: brackets }, (_, bracket) => {
    const s = brackets - 1 - bracket;
    return Math.ceil((brackets * reductionFactor ** s) / (s + 1));
  });
}

/** @returns 0 to weights.length − 1 */
export function bracketOf(study: string, suggestion: number, weights: readonly number[]): number {
  return bracketAt(checksumOf(study, suggestion), weights);
}

function checksumOf(study: string, suggestion: number): number {
  return crc32(`${study}_${suggestion}`);
}

function bracketAt(checksum: number, weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let place = checksum % total;
  let bracket = 0;
  while (place >= weights[bracket]!) place -= weights[bracket++]!;
  return bracket;
}

function autoResource(peers: readonly Curve[]): number | null {
  const last = peers.find(({ state }) => state === "completed")?.reports.at(-1)?.step;
  return last === undefined ? null : last + 1;
}

function assertConsistent({ minResource, maxResource, bootstrapCount }: HyperbandOptions): void {
  const where = "options of pruner hyperband";
  if (maxResource === "auto") {
    if (bootstrapCount === 0) return;
    fail("CONFIG_INVALID", {
      what: "Pruner hyperband cannot have both bootstrapCount and maxResource auto.",
      where,
      remedy: "Give maxResource in steps.",
    });
  }
  if (maxResource < minResource) {
    fail("CONFIG_INVALID", {
      what: `maxResource ${maxResource} of pruner hyperband is below minResource ${minResource}.`,
      where,
      remedy: "Give maxResource as the number of reports of a whole walk.",
    });
  }
}
