/**
 * Whether it is worth walking on: what the next gait is expected to gain over the champion, and what any gait can still gain at
 * most, against the noise of one walk. Advice in numbers; nothing here stops a study.
 *
 * The expected gain is the trend's: what the next gait may have by a value of its own is luck, which the search does not look for
 * either. The bound includes it, so it never falls below what such values may be.
 */
import { Acquisition, logSafety } from "../gaussian-process/acquisition.ts";
import { maximizeAcquisition, type SearchRequest } from "../gaussian-process/acquisition-search.ts";
import { ExpectedImprovement } from "../gaussian-process/expected-improvement.ts";
import { toLog } from "../gaussian-process/fit.ts";
import { logExpectedImprovement } from "../gaussian-process/log-expected-improvement.ts";
import { objectiveModel } from "../gaussian-process/objective-model.ts";
import type { Posterior } from "../gaussian-process/posterior.ts";
import { RandomSource } from "../math/random-source.ts";
import type { Feasibility } from "../sampler.ts";
import type { ParameterSet } from "../search-space.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { decode, encode } from "../space/unit-space.ts";
import { confidence, upperBound } from "./regret-bound.ts";
import type { StudyModel } from "./study-model.ts";

/**
 * - `go-on`: the next gait is expected to gain more than a tenth of the noise of a walk.
 * - `little-left`: it is expected to gain less, but the model does not exclude that something better exists.
 * - `nothing-left`: nothing can be better than the champion by more than the noise of a walk, as far as the model can tell.
 */
export type StoppingVerdict = "go-on" | "little-left" | "nothing-left";

export interface StoppingAdvice {
  readonly verdict: StoppingVerdict;
  /** Expected improvement over the champion of the best further gait, times its probability of holding; reward units, ≥ 0. */
  readonly expectedGain: number;
  /** That gait. */
  readonly next: ParameterSet;
  /** The most that any gait is better than the best one walked, with high probability; reward units, ≥ 0. */
  readonly regretBound: number;
  /** Standard deviation of one full walk, reward units. */
  readonly walkNoise: number;
  /** Standard deviation of the champion's estimate, reward units. */
  readonly championDeviation: number;
}

export interface StoppingOptions {
  /** What the robot can walk; everything unless given, which can only make the gains larger. */
  readonly feasible?: Feasibility;
}

/** Gains below this share of a walk's noise are little. */
const LITTLE = 0.1;
/** A gait that holds less often than not counts for nothing that is left. */
const LEAST_SAFETY = 0.5;
const CENTRES = 3;

/** @returns null without a champion, and while fewer than two gaits were walked to the end */
export function stoppingAdvice(
  model: StudyModel,
  { feasible = () => true }: StoppingOptions = {},
): StoppingAdvice | null {
  const { unit, judge, trend, ranked, limits } = model;
  const champion = ranked[0];
  if (champion === undefined || ranked.length < 2) return null;
  const { spread, sign, center } = judge.observations;
  const request: Omit<SearchRequest, "acquisition"> = {
    unit,
    feasible,
    centres: ranked.slice(0, CENTRES).map(({ params }) => encode(unit, params)),
    source: new RandomSource({ seed: 0, index: model.trials.length, stream: "stopping-advice" }),
  };

  const width = confidence(unit.dimensions.length, ranked.length);
  const most = maximizeAcquisition({
    ...request,
    acquisition: upperBound(judge.posterior, width),
    feasible: (parameters) =>
      feasible(parameters) && logSafety(limits, encode(unit, parameters)) >= Math.log(LEAST_SAFETY),
  }).value;
  const least = Math.max(
    ...ranked.map(({ mean, deviation }) => (sign * mean - center - width * deviation) / spread),
  );

  // The champion's value is uncertain too, and rises and falls with its neighbours': taken as known at its estimate.
  const home = encode(unit, champion.params);
  const posterior = knowing(model, home);
  const threshold = Math.max(trend.posterior.mean(home), (sign * champion.mean - center) / spread);
  const acquisition = new Acquisition(new ExpectedImprovement(posterior, threshold), limits);
  const { point } = maximizeAcquisition({ ...request, acquisition });
  const prediction = posterior.prediction();
  posterior.predict(point, prediction);
  const isChampion = parameterKey(decode(unit, point)) === parameterKey(champion.params);
  const improvement = Math.exp(logExpectedImprovement(prediction.mean, prediction.variance, threshold));
  const expectedGain = isChampion ? 0 : spread * improvement * acquisition.safety(point);
  const regretBound = spread * Math.max(0, most - least);
  const walkNoise = champion.walkDeviation;
  return {
    verdict: verdictOf(expectedGain, regretBound, walkNoise),
    expectedGain,
    next: decode(unit, point),
    regretBound,
    walkNoise,
    championDeviation: champion.deviation,
  };
}

function verdictOf(gain: number, regret: number, noise: number): StoppingVerdict {
  if (regret <= noise) return "nothing-left";
  return gain <= LITTLE * noise ? "little-left" : "go-on";
}

/** The trend's posterior, conditioned on the function having the value at a point that it is estimated to have. */
function knowing({ unit, trials, direction, trend }: StudyModel, point: Float64Array): Posterior {
  const warm = { logHyperparameters: toLog(trend.posterior.hyperparameters), refit: false };
  const { posterior } = objectiveModel(unit, trials, direction, "smooth", { warm, spare: 1 })!;
  posterior.assume(point, posterior.mean(point));
  return posterior;
}
