/**
 * How far from what has been walked safely a suggestion may go: an L∞ ball in the unit cube around every walk that no
 * limit stopped. It starts small and grows with the number of parameter sets walked, and ends when it is half the cube, by
 * the rule of Google Vizier's GP-UCB-PE. On a robot it is the first ring of safety; on any problem it keeps a young model
 * from betting on far corners it knows nothing of.
 */
import type { Feasibility } from "../sampler.ts";
import type { ParameterSet } from "../search-space.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { encode, type UnitSpace } from "../space/unit-space.ts";
import type { ObservedTrial } from "../trial.ts";

const FIRST_RADIUS = 0.2;
const GROWTH = 0.3 / 5;
const LAST_RADIUS = 0.5;

/** @returns the predicate narrowed to the trust region; itself where nothing has been walked, or the region has ended */
export function withinTrustRegion(
  unit: UnitSpace,
  trials: readonly ObservedTrial[],
  feasible: Feasibility,
): Feasibility {
  const walked = new Set(trials.map(({ parameters }) => parameterKey(parameters))).size;
  const radius = FIRST_RADIUS + (GROWTH * walked) / (unit.dimensions.length + 1);
  const safe = trials
    .filter(({ state }) => state === "completed" || state === "pruned")
    .map(({ parameters }) => encode(unit, parameters));
  if (radius > LAST_RADIUS || safe.length === 0) return feasible;
  const numeric = unit.dimensions.flatMap(({ kind }, index) => (kind === "categorical" ? [] : [index]));
  const { region } = feasible;
  const trusted = (parameters: ParameterSet): boolean => {
    if (!feasible(parameters)) return false;
    const point = encode(unit, parameters);
    return safe.some((place) => numeric.every((j) => Math.abs(place[j]! - point[j]!) <= radius));
  };
  return region === undefined ? trusted : Object.assign(trusted, { region });
}
