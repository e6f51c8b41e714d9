/**
 * When a search has nothing more to gain where it is: the criteria of cmaes 0.13.1, and of pycma 4.4 the stagnation and the
 * limit on generations. Pure functions of the distribution and the losses (what is minimised) of its generations.
 *
 * Two of cmaes's conditions are taken as they are meant and as pycma has them: standard deviations are √C_ii, not C_ii, and
 * the condition number is that of C, not of its square root.
 */
import type { EvolutionState } from "./evolution.ts";

/** Losses of one generation, infinite for a member without one. */
export interface GenerationLosses {
  readonly best: number;
  readonly median: number;
  readonly worst: number;
}

export interface StopLimits {
  /** Losses that differ by less, over the last generations, are equal; in units of the objective. */
  readonly toleranceFun: number;
  /** Standard deviations below this share of the initial σ have nothing left to resolve. */
  readonly toleranceX: number;
  /** σ₀, in units of the coordinates. */
  readonly initialSigma: number;
  /** Most generations of one run. */
  readonly generations: number;
}

export const TOLERANCE_FUN = 1e-12;
export const TOLERANCE_X = 1e-12;
/** Largest standard deviation along an axis, in units of the coordinates. */
const DIVERGED = 1e4;
const LARGEST_CONDITION = 1e14;

/** pycma's limit: 100 + 150 (n + 3)² / √λ. */
export function defaultGenerations(dimension: number, populationSize: number): number {
  return Math.floor(100 + (150 * (dimension + 3) ** 2) / Math.sqrt(populationSize));
}

type Criterion = (
  state: EvolutionState,
  losses: readonly GenerationLosses[],
  limits: StopLimits,
) => string | null;

/**
 * Why the search should stop, in words; null to go on.
 * @param losses of every generation of this run, the oldest first
 */
export function stopReason(
  state: EvolutionState,
  losses: readonly GenerationLosses[],
  limits: StopLimits,
): string | null {
  for (const criterion of CRITERIA) {
    const reason = criterion(state, losses, limits);
    if (reason !== null) return reason;
  }
  return null;
}

const equalLosses: Criterion = ({ strategy: { dimension, populationSize } }, losses, { toleranceFun }) => {
  const span = 10 + Math.ceil((30 * dimension) / populationSize);
  if (losses.length <= span) return null;
  const recent = losses.slice(-span);
  const range = Math.max(...recent.map(({ worst }) => worst)) - Math.min(...recent.map(({ best }) => best));
  return range < toleranceFun
    ? `rewards of the last ${span} generations differ by less than ${toleranceFun}`
    : null;
};

const smallSteps: Criterion = (state, _losses, { toleranceX, initialSigma }) => {
  const least = toleranceX * initialSigma;
  const { sigma, covariancePath } = state;
  for (const [i, deviation] of deviations(state).entries()) {
    if (deviation >= least || Math.abs(sigma * covariancePath[i]!) >= least) return null;
  }
  return `no step is larger than ${least.toPrecision(2)}`;
};

const divergence: Criterion = ({ sigma, axes }) =>
  sigma * axes.lengths.at(-1)! > DIVERGED ? `steps have grown beyond ${DIVERGED}: the search diverges` : null;

/** Adding a fifth of a standard deviation to one coordinate does not change the mean. */
const noEffectOnCoordinate: Criterion = (state) => {
  const unmoved = deviations(state).findIndex(
    (deviation, i) => state.mean[i] === state.mean[i]! + 0.2 * deviation,
  );
  return unmoved === -1 ? null : `steps along coordinate ${unmoved + 1} vanish in rounding`;
};

/** Nor does a tenth along one principal axis; one axis is looked at in each generation. */
const noEffectAlongAxis: Criterion = ({ mean, sigma, axes, generation }) => {
  const n = mean.length;
  const j = generation % n;
  const step = 0.1 * sigma * axes.lengths[j]!;
  const still = mean.every((value, i) => value === value + step * axes.directions[i * n + j]!);
  return still ? `steps along principal axis ${j + 1} vanish in rounding` : null;
};

const illConditioned: Criterion = ({ axes: { lengths } }) =>
  (lengths.at(-1)! / lengths[0]!) ** 2 > LARGEST_CONDITION
    ? `the covariance has a condition number above ${LARGEST_CONDITION}`
    : null;

/** Neither the best nor the median member has become better from the last but one stretch of generations to the last. */
const stagnation: Criterion = ({ strategy: { dimension: n, populationSize } }, losses) => {
  const stretch = Math.floor(100 + (100 * n ** 1.5) / populationSize);
  const length = Math.floor(Math.max(stretch / 10, losses.length / 10));
  if (losses.length <= Math.max(100, 2 * length, n * (5 + 100 / populationSize))) return null;
  const recent = losses.slice(-length);
  const before = losses.slice(-2 * length, -length);
  const improved = (of: (one: GenerationLosses) => number): boolean =>
    median(recent.map(of)) < median(before.map(of));
  if (improved(({ best }) => best) || improved(({ median }) => median)) return null;
  return `no improvement in the last ${length} generations`;
};

const tooLong: Criterion = ({ generation }, _losses, { generations }) =>
  generation >= generations ? `the run's ${generations} generations are used up` : null;

const CRITERIA: readonly Criterion[] = [
  equalLosses,
  smallSteps,
  divergence,
  noEffectOnCoordinate,
  noEffectAlongAxis,
  illConditioned,
  stagnation,
  tooLong,
];

function deviations({ sigma, covariance, mean }: EvolutionState): Float64Array {
  const n = mean.length;
  return mean.map((_, i) => sigma * Math.sqrt(covariance[i * n + i]!));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
