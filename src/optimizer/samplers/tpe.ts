/**
 * Tree-structured Parzen estimator: of the walks so far a density of the good parameters, l, and one of the others, g; of
 * some candidates drawn from l the one with the largest l/g is suggested. J. Bergstra et al., "Algorithms for
 * hyper-parameter optimization" (NeurIPS 2011), with the rules and defaults of Optuna 5 (S. Watanabe, "Tree-structured
 * Parzen estimator: understanding its algorithm components", arXiv 2304.11127, explains them).
 *
 * What differs from Optuna: the first suggestions are a space-filling design, candidates that are not feasible are drawn
 * again, and walks that repeat a set on purpose count once.
 */
import { RandomSource } from "../math/random-source.ts";
import { atLeast, type OptionRules } from "../options.ts";
import type { AskRequest, Feasibility, Sampler, SamplerContext, Suggestion } from "../sampler.ts";
import { uniformFeasiblePoint } from "../space/feasible-point.ts";
import { activeDimensions, decode, type UnitSpace, unitSpace } from "../space/unit-space.ts";
import { suggestionsBefore } from "../suggested-trials.ts";
import { bestCandidate } from "../tpe/best-candidate.ts";
import { type KnownPoints, type Observation, observations } from "../tpe/observations.ts";
import { type ParzenEstimator, parzenEstimator } from "../tpe/parzen-estimator.ts";
import { isFinished, type Split, split } from "../tpe/split.ts";
import { subspaces } from "../tpe/subspaces.ts";
import { startupPoint } from "./startup-design.ts";

export interface TpeOptions {
  /** Parameter sets walked (completed, pruned or aborted) before the estimator takes over. */
  readonly startupTrials: number;
  /** Candidates drawn per suggestion, at least 1. */
  readonly candidates: number;
  /** Estimate the parameters jointly, or each by itself. */
  readonly multivariate: boolean;
  /** With `multivariate`: estimate parameters that exist under the same condition jointly too. */
  readonly group: boolean;
}

export const TPE_DEFAULTS: TpeOptions = {
  startupTrials: 10,
  candidates: 24,
  multivariate: true,
  group: true,
};

export const TPE_RULES: OptionRules<TpeOptions> = { startupTrials: atLeast(0), candidates: atLeast(1) };

/** Draws per candidate before fewer feasible candidates have to do. */
const DRAWS = 40;

/** A part of the space with its two densities. */
interface Densities {
  readonly part: readonly number[];
  readonly good: ParzenEstimator;
  readonly rest: ParzenEstimator;
}

export function tpeSampler(context: SamplerContext, options: Partial<TpeOptions> = {}): Sampler {
  const { startupTrials, candidates, multivariate, group } = { ...TPE_DEFAULTS, ...options };
  const unit = unitSpace(context.space);
  const parts = subspaces(unit, multivariate, group);
  const known: KnownPoints = new WeakMap();
  return {
    name: "tpe",
    ask(request) {
      const observed = observations(unit, request.trials, context.direction, request.suggestion, known);
      const finished = observed.filter(isFinished).length;
      if (finished < startupTrials) return startupSuggestion(unit, context.seed, request, startupTrials);
      const divided = split(observed);
      const densities = parts.map((part) => densitiesOver(unit, part, divided));
      const source = new RandomSource({ seed: context.seed, index: request.suggestion, stream: "tpe" });
      const drawn = feasibleCandidates(unit, densities, candidates, request.feasible, source);
      if (drawn.length === 0) {
        const point = uniformFeasiblePoint(unit, request.feasible, source);
        return suggestionAt(unit, point, "no feasible candidate near the good ones: at random");
      }
      const best = combined(unit, densities, drawn, request.feasible) ?? bestWhole(unit, densities, drawn);
      const score = totalScore(unit, densities, best).toPrecision(2);
      return suggestionAt(
        unit,
        best,
        `best of ${drawn.length} candidates, log l/g ${score}, ${divided.below.length} of ${finished} sets are good`,
      );
    },
  };
}

function startupSuggestion(
  unit: UnitSpace,
  seed: number,
  { trials, suggestion, feasible }: AskRequest,
  startup: number,
): Suggestion {
  const rank = suggestionsBefore(trials, suggestion);
  const point = startupPoint(unit, seed, rank, feasible);
  return suggestionAt(unit, point, `start-up ${rank + 1} of ${Math.max(startup, rank + 1)}`);
}

function suggestionAt(unit: UnitSpace, point: Float64Array, note: string): Suggestion {
  return { parameters: decode(unit, point), bookkeeping: null, note };
}

/** Only observations that have every parameter of the part count for it. */
function densitiesOver(unit: UnitSpace, part: readonly number[], { below, above }: Split): Densities {
  const estimate = (observed: readonly Observation[]): ParzenEstimator =>
    parzenEstimator(unit.dimensions, part, pointsWith(part, observed));
  return { part, good: estimate(below), rest: estimate(above) };
}

function pointsWith(part: readonly number[], observed: readonly Observation[]): Float64Array[] {
  const points: Float64Array[] = [];
  for (const { point } of observed) {
    let complete = true;
    for (const i of part) if (Number.isNaN(point[i]!)) complete = false;
    if (complete) points.push(point);
  }
  return points;
}

/** Points drawn from l, part by part, until `count` are feasible; fewer, even none, where that is rare. */
function feasibleCandidates(
  unit: UnitSpace,
  densities: readonly Densities[],
  count: number,
  feasible: Feasibility,
  source: RandomSource,
): Float64Array[] {
  const found: Float64Array[] = [];
  const outside: Float64Array[] = [];
  for (let draw = 0; draw < count * DRAWS && found.length < count; draw++) {
    const point = new Float64Array(unit.dimensions.length);
    for (const { good } of densities) good.draw(source, point);
    if (feasible(decode(unit, point))) found.push(point);
    else if (outside.length < count) outside.push(point);
  }
  const { region } = feasible;
  if (region === undefined || found.length === count) return found;
  // In many dimensions hardly any draw stays where exploring is allowed: others are pulled back there, and judged there.
  const pulled = outside.slice(0, count - found.length).flatMap((point) => region.pulledBack(point) ?? []);
  return [...found, ...pulled];
}

/** The best candidate of each part put together, as parts are independent of each other; null when the whole is infeasible. */
function combined(
  unit: UnitSpace,
  densities: readonly Densities[],
  candidates: readonly Float64Array[],
  feasible: Feasibility,
): Float64Array | null {
  const point = new Float64Array(unit.dimensions.length);
  for (const { part, good, rest } of densities) {
    const best = bestCandidate(good, rest, candidates);
    for (const i of part) point[i] = best[i]!;
  }
  return densities.length > 1 && !feasible(decode(unit, point)) ? null : point;
}

function bestWhole(
  unit: UnitSpace,
  densities: readonly Densities[],
  candidates: readonly Float64Array[],
): Float64Array {
  const totals = candidates.map((point) => totalScore(unit, densities, point));
  return candidates[totals.indexOf(Math.max(...totals))]!;
}

/** Parts that do not exist at the point do not count. */
function totalScore(unit: UnitSpace, densities: readonly Densities[], point: Float64Array): number {
  const active = activeDimensions(unit, point);
  const score = ({ part, good, rest }: Densities): number =>
    active[part[0]!] ? good.logDensity(point) - rest.logDensity(point) : 0;
  return densities.reduce((sum, one) => sum + score(one), 0);
}
