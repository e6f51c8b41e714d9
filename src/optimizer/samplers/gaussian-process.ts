/**
 * Bayesian optimisation with a Gaussian process: after a short space-filling design, each suggestion maximises what
 * its walk is worth. Where nothing can break that is the knowledge gradient, by which walks are expected to raise the best estimate; where
 * there are limits, the expected improvement over the best estimate by a margin times the probability of staying inside all of them, which falls
 * less (docs/decisions.md).
 *
 * What a robot needs and a textbook version lacks: walks of different length enter with the variance they deserve, pruned
 * walks count with what they measured, aborted walks shape the limits' models and never the objective's, and pending
 * walks are taken at their predicted outcome ("kriging believer", D. Ginsbourger et al., 2010).
 *
 * The sampler keeps no state: the hyperparameters it begins a fit from are stored with each suggestion.
 */
import { Acquisition, logSafety, type Worth } from "../gaussian-process/acquisition.ts";
import { maximizeAcquisition } from "../gaussian-process/acquisition-search.ts";
import { type ConstraintModel, constraintModels } from "../gaussian-process/constraint-model.ts";
import { ExpectedImprovement } from "../gaussian-process/expected-improvement.ts";
import { toLog } from "../gaussian-process/fit.ts";
import { KnowledgeGradient } from "../gaussian-process/knowledge-gradient.ts";
import { type ObjectiveModel, objectiveModel } from "../gaussian-process/objective-model.ts";
import type { OutputWarp } from "../gaussian-process/observations.ts";
import { latestStoredFit, type StoredFit, storeFit } from "../gaussian-process/stored-fit.ts";
import { withinTrustRegion } from "../gaussian-process/trust-region.ts";
import { RandomSource } from "../math/random-source.ts";
import { atLeast, type OptionRules, oneOf, TRUE_FALSE_OR_NULL } from "../options.ts";
import type { AskRequest, Feasibility, Sampler, SamplerContext, Suggestion } from "../sampler.ts";
import type { ParameterSet } from "../search-space.ts";
import { lengthscaleOf } from "../space/dimension.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { decode, encode, type UnitSpace, unitSpace } from "../space/unit-space.ts";
import { suggestionsBefore } from "../suggested-trials.ts";
import { asSafetyFacts, isTold, type ObservedTrial } from "../trial.ts";
import { startupPoint } from "./startup-design.ts";

export interface GaussianProcessOptions {
  /**
   * Distinct parameter sets walked before the model takes over; null: one more than the dimensions where the space says every
   * length-scale, else twice the dimensions, at most 5 more than them.
   */
  readonly startupTrials: number | null;
  /**
   * Stay near what has been walked safely while little is known, and begin near the seed gait. null: where there is
   * something to be careful of, a limit or a seed gait, as on every robot.
   */
  readonly trustRegion: boolean | null;
  /** "vizier": the model sees rewards with the poor ones drawn together and the good ones spread out. */
  readonly outputWarp: OutputWarp;
}

export const GAUSSIAN_PROCESS_DEFAULTS: GaussianProcessOptions = {
  startupTrials: null,
  trustRegion: null,
  outputWarp: "none",
};

export const GAUSSIAN_PROCESS_RULES: OptionRules<GaussianProcessOptions> = {
  startupTrials: atLeast(0, null),
  trustRegion: TRUE_FALSE_OR_NULL,
  outputWarp: oneOf("none", "vizier"),
};

/** With a trust region the first design covers this share of the way from the seed gait to the cube's walls. */
const STARTUP_REACH = 0.8;

/**
 * By how much an improvement must beat the incumbent to count, in standard deviations of the rewards. Beside the incumbent there is always a little to
 * gain, and a search that asks for no more than that stays there (D. J. Lizotte, "Practical Bayesian optimization", 2008).
 */
const MARGIN = 0.1;

/** Places walked, best first, whose estimates a walk may raise; of those further down the list none becomes the best. */
const CANDIDATES = 64;
/** Places walked that the search looks around. */
const CENTRES = 3;

export function gaussianProcessSampler(
  context: SamplerContext,
  options: Partial<GaussianProcessOptions> = {},
): Sampler {
  const unit = unitSpace(context.space);
  const { startupTrials, trustRegion, outputWarp } = { ...GAUSSIAN_PROCESS_DEFAULTS, ...options };
  const careful = trustRegion ?? (context.constraintCount > 0 || context.start !== undefined);
  const startup = startupTrials ?? defaultStartup(unit);
  return {
    name: "gp",
    ask(request) {
      const walked = evidence(request.trials);
      if (walked.size < startup) return startupSuggestion(unit, context, request, startup, careful);
      return modelSuggestion(unit, context, request, careful, outputWarp);
    },
  };
}

/** What is to be learnt before the model can search is mostly its length-scales. */
function defaultStartup({ dimensions }: UnitSpace): number {
  const { length } = dimensions;
  const known = dimensions.every((dimension) => lengthscaleOf(dimension) !== null);
  return known ? length + 1 : Math.min(2 * length, length + 5);
}

/** Parameter sets that were suggested or enqueued and walked, whatever came of it. */
function evidence(trials: readonly ObservedTrial[]): Set<string> {
  const walked = new Set<string>();
  for (const trial of trials) {
    if (trial.role !== "suggested" && trial.role !== "enqueued") continue;
    if (isTold(trial)) walked.add(parameterKey(trial.parameters));
  }
  return walked;
}

function startupSuggestion(
  unit: UnitSpace,
  { seed, start }: SamplerContext,
  { trials, suggestion, feasible }: AskRequest,
  startup: number,
  careful: boolean,
): Suggestion {
  const rank = suggestionsBefore(trials, suggestion);
  const anywhere = startupPoint(unit, seed, rank, feasible);
  const nearer = careful && start !== undefined ? towards(unit, encode(unit, start), anywhere) : anywhere;
  const point = feasible(decode(unit, nearer)) ? nearer : anywhere;
  return {
    parameters: decode(unit, point),
    bookkeeping: null,
    note: `start-up ${rank + 1} of ${Math.max(startup, rank + 1)}`,
  };
}

/** Continuous coordinates drawn towards the seed gait, discrete ones as they are. */
function towards(unit: UnitSpace, home: Float64Array, point: Float64Array): Float64Array {
  return point.map((value, j) =>
    unit.dimensions[j]!.kind === "continuous" ? home[j]! + STARTUP_REACH * (value - home[j]!) : value,
  );
}

function modelSuggestion(
  unit: UnitSpace,
  context: SamplerContext,
  request: AskRequest,
  careful: boolean,
  outputWarp: OutputWarp,
): Suggestion {
  const { trials, suggestion } = request;
  const safetyFacts = asSafetyFacts(trials);
  const feasible = careful ? withinTrustRegion(unit, safetyFacts, request.feasible) : request.feasible;
  const pending = trials.filter(
    ({ state, suggestion: other }) => state === "running" && other !== suggestion,
  );
  const stored = latestStoredFit(trials, suggestion);
  const telling = trials.filter(({ state }) => state === "completed" || state === "pruned").length;
  const refit = stored === null || refitIsDue(stored.observations, telling);
  const warm = stored === null ? null : { logHyperparameters: stored.objective, refit };
  const model = objectiveModel(unit, trials, context.direction, "smooth", {
    warm,
    spare: pending.length + 1,
    outputWarp,
    draw: new RandomSource({ seed: context.seed, index: suggestion, stream: "hyperparameters" }),
  });
  const limits = constraintModels(unit, safetyFacts, context.constraintCount, stored?.constraints, refit);

  const order = model === null ? [] : safestBestFirst(model, limits);
  let worth: Worth | null = null;
  if (model !== null) {
    const believed = believePending(unit, model, pending, limits);
    worth =
      context.constraintCount > 0
        ? improvementOver(model, order[0]!, believed)
        : worthOfWalks(model, order, believed);
  }
  const acquisition = new Acquisition(worth, limits);
  const { point, value } = maximizeAcquisition({
    unit,
    acquisition,
    feasible: awayFrom(unit, pending, feasible),
    centres: centres(unit, model, order),
    source: new RandomSource({ seed: context.seed, index: suggestion, stream: "gaussian-process" }),
  });
  const fit: StoredFit = {
    observations: refit ? telling : stored.observations,
    objective: model === null ? new Float64Array() : toLog(model.posterior.hyperparameters),
    constraints: new Map(limits.map(({ index, posterior }) => [index, toLog(posterior.hyperparameters)])),
  };
  return {
    parameters: decode(unit, point),
    bookkeeping: storeFit(fit),
    note: describe(model, limits, point, value),
  };
}

/** Every walk up to 60 of them, then each time the data has grown by a twelfth. */
function refitIsDue(fitted: number, observations: number): boolean {
  return observations <= 60 || observations >= fitted + Math.ceil(fitted / 12);
}

/** Rows of the model by posterior mean, best first, those probably outside a limit last. */
function safestBestFirst(
  { observations, means }: ObjectiveModel,
  limits: readonly ConstraintModel[],
): number[] {
  const { size } = observations.shape;
  const unsafe = Array.from(means, (_, i) =>
    probablyHolds(limits, observations.x.subarray(i * size, (i + 1) * size)) ? 0 : 1,
  );
  return Array.from(means, (_, i) => i).sort(
    (a, b) => unsafe[a]! - unsafe[b]! || means[b]! - means[a]! || a - b,
  );
}

function probablyHolds(limits: readonly ConstraintModel[], point: Float64Array): boolean {
  return logSafety(limits, point) >= Math.log(0.5);
}

/** A pending walk as the model takes it. */
interface Believed {
  readonly row: number;
  readonly point: Float64Array;
  readonly mean: number;
}

/**
 * Takes pending walks at their predicted outcomes. Those that probably hold may be the best: left out, what promises much
 * would be suggested again for as long as it is pending.
 */
function believePending(
  unit: UnitSpace,
  { posterior }: ObjectiveModel,
  pending: readonly ObservedTrial[],
  limits: readonly ConstraintModel[],
): Believed[] {
  const believed: Believed[] = [];
  for (const trial of pending) {
    const point = encode(unit, trial.parameters);
    const mean = posterior.mean(point);
    const row = posterior.size;
    posterior.condition(point, mean, 0);
    if (posterior.size > row && probablyHolds(limits, point)) believed.push({ row, point, mean });
  }
  return believed;
}

/**
 * By how much walks are expected to raise the best estimate. Where there are no limits every row may be recommended.
 *
 * @param order rows, best first
 */
function worthOfWalks(
  { observations, posterior }: ObjectiveModel,
  order: readonly number[],
  believed: readonly Believed[],
): KnowledgeGradient {
  const rows = [...order.slice(0, CANDIDATES), ...believed.map(({ row }) => row)];
  const withinWholeWalk = observations.knownVariance.reduce((a, b) => Math.min(a, b));
  return new KnowledgeGradient(posterior, rows, posterior.hyperparameters.noise + withinWholeWalk);
}

/**
 * What a point could gain over the incumbent: the model's best estimate, of a row or of a pending walk, not the luckiest observation, which with
 * noise is too good to be improved on. The incumbent's own value is not known either, and beside it the two rise and fall together: so the function is taken as known there, at its estimate, which leaves
 * the predicted means as they are and takes from each variance what is shared with the incumbent. Without it a noisy search keeps walking
 * beside its incumbent, where there is much uncertainty and nothing to gain (B. Letham et al., "Constrained Bayesian optimization with
 * noisy experiments", Bayesian Analysis 14, 2019, with one fantasy, the mean).
 */
function improvementOver(
  { observations, means, posterior }: ObjectiveModel,
  row: number,
  believed: readonly Believed[],
): ExpectedImprovement {
  const { size } = observations.shape;
  let best: Pick<Believed, "point" | "mean"> = {
    point: observations.x.slice(row * size, (row + 1) * size),
    mean: means[row]!,
  };
  for (const { point, mean } of believed) if (mean > best.mean) best = { point, mean };
  posterior.assume(best.point, best.mean);
  return new ExpectedImprovement(posterior, best.mean + MARGIN);
}

/** So far a suggestion stays from every pending walk in some continuous coordinate, as a share of the range. */
const APART = 0.01;

/** The predicate without what is being walked just now: to a model that is sure of its best place nothing else is worth a walk. */
function awayFrom(unit: UnitSpace, pending: readonly ObservedTrial[], feasible: Feasibility): Feasibility {
  const continuous = unit.dimensions.flatMap(({ kind }, index) => (kind === "continuous" ? [index] : []));
  // Of a few levels all may be pending.
  if (pending.length === 0 || continuous.length === 0) return feasible;
  const places = pending.map(({ parameters }) => encode(unit, parameters));
  const apart = (parameters: ParameterSet): boolean => {
    if (!feasible(parameters)) return false;
    const point = encode(unit, parameters);
    return places.every((place) => continuous.some((j) => Math.abs(place[j]! - point[j]!) > APART));
  };
  const { region } = feasible;
  return region === undefined ? apart : Object.assign(apart, { region });
}

/** The best few distinct places walked. */
function centres(unit: UnitSpace, model: ObjectiveModel | null, order: readonly number[]): Float64Array[] {
  const found = new Map<string, Float64Array>();
  for (const row of order) {
    if (found.size === CENTRES || model === null) break;
    const { parameters } = model.observations.trials[row]!;
    const key = parameterKey(parameters);
    if (!found.has(key)) found.set(key, encode(unit, parameters));
  }
  return [...found.values()];
}

function describe(
  model: ObjectiveModel | null,
  limits: readonly ConstraintModel[],
  point: Float64Array,
  value: number,
): string {
  const parts: string[] = [];
  if (model !== null) {
    const { observations, posterior } = model;
    const prediction = posterior.prediction();
    posterior.predict(point, prediction);
    const mean = observations.toReward(prediction.mean);
    const half = Math.sqrt(prediction.variance);
    const width =
      observations.toReward(prediction.mean + half) - observations.toReward(prediction.mean - half);
    const deviation = 0.5 * Math.abs(width);
    parts.push(`expects ${short(mean)} ± ${short(deviation)}`, `log worth ${short(value)}`);
  } else parts.push("no walk has a reward yet: looks for safe ground");
  if (limits.length > 0) parts.push(`P(safe) ${Math.exp(logSafety(limits, point)).toFixed(2)}`);
  return parts.join(", ");
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
