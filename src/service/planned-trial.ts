/** From what comes next on the agenda to the trial that is walked: who is asked for its parameters. */
import { GaitsmithError } from "../errors.ts";
import { bracketView } from "../optimizer/bracket-view.ts";
import { peerCurves } from "../optimizer/peer-curves.ts";
import type { Pruner } from "../optimizer/pruner.ts";
import type { AgendaItem } from "../study/agenda.ts";
import { observe } from "../study/observed-trial.ts";
import type { NewTrial, StudyDefinition, TrialRecord } from "../study/trial-record.ts";
import type { SamplerHost } from "./sampler-host.ts";

export type PlannedTrial = Omit<NewTrial, "recording" | "startedAt">;

export interface PlanningParts {
  readonly definition: StudyDefinition;
  readonly trials: readonly TrialRecord[];
  readonly sampler: Pick<SamplerHost, "ask" | "confirm">;
  readonly pruner: Pruner;
  /** Reports of a whole walk. */
  readonly walk: { readonly reports: number };
  /** How many parameter sets are confirmed. */
  readonly candidates: number;
}

/** @returns the trial, or the sampler's words when it has nothing left to propose */
export async function plannedTrial(
  next: Exclude<AgendaItem, { kind: "finished" }>,
  parts: PlanningParts,
): Promise<PlannedTrial | { readonly exhausted: string }> {
  const { definition, trials, sampler } = parts;
  const first = { attempt: 1, replicateOf: null, bookkeeping: null };
  const baseline = {
    ...first,
    role: "seed-gait",
    parameters: definition.seedGait,
    note: "baseline",
  } as const;
  switch (next.kind) {
    case "retry": {
      const { suggestion, role, replicateOf, parameters, bookkeeping, note } = next.of;
      return { suggestion, role, replicateOf, parameters, bookkeeping, note, attempt: next.attempt };
    }
    case "seed-gait":
      return { ...baseline, suggestion: next.suggestion };
    case "drift-check":
      return {
        ...baseline,
        role: "drift-check",
        note: "has the robot changed?",
        suggestion: next.suggestion,
      };
    case "ask": {
      try {
        const suggestion = await sampler.ask(instructive(next.suggestion, parts), next.suggestion);
        return { ...first, ...suggestion, suggestion: next.suggestion, role: "suggested" };
      } catch (error) {
        if (!(error instanceof GaitsmithError) || error.code !== "SAMPLER_EXHAUSTED") throw error;
        return { exhausted: error.message };
      }
    }
    case "replicate": {
      const parameters = await sampler.confirm(trials.map(observe), parts.candidates);
      const confirmed = parameters === null ? undefined : firstWalkOf(parameters, trials);
      // Nothing worth confirming yet: the walk goes to the baseline, which every conclusion needs.
      if (parameters === null || confirmed === undefined) return { ...baseline, suggestion: next.suggestion };
      const { number: replicateOf } = confirmed;
      const note = `confirms trial ${replicateOf}`;
      return { ...first, suggestion: next.suggestion, role: "replicate", replicateOf, parameters, note };
    }
  }
}

/** The trials as the sampler sees them: under Hyperband those of other brackets without their rewards. */
function instructive(suggestion: number, { trials, pruner, walk }: PlanningParts) {
  return bracketView(trials.map(observe), suggestion, pruner, () => peerCurves(trials, walk.reports));
}

function firstWalkOf(
  parameters: TrialRecord["parameters"],
  trials: readonly TrialRecord[],
): TrialRecord | undefined {
  const names = Object.keys(parameters);
  return trials.find((trial) => names.every((name) => trial.parameters[name] === parameters[name]));
}
