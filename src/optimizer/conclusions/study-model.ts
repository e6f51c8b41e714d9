/** What a study's walks say as a whole, fitted once for all that is concluded from it. */
import { type ConstraintModel, constraintModels } from "../gaussian-process/constraint-model.ts";
import { type ObjectiveModel, objectiveModel } from "../gaussian-process/objective-model.ts";
import type { SearchSpace } from "../search-space.ts";
import { type UnitSpace, unitSpace } from "../space/unit-space.ts";
import type { Direction, ObservedTrial } from "../trial.ts";

/**
 * The smooth model of the reward, as the search uses it, and a model of each limit that was breached or nearly so. Where gaits
 * have values of their own, curves and slices show the trend they scatter about.
 */
export interface StudyModel {
  readonly unit: UnitSpace;
  readonly direction: Direction;
  readonly trials: readonly ObservedTrial[];
  readonly objective: ObjectiveModel;
  readonly limits: readonly ConstraintModel[];
}

/**
 * Fitting takes the time of a suggestion: some 0.1 s for 60 walks, seconds for 500.
 * @returns null before any walk told of the reward
 */
export function studyModel(
  trials: readonly ObservedTrial[],
  space: SearchSpace,
  direction: Direction,
): StudyModel | null {
  const unit = unitSpace(space);
  const objective = objectiveModel(unit, trials, direction, "smooth");
  if (objective === null) return null;
  const constraintCount = trials.reduce((most, { constraints }) => Math.max(most, constraints.length), 0);
  return { unit, direction, trials, objective, limits: constraintModels(unit, trials, constraintCount) };
}

/** A standardised mean or difference of the model in reward units. */
export function toReward({ objective }: StudyModel, mean: number): number {
  const { sign, center, spread } = objective.observations;
  return sign * (center + spread * mean);
}
