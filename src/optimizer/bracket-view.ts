/** The trials a sampler learns from when the pruner divides the study into brackets. */
import type { Curve, Pruner } from "./pruner.ts";
import { isTold, type ObservedTrial } from "./trial.ts";

/**
 * Brackets stop their walks at different lengths, so that rewards of two brackets are not alike: a sampler learns from
 * the suggestions of its own bracket only, as under Optuna's HyperbandPruner.
 *
 * Suggestions of other brackets stay in the list as trials that say nothing (abandoned, without reports and value): they
 * count where a sampler counts what it has suggested, so that no grid point and no first design is walked once a bracket.
 * Baseline, enqueued and confirming walks belong to no bracket and are seen by all.
 *
 * What a walk says of its limits holds in every bracket, so its constraints stay, and `endedElsewhere` says how it ended. A sampler
 * that knows nothing of it loses nothing: where an evolution strategy or a swarm counts its members, a walk drawn from another
 * bracket's distribution must not turn up, fallen or not.
 *
 * @param peersOf the peers as a pruner gets them; asked only when the pruner has brackets
 * @returns the very same trials when the pruner has no brackets
 */
export function bracketView(
  trials: readonly ObservedTrial[],
  suggestion: number,
  pruner: Pick<Pruner, "bracketOf">,
  peersOf: () => readonly Curve[],
): readonly ObservedTrial[] {
  if (pruner.bracketOf === undefined) return trials;
  const peers = peersOf();
  const own = pruner.bracketOf(suggestion, peers);
  return trials.map((trial) =>
    trial.role !== "suggested" || pruner.bracketOf?.(trial.suggestion, peers) === own
      ? trial
      : withoutReward(trial),
  );
}

function withoutReward(trial: ObservedTrial): ObservedTrial {
  const hidden = { ...trial, state: "abandoned", reports: [], value: null } as const;
  return isTold(trial) ? { ...hidden, endedElsewhere: trial.state } : hidden;
}
