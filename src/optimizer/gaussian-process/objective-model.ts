/** The Gaussian process of the objective: what the walks so far say about every parameter set. */
import type { RandomSource } from "../math/random-source.ts";
import { parameterKey } from "../space/parameter-key.ts";
import type { UnitSpace } from "../space/unit-space.ts";
import type { Direction, ObservedTrial } from "../trial.ts";
import { fitHyperparameters, fromLog, type HyperparameterBounds, toLog } from "./fit.ts";
import { drawHyperparameters } from "./hyperparameter-draw.ts";
import type { Hyperparameters } from "./kernel.ts";
import { type ObjectiveObservations, type OutputWarp, objectiveObservations } from "./observations.ts";
import { Posterior } from "./posterior.ts";
import { independentPriors, lengthscalePriors, type PriorChoice, priorThetas } from "./priors.ts";

export interface ObjectiveModel {
  readonly observations: ObjectiveObservations;
  readonly posterior: Posterior;
  /** Posterior mean of each observed point, standardised. */
  readonly means: Float64Array;
}

/**
 * The least noise is what double precision carries, not what a robot has: with 1e-6 a noise-free function is known to a
 * thousandth of its spread, and neither the search nor the champion gets nearer to an optimum than that.
 */
const BOUNDS = {
  lengthscale: [0.05, 30],
  scale: [0.05, 20],
  noise: [1e-9, 2],
  microscale: [1e-6, 2],
} as const satisfies HyperparameterBounds;
const MAX_ITERATIONS = 40;

/**
 * Length-scales: about what the space says of the parameter; of others log-normal and centred on a function that varies over the
 * whole cube, growing with √d as distances do (C. Hvarfner et al., "Vanilla Bayesian optimization performs great in high
 * dimensions", ICML 2024). Noise: nearly flat, as Vizier's regulariser: a robot's noise may be half of all variation, and a prior
 * must not deny it. Microscale structure: as little presumed as of the noise; walks of one point and of its neighbours tell the
 * two apart.
 */
function objectivePrior(unit: UnitSpace, structure: Structure): PriorChoice {
  const unknown = { center: Math.log(0.5) + 0.5 * Math.log(unit.dimensions.length), deviation: 1 };
  return {
    lengthscales: lengthscalePriors(unit, unknown),
    scale: { center: 0, deviation: 1 },
    noise: { center: Math.log(0.01), deviation: 2 },
    microscale: structure === "smooth" ? null : { center: Math.log(0.01), deviation: 2 },
  };
}

function priorMode({ lengthscales, scale, noise, microscale }: PriorChoice): Hyperparameters {
  return {
    inverseSquaredLengthscales: priorThetas(lengthscales),
    scale: Math.exp(scale.center),
    noise: Math.exp(noise.center),
    microscale: microscale === null ? 0 : Math.exp(microscale.center),
  };
}

/**
 * What the function is taken to be. `smooth`: all that the smooth part does not explain is noise, which is the better guide to where
 * to search. `microscale`: beside it a value of its own at every point, which repeated walks reveal and neighbours do not:
 * the better judge of points that were walked.
 */
export type Structure = "smooth" | "microscale";

/** Log hyperparameters to begin from, and whether they are to be fitted at all. */
export interface WarmStart {
  readonly logHyperparameters: Float64Array;
  readonly refit: boolean;
}

export interface ObjectiveModelOptions {
  readonly warm?: WarmStart | null;
  /** Rows to keep free in the posterior for pending trials; 0 unless given. */
  readonly spare?: number;
  /** What is done to the rewards before the fit; "none" unless given. */
  readonly outputWarp?: OutputWarp;
  /** Where hyperparameters that are fitted are drawn among the plausible ones; the most plausible unless given. */
  readonly draw?: RandomSource | null;
}

/** @returns null when no trial tells about the objective */
export function objectiveModel(
  unit: UnitSpace,
  trials: readonly ObservedTrial[],
  direction: Direction,
  structure: Structure,
  { warm = null, spare = 0, outputWarp = "none", draw = null }: ObjectiveModelOptions = {},
): ObjectiveModel | null {
  const observations = objectiveObservations(unit, trials, direction, outputWarp);
  if (observations.trials.length === 0) return null;
  const known = structure === "microscale" && hasRepeats(observations) ? "microscale" : "smooth";
  const hyperparameters = chooseHyperparameters(unit, observations, known, warm, draw);
  const { shape, x, y, knownVariance } = observations;
  const posterior = new Posterior(shape, hyperparameters, x, y, knownVariance, spare);
  return { observations, posterior, means: posterior.observedMeans() };
}

function hasRepeats({ trials }: ObjectiveObservations): boolean {
  return new Set(trials.map(({ parameters }) => parameterKey(parameters))).size < trials.length;
}

function chooseHyperparameters(
  unit: UnitSpace,
  observations: ObjectiveObservations,
  structure: Structure,
  warm: WarmStart | null,
  draw: RandomSource | null,
): Hyperparameters {
  const size = observations.shape.size;
  const prior = objectivePrior(unit, structure);
  const standard = priorMode(prior);
  const usable = warm !== null && warm.logHyperparameters.length === toLog(standard).length;
  if (usable && !warm.refit) return fromLog(warm.logHyperparameters, size);
  const short = {
    ...standard,
    inverseSquaredLengthscales: standard.inverseSquaredLengthscales.map((t) => 4 * t),
  };
  const noisy = { ...standard, noise: 0.3 };
  const starts = usable ? [fromLog(warm.logHyperparameters, size), noisy] : [standard, short, noisy];
  const posterior = {
    prior: independentPriors(prior),
    bounds: prior.microscale === null ? { ...BOUNDS, microscale: null } : BOUNDS,
  };
  const { hyperparameters } = fitHyperparameters(observations, {
    ...posterior,
    starts,
    maxIterations: MAX_ITERATIONS,
  });
  return draw === null
    ? hyperparameters
    : drawHyperparameters(observations, posterior, hyperparameters, draw);
}
