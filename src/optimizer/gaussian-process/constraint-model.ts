/**
 * One Gaussian process per limit of the envelope: the probability that a walk stays inside it.
 *
 * Constraint values are in [−1, 0] for a limit that held and in [1, 2] for the one that aborted the walk. The gap
 * between the two is what lets a model tell a fall from a close call. Of an aborted walk only the breached
 * limit is data: the others were cut off before they could show their extreme.
 *
 * A limit is modelled once it was breached, or came close; others hold everywhere as far as anyone knows.
 */
import type { UnitSpace } from "../space/unit-space.ts";
import type { ObservedTrial } from "../trial.ts";
import { fitHyperparameters, fromLog, type HyperparameterBounds, type ProcessData } from "./fit.ts";
import type { Hyperparameters } from "./kernel.ts";
import { centerAndSpread, encodeAll, kernelShape } from "./observations.ts";
import { Posterior } from "./posterior.ts";
import { independentPriors, lengthscalePriors, type PriorChoice, priorThetas } from "./priors.ts";

export interface ConstraintModel {
  /** Index of the constraint. */
  readonly index: number;
  readonly posterior: Posterior;
  /** The standardised value of c = 0: the limit holds at or below it. */
  readonly bound: number;
}

/** A limit that held by less than this share of its range came close. */
const CLOSE_CALL = -0.05;
/**
 * Standard deviation of a recorded constraint value about the function, at most. Large, because the edge is blurred: a
 * gait that held by half its range falls the next time. What counts is whether the next *walk* holds.
 */
const LARGEST_NOISE = 0.8;
const MAX_ITERATIONS = 25;

/** @param warm log hyperparameters to begin from, by constraint index */
export function constraintModels(
  unit: UnitSpace,
  trials: readonly ObservedTrial[],
  constraintCount: number,
  warm: ReadonlyMap<number, Float64Array> = new Map(),
  refit = true,
): ConstraintModel[] {
  const models: ConstraintModel[] = [];
  for (let index = 0; index < constraintCount; index++) {
    const telling = trials.filter((trial) => tellsConstraint(trial, index));
    const values = Float64Array.from(telling, ({ constraints }) => constraints[index]!);
    const worst = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    if (!(worst > CLOSE_CALL)) continue;
    models.push(fitOne(unit, index, telling, values, warm.get(index) ?? null, refit));
  }
  return models;
}

function tellsConstraint(trial: ObservedTrial, index: number): boolean {
  if (!Number.isFinite(trial.constraints[index])) return false;
  if (trial.state === "aborted") return trial.breached === index;
  return trial.state === "completed" || trial.state === "pruned";
}

function fitOne(
  unit: UnitSpace,
  index: number,
  telling: readonly ObservedTrial[],
  values: Float64Array,
  warm: Float64Array | null,
  refit: boolean,
): ConstraintModel {
  const { center, spread } = centerAndSpread(values);
  const data: ProcessData = {
    shape: kernelShape(unit),
    x: encodeAll(unit, telling),
    y: values.map((value) => (value - center) / spread),
    knownVariance: new Float64Array(values.length),
  };
  const size = data.shape.size;
  const usable = warm !== null && warm.length === size + 2;
  const prior: PriorChoice = {
    lengthscales: lengthscalePriors(unit, { center: Math.log(0.3) + 0.5 * Math.log(size), deviation: 0.7 }),
    scale: { center: 0, deviation: 0.7 },
    noise: { center: Math.log(0.05), deviation: 1.5 },
    microscale: null,
  };
  const bounds: HyperparameterBounds = {
    lengthscale: [0.05, 10],
    scale: [0.1, 10],
    noise: [1e-5, Math.max(2e-5, (LARGEST_NOISE / spread) ** 2)],
    microscale: null,
  };
  const standard: Hyperparameters = {
    inverseSquaredLengthscales: priorThetas(prior.lengthscales),
    scale: 1,
    noise: 0.05,
    microscale: 0,
  };
  const hyperparameters =
    usable && !refit
      ? fromLog(warm, size)
      : fitHyperparameters(data, {
          prior: independentPriors(prior),
          bounds,
          starts: [usable ? fromLog(warm, size) : standard],
          maxIterations: MAX_ITERATIONS,
        }).hyperparameters;
  return {
    index,
    posterior: new Posterior(data.shape, hyperparameters, data.x, data.y, data.knownVariance),
    bound: (0 - center) / spread,
  };
}
