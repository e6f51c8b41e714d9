/** What a study's walks say as a whole, fitted once for all that is concluded from it. */
import { fail } from "../../errors.ts";
import { type ConstraintModel, constraintModels } from "../gaussian-process/constraint-model.ts";
import { type ObjectiveModel, objectiveModel } from "../gaussian-process/objective-model.ts";
import type { SearchSpace } from "../search-space.ts";
import { type UnitSpace, unitSpace } from "../space/unit-space.ts";
import { constraintCount, rankGaits, type Standing } from "../standings.ts";
import type { Direction, ObservedTrial } from "../trial.ts";

/**
 * The two models of the reward (see `Structure` in the Gaussian process's folder) and one of each limit that was breached or
 * nearly so. All conclusions are functions of it.
 */
export interface StudyModel {
  readonly unit: UnitSpace;
  readonly direction: Direction;
  readonly trials: readonly ObservedTrial[];
  /** The smooth one: curves and slices show it, where gaits have values of their own as the trend they scatter about. */
  readonly trend: ObjectiveModel;
  /** The one with a value of each gait's own: the judge of what was walked. */
  readonly judge: ObjectiveModel;
  /** The gaits walked to the end, best first; the first is the champion. */
  readonly ranked: readonly Standing[];
  readonly limits: readonly ConstraintModel[];
}

/**
 * Takes two fits and one for each limit in play: some 0.2 s for 60 walks, 5 s for 500.
 * @returns null before any walk told of the reward
 */
export function studyModel(
  trials: readonly ObservedTrial[],
  space: SearchSpace,
  direction: Direction,
): StudyModel | null {
  const unit = unitSpace(space);
  const trend = objectiveModel(unit, trials, direction, "smooth");
  const judge = objectiveModel(unit, trials, direction, "microscale");
  if (trend === null || judge === null) return null;
  const limits = constraintModels(unit, trials, constraintCount(trials));
  return { unit, direction, trials, trend, judge, ranked: rankGaits(judge, trials, limits), limits };
}

/** Index of the parameter's dimension. @throws SPACE_INVALID when the space has no such parameter */
export function dimensionIndex({ unit }: StudyModel, parameter: string): number {
  const index = unit.dimensions.findIndex((dimension) => dimension.parameter.name === parameter);
  if (index >= 0) return index;
  return fail("SPACE_INVALID", {
    what: `The search space has no parameter "${parameter}".`,
    where: parameter,
    remedy: `Use one of: ${unit.dimensions.map((dimension) => dimension.parameter.name).join(", ")}.`,
  });
}
