/**
 * What can be concluded from a study beside its champion: which parameters matter, whether a range is too narrow, whether it is
 * worth going on. In the words and units of its document. Takes time: not for the service's own thread, nor a station.
 */
import { parameterImportance } from "../optimizer/conclusions/importance.ts";
import { type EdgeWarning, edgeWarnings } from "../optimizer/conclusions/range-edges.ts";
import { type StoppingAdvice, stoppingAdvice } from "../optimizer/conclusions/stopping-advice.ts";
import type { StudyModel } from "../optimizer/conclusions/study-model.ts";
import type { Parameter, ParameterSet } from "../optimizer/search-space.ts";

export interface EdgeDocument {
  readonly parameter: string;
  readonly side: "low" | "high";
  readonly bound: number;
  /** The champion's value. */
  readonly value: number;
  readonly champion_there: boolean;
  /** Of the reward, a tenth of the range beyond the champion, by the model's slope. */
  readonly improvement: number;
  readonly best_there: number;
  readonly best: number;
  readonly safety: number;
  readonly words: string;
}

export interface StoppingDocument {
  readonly verdict: StoppingAdvice["verdict"];
  readonly expected_gain: number;
  readonly next: ParameterSet;
  readonly regret_bound: number;
  readonly walk_noise: number;
  readonly champion_deviation: number;
  readonly words: string;
}

/** A gait that is estimated better than the champion, and was passed over because it may well fall. */
export interface PassedOverDocument {
  /** Number of its first walk. */
  readonly trial: number;
  readonly mean: number;
  /** Probability that its next walk stays inside every limit. */
  readonly holds: number;
  readonly words: string;
}

export interface StudyConclusions {
  /** Share of each parameter, by PED-ANOVA, the most important first; they sum to 1. Empty where nothing can be told. */
  readonly importance: Readonly<Record<string, number>>;
  readonly edge_warnings: readonly EdgeDocument[];
  /** The best of them. */
  readonly passed_over: PassedOverDocument | null;
  /** Null before two gaits were walked to the end. */
  readonly stopping_advice: StoppingDocument | null;
}

/** @param model null where no walk has told of the reward yet */
export function studyConclusions(model: StudyModel | null): StudyConclusions {
  if (model === null) return { importance: {}, edge_warnings: [], passed_over: null, stopping_advice: null };
  const parameters = new Map(model.unit.space.parameters.map((parameter) => [parameter.name, parameter]));
  const advice = stoppingAdvice(model);
  return {
    importance: Object.fromEntries(
      parameterImportance(model).map(({ parameter, importance }) => [parameter, importance]),
    ),
    edge_warnings: edgeWarnings(model).map((warning) => edge(warning, parameters.get(warning.parameter)!)),
    passed_over: passedOver(model),
    stopping_advice: advice === null ? null : stopping(advice),
  };
}

function passedOver({ ranked, direction }: StudyModel): PassedOverDocument | null {
  const [champion] = ranked;
  const best = ranked.find(({ doubtful }) => doubtful);
  if (champion === undefined || champion.doubtful || best === undefined) return null;
  const { mean, holds, trials } = best;
  const sign = direction === "maximize" ? 1 : -1;
  if (!(sign * (mean - champion.mean) > 0)) return null;
  const trial = trials[0]!;
  const words = `the gait of trial ${trial} is estimated better (${short(mean)}), but its next walk stays inside all limits with probability ${holds.toFixed(2)} only`;
  return { trial, mean, holds, words };
}

function edge(warning: EdgeWarning, { unit }: Parameter): EdgeDocument {
  const { parameter, side, bound, value, championThere, improvement, bestThere, best, safety } = warning;
  const end = side === "low" ? "lower" : "upper";
  const measure = unit === "" ? "" : ` ${unit}`;
  const parts = [
    championThere
      ? `${parameter}: the champion's ${short(value)}${measure} lies on the ${end} end of its range (${short(bound)}${measure})`
      : `${parameter}: many of the best lie on the ${end} end of its range (${short(bound)}${measure})`,
    improvement > 0
      ? `the model still improves there, by ${short(improvement)} a tenth of the range further`
      : "the model sees no improvement beyond",
    `${bestThere} of the ${best} best gaits lie there`,
  ];
  const caution =
    safety < 0.9
      ? ` Mind the limits: a walk of the champion stays inside all of them with probability ${safety.toFixed(2)}.`
      : "";
  const words = `${parts.join("; ")}. Consider widening the range.${caution}`;
  return {
    parameter,
    side,
    bound,
    value,
    champion_there: championThere,
    improvement,
    best_there: bestThere,
    best,
    safety,
    words,
  };
}

const ADVICE: Readonly<Record<StoppingAdvice["verdict"], string>> = {
  "go-on": "go on",
  "little-left": "little left to gain",
  "nothing-left": "nothing left to gain that a walk could show",
};

function stopping(advice: StoppingAdvice): StoppingDocument {
  const { verdict, expectedGain, next, regretBound, walkNoise, championDeviation } = advice;
  const words =
    `${ADVICE[verdict]}: the next gait is expected to gain ${short(expectedGain)}${inNoise(expectedGain, walkNoise)}; ` +
    `nothing is likely to beat the best one walked by more than ${short(regretBound)}${inNoise(regretBound, walkNoise)}; ` +
    `the noise of one walk is ${short(walkNoise)}, the champion is known to ${short(championDeviation)}.`;
  return {
    verdict,
    expected_gain: expectedGain,
    next,
    regret_bound: regretBound,
    walk_noise: walkNoise,
    champion_deviation: championDeviation,
    words,
  };
}

/** ` (0.3 of a walk's noise)`, or nothing where there is no noise to compare with. */
function inNoise(value: number, noise: number): string {
  return noise > 0 ? ` (${short(value / noise)} of a walk's noise)` : "";
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
