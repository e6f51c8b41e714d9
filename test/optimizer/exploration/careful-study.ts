/** Studies that explore carefully, on a function with a cliff, and the rule read a second way: from the values themselves. */
import { createSampler } from "../../../src/optimizer/catalogue.ts";
import {
  carefulFeasibility,
  type Exploring,
} from "../../../src/optimizer/exploration/careful-feasibility.ts";
import type { Feasibility } from "../../../src/optimizer/sampler.ts";
import type { Parameter, ParameterSet, SearchSpace } from "../../../src/optimizer/search-space.ts";
import { unitSpace } from "../../../src/optimizer/space/unit-space.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";

export interface CarefulStudy {
  readonly space: SearchSpace;
  readonly seedGait: ParameterSet;
  readonly sampler: string;
  readonly seed: number;
  readonly trials: number;
  /** Null: anywhere. */
  readonly rule: Exploring | null;
  /** Reward of a set, or null where the robot falls. */
  readonly walk: (parameters: ParameterSet, suggestion: number) => number | null;
  readonly feasible?: Feasibility;
}

/** The trials of a study whose first one walks the seed gait. @param each called before each suggestion is walked */
export function carefulStudy(
  { space, seedGait, sampler: name, seed, trials: count, rule, walk, feasible = () => true }: CarefulStudy,
  each: (parameters: ParameterSet, trials: readonly ObservedTrial[]) => void = () => {},
): ObservedTrial[] {
  const context = { space, direction: "maximize", seed, constraintCount: 1, start: seedGait } as const;
  const trials = [toldTrial(0, "seed-gait", seedGait, walk(seedGait, 0), null)];
  for (let suggestion = 1; suggestion < count; suggestion++) {
    const question = { unit: unitSpace(space), trials, suggestion, seedGait, elsewhere: feasible };
    const allowed = rule === null ? feasible : carefulFeasibility(rule, question);
    // A fresh sampler each time: what a killed study would ask.
    const { parameters, bookkeeping } = createSampler(name, {}, context).ask({
      trials,
      suggestion,
      feasible: allowed,
    });
    each(parameters, trials);
    trials.push(toldTrial(suggestion, "suggested", parameters, walk(parameters, suggestion), bookkeeping));
  }
  return trials;
}

function toldTrial(
  number: number,
  role: ObservedTrial["role"],
  parameters: ParameterSet,
  value: number | null,
  bookkeeping: ObservedTrial["bookkeeping"],
): ObservedTrial {
  return {
    number,
    suggestion: number,
    role,
    state: value === null ? "aborted" : "completed",
    parameters,
    reports: value === null ? [] : [{ step: 1, value, time: 9 }],
    value,
    constraints: [value === null ? 1.5 : -0.5],
    breached: value === null ? 0 : null,
    walked: value === null ? 3 : 10,
    bookkeeping,
  };
}

/** What breaks the rule, in words; null: nothing. */
export function violation(
  { parameters: all }: SearchSpace,
  seedGait: ParameterSet,
  rule: Exploring,
  suggested: ParameterSet,
  trials: readonly ObservedTrial[],
): string | null {
  const before = trials.filter(({ role }) => role === "suggested").length;
  if (rule.start !== null && before < rule.start.trials) {
    const { within } = rule.start;
    const far = all.find((parameter) => difference(parameter, seedGait, suggested) > within + 1e-6);
    return far === undefined ? null : `${far.name} is far from the seed gait in trial ${trials.length}`;
  }
  const safe = [
    seedGait,
    ...trials.filter(({ state }) => state === "completed").map(({ parameters }) => parameters),
  ];
  const isNear = (place: ParameterSet): boolean => {
    const choices = all.filter(
      (parameter) => parameter.kind === "categorical" && difference(parameter, place, suggested) > 0,
    );
    const numbers = all.filter(({ kind }) => kind !== "categorical");
    return (
      choices.length <= 1 &&
      numbers.every(
        (parameter) =>
          difference(parameter, place, suggested) <= rule.maxChange + 1e-6 ||
          isNextLevel(parameter, place, suggested),
      )
    );
  };
  return safe.some(isNear) ? null : `${JSON.stringify(suggested)} is far from everything safe`;
}

/** As a share of the range; a choice is 0 or 1 away, a parameter that one of the sets lacks is in the middle. */
function difference(parameter: Parameter, a: ParameterSet, b: ParameterSet): number {
  if (b[parameter.name] === undefined) return 0;
  if (parameter.kind === "categorical") return a[parameter.name] === b[parameter.name] ? 0 : 1;
  return Math.abs(share(parameter, a[parameter.name]) - share(parameter, b[parameter.name]));
}

function share(parameter: Parameter, value: ParameterSet[string] | undefined): number {
  if (value === undefined || parameter.kind === "categorical") return 0.5;
  const { low, high, log } = parameter;
  const scale = (x: number): number => (log ? Math.log(x) : x);
  return (scale(Number(value)) - scale(low)) / (scale(high) - scale(low));
}

function isNextLevel(parameter: Parameter, a: ParameterSet, b: ParameterSet): boolean {
  if (parameter.kind === "categorical" || parameter.step === null) return false;
  return Math.abs(Number(a[parameter.name]) - Number(b[parameter.name])) <= parameter.step + 1e-9;
}
