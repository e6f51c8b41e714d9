/**
 * The covariance matrix adaptation evolution strategy with active weights, by ask and tell: a normal distribution that is
 * sampled and, after each generation, moved and reshaped towards its better members. Follows cmaes 0.13.1, step by
 * step; equation numbers are those of Hansen's tutorial (arXiv 1604.00772).
 */
import type { RandomSource } from "../math/random-source.ts";
import { type Axes, principalAxes, whiten } from "./axes.ts";
import { dampen, fullRates, type LearningRates } from "./learning-rates.ts";
import { correctMargin, type DiscreteAxis, type Margin, margin } from "./margin.ts";
import { type ConstantsOf, type Strategy, strategy } from "./strategy.ts";

/** N(m, σ² C) */
export interface Distribution {
  /** m, length n. */
  readonly mean: Float64Array;
  /** σ */
  readonly sigma: number;
  /** C, row-major n × n, symmetric. */
  readonly covariance: Float64Array;
}

/** The search distribution and its evolution paths; never changed in place. */
export interface EvolutionState extends Distribution {
  readonly strategy: Strategy;
  /** Generations told. */
  readonly generation: number;
  readonly sigmaPath: Float64Array;
  readonly covariancePath: Float64Array;
  /** Of C. */
  readonly axes: Axes;
  /** Null when every generation is learnt from in full. */
  readonly learning: LearningRates | null;
  /** Null when no coordinate is discrete, or discrete ones are treated as any other. */
  readonly margin: Margin | null;
}

export interface Variant {
  /** C at the start, row-major n × n; the identity when left out. */
  readonly covariance?: Float64Array;
  readonly learningRateAdaptation?: boolean;
  /** Coordinates that keep a least probability of leaving their level. */
  readonly discrete?: readonly DiscreteAxis[];
  readonly constants?: ConstantsOf;
}

/** Bounds of σ, far outside anything useful: a search that goes on after convergence must not divide by zero. */
const SIGMA_MAX = 1e32;
const SIGMA_MIN = 1e-150;
const EPSILON = 1e-8;

/** @param sigma initial step size, in the units of the mean's coordinates */
export function evolution(
  mean: Float64Array,
  sigma: number,
  populationSize?: number,
  { covariance, learningRateAdaptation = false, discrete = [], constants }: Variant = {},
): EvolutionState {
  const n = mean.length;
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  const chosen = strategy(n, populationSize, constants);
  return {
    strategy: chosen,
    generation: 0,
    mean: Float64Array.from(mean),
    sigma,
    ...(covariance === undefined
      ? { covariance: identity, axes: { directions: identity, lengths: new Float64Array(n).fill(1) } }
      : principalAxes(covariance, n)),
    sigmaPath: new Float64Array(n),
    covariancePath: new Float64Array(n),
    learning: learningRateAdaptation ? fullRates(n) : null,
    margin: discrete.length === 0 ? null : margin(n, chosen.populationSize, discrete),
  };
}

/** Draws x = m + σ B D z, z ~ N(0, I) (38)–(40). */
export function sample({ mean, sigma, axes }: EvolutionState, source: RandomSource): Float64Array {
  const n = mean.length;
  const step = new Float64Array(n);
  for (let j = 0; j < n; j++) step[j] = axes.lengths[j]! * source.normal();
  const x = mean.slice();
  for (let i = 0; i < n; i++) {
    let y = 0;
    for (let j = 0; j < n; j++) y += axes.directions[i * n + j]! * step[j]!;
    x[i]! += sigma * y;
  }
  return x;
}

/** The state after a generation. @param ranked its λ points as they were drawn, best first */
export function tell(state: EvolutionState, ranked: readonly Float64Array[]): EvolutionState {
  const n = state.strategy.dimension;
  if (ranked.length !== state.strategy.populationSize) {
    throw new RangeError(`A generation has ${state.strategy.populationSize} members, not ${ranked.length}.`);
  }
  const { sigmaPath, covariancePath, ...moved } = update(state, ranked);
  const learnt =
    state.learning === null
      ? { distribution: moved, rates: null }
      : dampen(state, state.axes, moved, state.learning);
  const { axes, covariance } = principalAxes(learnt.distribution.covariance, n);
  const sigma = Math.min(SIGMA_MAX, Math.max(SIGMA_MIN, learnt.distribution.sigma));
  const distribution = { mean: learnt.distribution.mean, sigma, covariance };
  const corrected = state.margin === null ? null : correctMargin(state.margin, distribution);
  return {
    ...distribution,
    ...(corrected === null ? {} : { mean: corrected.mean }),
    strategy: state.strategy,
    generation: state.generation + 1,
    sigmaPath,
    covariancePath,
    axes,
    learning: learnt.rates,
    margin: corrected?.margin ?? null,
  };
}

type Update = Distribution & Pick<EvolutionState, "sigmaPath" | "covariancePath">;

function update(state: EvolutionState, ranked: readonly Float64Array[]): Update {
  const { strategy: s, mean, sigma, covariance, axes } = state;
  const n = s.dimension;
  const steps = ranked.map((x) => x.map((value, i) => (value - mean[i]!) / sigma));

  // (41), (42): the mean, moved by the weighted step of the better half
  const step = new Float64Array(n);
  for (let k = 0; k < s.parents; k++) for (let i = 0; i < n; i++) step[i]! += s.weights[k]! * steps[k]![i]!;

  // (43), (44): step size, by the length of its path
  const whitened = whiten(axes, step);
  const keep = 1 - s.cSigma;
  const gain = Math.sqrt(s.cSigma * (2 - s.cSigma) * s.varianceEffectiveParents);
  const sigmaPath = state.sigmaPath.map((value, i) => keep * value + gain * whitened[i]!);
  const length = Math.sqrt(squaredNorm(sigmaPath));
  const newSigma = Math.min(
    SIGMA_MAX,
    sigma * Math.exp((s.cSigma / s.dSigma) * (length / s.expectedNorm - 1)),
  );

  // (45): the covariance's path, stalled while σ grows fast
  const expected = Math.sqrt(1 - keep ** (2 * (state.generation + 2)));
  const stalled = !(length / expected < (1.4 + 2 / (n + 1)) * s.expectedNorm);
  const cc = s.cCovariance;
  const pathGain = stalled ? 0 : Math.sqrt(cc * (2 - cc) * s.varianceEffectiveParents);
  const covariancePath = state.covariancePath.map((value, i) => (1 - cc) * value + pathGain * step[i]!);

  // (46), (47): covariance, by the path and by all members
  const weights = s.weights.map((w, k) =>
    w >= 0 ? w : (w * n) / (squaredNorm(whiten(axes, steps[k]!)) + EPSILON),
  );
  const compensation = stalled ? cc * (2 - cc) : 0;
  let weightSum = 0;
  for (const w of s.weights) weightSum += w;
  const decay = 1 + s.cRankOne * compensation - s.cRankOne - s.cRankMu * weightSum;
  const updated = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rankMu = 0;
      for (let k = 0; k < steps.length; k++) rankMu += weights[k]! * steps[k]![i]! * steps[k]![j]!;
      const rankOne = covariancePath[i]! * covariancePath[j]!;
      const value = decay * covariance[i * n + j]! + s.cRankOne * rankOne + s.cRankMu * rankMu;
      updated[i * n + j] = value;
      updated[j * n + i] = value;
    }
  }
  return {
    mean: mean.map((value, i) => value + sigma * step[i]!),
    sigma: newSigma,
    covariance: updated,
    sigmaPath,
    covariancePath,
  };
}

function squaredNorm(y: Float64Array): number {
  let sum = 0;
  for (const value of y) sum += value * value;
  return sum;
}
