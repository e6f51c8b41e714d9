/**
 * The definition of a study that another program made, as far as its trials show it: the search space from the
 * distributions, the conditions from which trials have which parameter.
 */
import type { Condition, Parameter, ParameterValue, SearchSpace } from "../optimizer/search-space.ts";
import type { Direction } from "../optimizer/trial.ts";
import { parameterOf } from "./distribution.ts";
import type { StudyDefinition, TrialRecord } from "./trial-record.ts";

export interface ForeignStudy {
  readonly name: string;
  readonly direction: Direction;
  /** From `study:metric_names`, or "". */
  readonly metric: string;
  readonly trials: readonly TrialRecord[];
  /** Every distinct distribution in the order in which it first appears. */
  readonly distributions: readonly { readonly name: string; readonly json: string }[];
}

/** Seed 0, no seed gait, no robot: nothing that could be continued. */
export function inferDefinition(study: ForeignStudy): StudyDefinition {
  const { name, direction, metric, trials } = study;
  const constraints = trials.find((trial) => trial.constraints.length > 0)?.constraints ?? [];
  const unknown = { name: "unknown", options: {} };
  return {
    name,
    direction,
    space: inferSpace(study),
    seedGait: {},
    reward: metric,
    constraintNames: constraints.map((_, index) => String(index)),
    sampler: unknown,
    pruner: unknown,
    seed: 0,
    robotId: "",
    configHash: "",
  };
}

function inferSpace({ distributions, trials }: ForeignStudy): SearchSpace {
  const byName = new Map<string, Parameter>();
  for (const { name, json } of distributions) {
    const parameter = parameterOf(name, json);
    byName.set(name, hull(byName.get(name), parameter));
  }
  // A waiting or running trial may not have all its parameters yet; one added by hand may have none.
  const whole = trials.filter(
    ({ state, parameters }) =>
      (state === "completed" || state === "pruned") && Object.keys(parameters).length > 0,
  );
  const certain: Parameter[] = [];
  const conditional: Parameter[] = [];
  for (const parameter of byName.values()) {
    const when = conditionOf(parameter, [...byName.values()], whole);
    if (when === null) certain.push(parameter);
    else conditional.push({ ...parameter, when });
  }
  return { parameters: [...certain, ...conditional] };
}

/** Optuna lets a range change within a study, but neither the kind nor the choices. */
function hull(known: Parameter | undefined, next: Parameter): Parameter {
  if (known === undefined || known.kind === "categorical" || next.kind === "categorical") return next;
  return { ...next, low: Math.min(known.low, next.low), high: Math.max(known.high, next.high) };
}

/** The parameter always chosen that tells by its value alone whether this one is there. */
function conditionOf(
  parameter: Parameter,
  all: readonly Parameter[],
  trials: readonly TrialRecord[],
): Condition | null {
  const has = (trial: TrialRecord, name: string) => Object.hasOwn(trial.parameters, name);
  if (trials.every((trial) => has(trial, parameter.name))) return null;
  for (const { kind, name } of all) {
    if (kind !== "categorical" || !trials.every((trial) => has(trial, name))) continue;
    const valuesWhere = (there: boolean): Set<ParameterValue> =>
      new Set(
        trials
          .filter((trial) => has(trial, parameter.name) === there)
          .map((trial) => trial.parameters[name] ?? null),
      );
    const [present, absent] = [valuesWhere(true), valuesWhere(false)];
    if (![...present].some((value) => absent.has(value))) return { parameter: name, in: [...present] };
  }
  return null;
}
