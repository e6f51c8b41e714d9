/**
 * Exploring carefully: how much a suggestion may differ from what has been walked safely, as a feasibility. It hangs on the
 * trials told so far alone, so a study that was killed asks the same again.
 *
 * - No parameter differs by more than `maxChange` of its range from the nearest parameter set that was walked and never broke a
 *   limit; the seed gait counts from the start. An ordered parameter with few levels may go to the next one; a choice
 *   without order may change, one at a time.
 * - The first suggestions of a study stay within a smaller distance of the seed gait, with its choices.
 *
 * Close to SafeOpt's idea of growing a safe set from a safe seed (Y. Sui et al., ICML 2015), with a plain distance in the place of
 * a Lipschitz bound: no model has to be right for it to hold.
 */
import type { Feasibility } from "../sampler.ts";
import type { ParameterSet } from "../search-space.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { encode, type UnitSpace } from "../space/unit-space.ts";
import { suggestionsBefore } from "../suggested-trials.ts";
import { asSafetyFacts, type ObservedTrial } from "../trial.ts";
import { type Box, boxAround } from "./box.ts";
import { Region } from "./region.ts";

export interface Exploring {
  /** Largest change of a parameter from the nearest safe set, as a share of its range. */
  readonly maxChange: number;
  /** The first so many suggestions stay within this share of each range around the seed gait; null: they need not. */
  readonly start: { readonly trials: number; readonly within: number } | null;
}

export interface ExploringQuestion {
  readonly unit: UnitSpace;
  /** Every trial of the study, as the sampler is given them. */
  readonly trials: readonly ObservedTrial[];
  readonly suggestion: number;
  /** Known to be safe. */
  readonly seedGait: ParameterSet;
  /** Whatever else must hold. */
  readonly elsewhere: Feasibility;
}

/** The feasibility of one suggestion: `elsewhere` narrowed to the region that may be explored, which it carries along. */
export function carefulFeasibility(
  rule: Exploring,
  { unit, trials, suggestion, seedGait, elsewhere }: ExploringQuestion,
): Feasibility {
  const home = encode(unit, seedGait);
  const isStart = rule.start !== null && suggestionsBefore(trials, suggestion) < rule.start.trials;
  const boxes: Box[] =
    isStart && rule.start !== null
      ? [startBox(unit, home, rule.start.within)]
      : safePoints(unit, trials, seedGait).map((centre) =>
          boxAround(unit, centre, rule.maxChange, { changes: 1, neighbours: true }),
        );
  const region = new Region(unit, boxes, elsewhere);
  return Object.assign((parameters: ParameterSet) => region.holds(parameters) && elsewhere(parameters), {
    region,
  });
}

/** Where nothing has a distance, one choice may change: else the seed gait would be all there is. */
function startBox(unit: UnitSpace, home: Float64Array, within: number): Box {
  const numeric = unit.dimensions.some(({ kind }) => kind !== "categorical");
  return boxAround(unit, home, within, { changes: numeric ? 0 : 1, neighbours: false });
}

/** The seed gait, and what was walked to its end or up to the pruner's, and never aborted. */
function safePoints(
  unit: UnitSpace,
  trials: readonly ObservedTrial[],
  seedGait: ParameterSet,
): Float64Array[] {
  const safe = new Map<string, ParameterSet>([[parameterKey(seedGait), seedGait]]);
  const broken = new Set<string>();
  for (const { state, parameters, constraints } of asSafetyFacts(trials)) {
    const key = parameterKey(parameters);
    if (state === "aborted" || constraints.some((constraint) => constraint > 0)) broken.add(key);
    else if (state === "completed" || state === "pruned") safe.set(key, parameters);
  }
  const kept = [...safe].filter(([key]) => !broken.has(key));
  // A seed gait that fell once, as by a push, is still all that is known.
  return (kept.length > 0 ? kept : [["", seedGait] as const]).map(([, parameters]) =>
    encode(unit, parameters),
  );
}
