/**
 * What a pruner would have done to walks that are over: which it would have stopped and where, how much time that saves,
 * and whether the champion is among them. After Ax's `check_safe` and its estimate of savings.
 */
import { type CurveSource, peerCurves } from "./peer-curves.ts";
import type { Curve, Pruner } from "./pruner.ts";
import type { ParameterSet } from "./search-space.ts";
import { parameterKey } from "./space/parameter-key.ts";
import type { Direction, ObservedTrial, Report } from "./trial.ts";

/** An observed trial, or a stored one, which knows too whether it left the arena. */
export type ReplayedTrial = CurveSource & Pick<ObservedTrial, "walked">;

export interface ReplayQuestion {
  /** All of the study, in order of number. */
  readonly trials: readonly ReplayedTrial[];
  readonly direction: Direction;
  readonly pruner: Pruner;
  /** Reports of a whole walk. */
  readonly steps: number;
  /** The parameter set handed over, or null. */
  readonly champion: ParameterSet | null;
}

/** A walk that the pruner would have stopped. */
export interface ReplayedKill {
  /** Number of the trial. */
  readonly trial: number;
  readonly step: number;
  /** Seconds measured until then. */
  readonly time: number;
  /** Seconds it measured after that, and would not have walked. */
  readonly saved: number;
  /** The pruner's words. */
  readonly reason: string;
  /** How the walk ended in fact: a walk stopped before its fall is another kind of saving. */
  readonly ended: "completed" | "pruned" | "aborted";
  /** It has the champion's parameters. */
  readonly champion: boolean;
}

export interface PruneReplay {
  /** In order of number. */
  readonly kills: readonly ReplayedKill[];
  /** Walks the pruner was asked about. */
  readonly asked: number;
  /** Seconds measured in those, and the part of it that would have been saved. */
  readonly measured: number;
  readonly saved: number;
  /** Seconds walked in the whole study, ramps, baseline and confirming walks included. */
  readonly walked: number;
  /** The first kill of a walk with the champion's parameters: with this pruner it would not have been found. */
  readonly championKill: ReplayedKill | null;
}

/**
 * Replays the study one walk after another. A stopped walk counts as pruned for those after it, with the reports it had by
 * then. As in a study, suggested and enqueued walks may be stopped, baseline and confirming ones not; running, interrupted
 * and abandoned ones are passed over. Where the study itself pruned a walk, nothing is known of what it would have shown
 * later, so under another pruner that would have let it go on it stays as it ended.
 */
export function replayPruner({ trials, direction, pruner, steps, champion }: ReplayQuestion): PruneReplay {
  const past: CurveSource[] = [];
  const kills: ReplayedKill[] = [];
  const championKey = champion === null ? null : parameterKey(champion);
  let asked = 0;
  let measured = 0;
  for (const trial of trials) {
    const { number, role, state, parameters, reports } = trial;
    if (state !== "completed" && state !== "pruned" && state !== "aborted") continue;
    if ((role !== "suggested" && role !== "enqueued") || reports.length === 0) {
      past.push({ ...trial, rungs: [] });
      continue;
    }
    const seconds = reports.at(-1)!.time;
    const { walk, reason } = rewalk(trial, pruner, direction, peerCurves(past, steps));
    asked++;
    measured += seconds;
    if (reason === null) {
      past.push({ ...trial, rungs: walk.rungs });
      continue;
    }
    past.push({ ...trial, state: "pruned", truncated: false, reports: walk.reports, rungs: walk.rungs });
    const { step, time } = walk.reports.at(-1)!;
    const isChampion = parameterKey(parameters) === championKey;
    kills.push({
      trial: number,
      step,
      time,
      saved: seconds - time,
      reason,
      ended: state,
      champion: isChampion,
    });
  }
  return {
    kills,
    asked,
    measured,
    saved: kills.reduce((sum, kill) => sum + kill.saved, 0),
    walked: trials.reduce((sum, trial) => sum + trial.walked, 0),
    championKill: kills.find((kill) => kill.champion) ?? null,
  };
}

/** @returns the walk up to where it ended, and why the pruner stopped it, or null */
function rewalk(
  { number, suggestion, reports }: ReplayedTrial,
  pruner: Pruner,
  direction: Direction,
  peers: readonly Curve[],
): {
  readonly walk: { reports: readonly Report[]; rungs: readonly number[] };
  readonly reason: string | null;
} {
  let rungs: readonly number[] = [];
  for (let count = 1; count <= reports.length; count++) {
    const soFar = reports.slice(0, count);
    const current: Curve = { number, suggestion, state: "running", reports: soFar, rungs };
    const decision = pruner.decide({ direction, current, peers });
    rungs = decision.rungs ?? rungs;
    if (decision.prune) return { walk: { reports: soFar, rungs }, reason: decision.reason };
  }
  return { walk: { reports, rungs }, reason: null };
}
