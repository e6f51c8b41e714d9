/**
 * Asynchronous successive halving: a walk passes rung k when, at the first report of step r·η^(s+k) or later, it is
 * among the best 1/η of all that have reached the rung so far; else it ends. L. Li et al., "A system for massively
 * parallel hyperparameter tuning" (MLSys 2020), algorithm 2, without its promotion of walks that had been stopped.
 * Decisions equal those of Optuna 4.9's SuccessiveHalvingPruner.
 *
 * The resource is the step as reported. What counts at a rung is the latest value when the walk came there, whatever its
 * time: this is stored with the trial (`completed_rung_k`, as Optuna stores it) and cannot be told from the curves
 * afterwards, because with "auto" the rungs are known only once a walk is finished.
 */
import { fail } from "../../errors.ts";
import { atLeast } from "../options.ts";
import type { Curve, PruneDecision, PruneQuestion, Pruner } from "../pruner.ts";
import { goOn, shown, stop } from "./decision.ts";

export interface SuccessiveHalvingOptions {
  /** r, in steps; "auto": a hundredth of the first finished walk's last step, at least 1. */
  readonly minResource: number | "auto";
  /** η: the best 1/η pass a rung. */
  readonly reductionFactor: number;
  /** s: rungs left out at the bottom. */
  readonly minEarlyStoppingRate: number;
  /** Walks that must have reached a rung before any may pass it; until then all end there. */
  readonly bootstrapCount: number;
}

export const SUCCESSIVE_HALVING_DEFAULTS: SuccessiveHalvingOptions = {
  minResource: "auto",
  reductionFactor: 4,
  minEarlyStoppingRate: 0,
  bootstrapCount: 0,
};

export const SUCCESSIVE_HALVING_RULES = {
  minResource: atLeast(1, "auto"),
  reductionFactor: atLeast(2),
  minEarlyStoppingRate: atLeast(0),
  bootstrapCount: atLeast(0),
};

/** @throws CONFIG_INVALID for a bootstrap with "auto": no walk could ever be the first to finish */
export function successiveHalvingPruner(options: Partial<SuccessiveHalvingOptions> = {}): Pruner {
  const complete = { ...SUCCESSIVE_HALVING_DEFAULTS, ...options };
  if (complete.bootstrapCount > 0 && complete.minResource === "auto") {
    fail("CONFIG_INVALID", {
      what: "Pruner successive-halving cannot have both bootstrapCount and minResource auto.",
      where: "options of pruner successive-halving",
      remedy: "Give minResource in steps.",
    });
  }
  return {
    name: "successive-halving",
    decide: (question) => {
      const minResource = complete.minResource === "auto" ? autoResource(question) : complete.minResource;
      if (minResource === null) return goOn("no walk is finished yet: its length decides the rungs");
      return climb(question, { ...complete, minResource }, (rung) => valuesAtRung(question.peers, rung));
    },
  };
}

function autoResource({ peers }: PruneQuestion): number | null {
  const last = peers.find(({ state }) => state === "completed")?.reports.at(-1)?.step;
  return last === undefined ? null : Math.max(1, Math.floor(last / 100));
}

/** Values at a rung of the walks that have reached it. */
export function valuesAtRung(peers: readonly Curve[], rung: number): number[] {
  const values: number[] = [];
  for (const { rungs } of peers) {
    const value = rungs[rung];
    if (value !== undefined) values.push(value);
  }
  return values;
}

/**
 * One report may pass several rungs.
 * @param others values at a rung of the other walks that have reached it; asked only for a rung that the walk reaches
 */
export function climb(
  { direction, current }: Pick<PruneQuestion, "direction" | "current">,
  options: SuccessiveHalvingOptions & { readonly minResource: number },
  others: (rung: number) => readonly number[],
): PruneDecision {
  const { minResource, reductionFactor, minEarlyStoppingRate, bootstrapCount } = options;
  const last = current.reports.at(-1);
  if (last === undefined) return goOn("nothing reported yet");
  const { step, value } = last;
  const rungs = [...current.rungs];
  let passed = "";
  let threshold: number | null = null;
  for (;;) {
    const rung = rungs.length;
    const promotion = minResource * reductionFactor ** (minEarlyStoppingRate + rung);
    if (step < promotion) {
      return { ...goOn(`${passed}rung ${rung} is at step ${promotion}`, threshold), rungs };
    }
    if (Number.isNaN(value)) {
      return { ...stop(`${passed}no reward could be computed at step ${step}, rung ${rung}`), rungs };
    }
    rungs.push(value);
    const reached = [...others(rung), value];
    const place = `rung ${rung} (step ${promotion})`;
    if (reached.length <= bootstrapCount) {
      const reason = `${passed}one of the first ${bootstrapCount} at ${place}, which all end there`;
      return { ...stop(reason), rungs };
    }
    const kept = Math.max(1, Math.floor(reached.length / reductionFactor));
    const sorted = Float64Array.from(reached).sort();
    threshold = direction === "maximize" ? sorted.at(-kept)! : sorted[kept - 1]!;
    const rank = `the best ${kept} of ${reached.length} at ${place}, ${shown(threshold)}`;
    if (direction === "maximize" ? value < threshold : value > threshold) {
      return { ...stop(`${passed}${shown(value)} at step ${step} is not among ${rank}`, threshold), rungs };
    }
    passed = `${shown(value)} at step ${step} is among ${rank}; `;
  }
}
