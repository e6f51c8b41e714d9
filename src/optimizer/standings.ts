/**
 * How the parameter sets of a study stand, by the model's estimate of each. Shared by the choice of the champion and by the
 * question which set to walk again.
 */
import { logSafety } from "./gaussian-process/acquisition.ts";
import { type ConstraintModel, constraintModels } from "./gaussian-process/constraint-model.ts";
import { type ObjectiveModel, objectiveModel } from "./gaussian-process/objective-model.ts";
import type { ParameterSet, SearchSpace } from "./search-space.ts";
import { parameterKey } from "./space/parameter-key.ts";
import { unitSpace } from "./space/unit-space.ts";
import { type Direction, type ObservedTrial, tellsObjective } from "./trial.ts";

export interface Standing {
  readonly params: ParameterSet;
  /** Posterior mean of the reward, in its own units. */
  readonly mean: number;
  /** Posterior standard deviation of that mean (not of a walk). */
  readonly deviation: number;
  /** Standard deviation of one full walk about the mean. */
  readonly walkDeviation: number;
  /** Probability that its next walk stays inside every limit, by the limits' models. */
  readonly holds: number;
  /** It may well fall where others would not: {@link holds} is less by a tenth than the surest set's. */
  readonly doubtful: boolean;
  /** Numbers of the completed walks of exactly these parameters. */
  readonly trials: readonly number[];
}

/**
 * What falls so much more often than the surest set is no champion: one walk in ten. Three walks of a gait may go well that falls
 * every sixth time; its neighbours that fell, and how close it came itself, tell of that.
 */
const FALLS_MORE = 0.1;

/**
 * Parameter sets walked to the end at least once, best first, the doubtful ones behind the others; ties go to the earlier one.
 * The estimate is the posterior of the Gaussian process at the set's point: replicates and neighbours count with their precision,
 * pruned walks with what they measured.
 *
 * A set of which any walk was aborted is not handed to anyone: it stands in the list only when every set has fallen.
 */
export function standings(
  trials: readonly ObservedTrial[],
  space: SearchSpace,
  direction: Direction,
): Standing[] {
  const unit = unitSpace(space);
  const model = objectiveModel(unit, trials, direction, "microscale");
  return model === null
    ? []
    : rankGaits(model, trials, constraintModels(unit, trials, constraintCount(trials)));
}

/** How many limits the trials tell of. */
export function constraintCount(trials: readonly ObservedTrial[]): number {
  return trials.reduce((most, { constraints }) => Math.max(most, constraints.length), 0);
}

/** The same from models that are fitted already. */
export function rankGaits(
  model: ObjectiveModel,
  trials: readonly ObservedTrial[],
  limits: readonly ConstraintModel[],
): Standing[] {
  const { observations, posterior } = model;
  const { spread, sign, shape, toReward } = observations;

  const rowsOf = new Map<string, number[]>();
  for (const [row, trial] of observations.trials.entries()) {
    const key = parameterKey(trial.parameters);
    const rows = rowsOf.get(key);
    if (rows === undefined) rowsOf.set(key, [row]);
    else rows.push(row);
  }
  const fallen = new Set(
    trials.filter(({ state }) => state === "aborted").map(({ parameters }) => parameterKey(parameters)),
  );
  const walked = [...rowsOf].flatMap(([key, rows]) => {
    const completed = rows.filter((row) => observations.trials[row]!.state === "completed");
    return completed.length === 0 ? [] : [{ key, completed, first: completed[0]! }];
  });
  const points = new Float64Array(walked.length * shape.size);
  for (const [i, { first }] of walked.entries()) {
    points.set(observations.x.subarray(first * shape.size, (first + 1) * shape.size), i * shape.size);
  }
  const means = new Float64Array(walked.length);
  const variances = new Float64Array(walked.length);
  posterior.predictMany(points, walked.length, means, variances);
  const hold = walked.map((_, i) =>
    Math.exp(logSafety(limits, points.subarray(i * shape.size, (i + 1) * shape.size))),
  );
  const surest = hold.reduce((most, one) => Math.max(most, one), 0);
  const standing = walked.map(({ key, completed, first }, i) => {
    const within = Math.min(...completed.map((row) => observations.knownVariance[row]!));
    const entry: Standing = {
      params: observations.trials[first]!.parameters,
      mean: toReward(means[i]!),
      deviation: spread * Math.sqrt(variances[i]!),
      walkDeviation: spread * Math.sqrt(posterior.hyperparameters.noise + within),
      holds: hold[i]!,
      doubtful: hold[i]! < surest - FALLS_MORE,
      trials: completed.map((row) => observations.trials[row]!.number),
    };
    return { key, entry };
  });
  const unhurt = standing.filter(({ key }) => !fallen.has(key));
  return (unhurt.length > 0 ? unhurt : standing)
    .map(({ entry }) => entry)
    .sort(
      (a, b) =>
        Number(a.doubtful) - Number(b.doubtful) || sign * (b.mean - a.mean) || a.trials[0]! - b.trials[0]!,
    );
}

/** Mean square of replicates about their set's mean, with its degrees of freedom: one walk's variance, model-free. */
export function replicateVariance(trials: readonly ObservedTrial[]): { variance: number; degrees: number } {
  const sets = Map.groupBy(
    trials.filter((trial) => trial.state === "completed" && tellsObjective(trial)),
    ({ parameters }) => parameterKey(parameters),
  );
  let squares = 0;
  let degrees = 0;
  for (const walks of sets.values()) {
    const mean = walks.reduce((sum, { value }) => sum + value! / walks.length, 0);
    for (const { value } of walks) squares += (value! - mean) ** 2;
    degrees += walks.length - 1;
  }
  return { variance: degrees > 0 ? squares / degrees : Number.NaN, degrees };
}
