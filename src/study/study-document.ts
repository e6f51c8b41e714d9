/** The one JSON document that `tune --json`, `show --json` and the HTTP API answer with. */
import type { Choice } from "../config/choice.ts";
import type { TrialHealth } from "../config/trial-health.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";
import type { Direction, TrialState } from "../optimizer/trial.ts";
import type { ChoicesInUse } from "./choices-in-use.ts";
import { type Drift, driftOf } from "./drift.ts";
import type { SafetyEvent } from "./safety-events.ts";
import type { PreflightRecord } from "./stored-preflight.ts";
import type { StudyDefinition, TrialRecord } from "./trial-record.ts";

/** An estimate of the true reward of one parameter set. */
export interface Estimate {
  readonly params: ParameterSet;
  readonly mean: number;
  /** 95 % interval of the mean. */
  readonly ci95: readonly [low: number, high: number];
  /** Walks of exactly these parameters behind it. */
  readonly n: number;
}

/** Numbers that JSON has no word for (NaN) are null. */
export interface TrialDocument {
  readonly number: number;
  readonly state: TrialState;
  /** The reason's code: `finished`, `pruner`, a limit's name, … or null while running. */
  readonly outcome: string | null;
  /** The reason in words. */
  readonly reason: string | null;
  readonly params: ParameterSet;
  readonly value: number | null;
  readonly intermediate_values: Readonly<Record<string, number | null>>;
  readonly constraints: readonly number[];
  readonly metrics: Readonly<Record<string, number | null>> | null;
  /** Seconds walked, robot time. */
  readonly duration_s: number;
  readonly recording: string | null;
  readonly role: string;
  readonly suggestion: number;
  readonly attempt: number;
  readonly truncated: boolean;
  readonly note: string;
  /** Covariates of the walk, where somebody saw it. */
  readonly health?: TrialHealth;
}

/** A sampler or pruner, and the first trial it was in charge of. */
export interface UsedFrom {
  readonly name: string;
  readonly from_trial: number;
}

export interface StudyDocument {
  readonly study: string;
  readonly direction: Direction;
  readonly reward: string;
  readonly trials: readonly TrialDocument[];
  readonly champion: Estimate | null;
  readonly baseline: Estimate | null;
  /** The newest drift check: whether the robot is still the one that the study began with. Absent before the first. */
  readonly drift?: Drift;
  readonly robot_time_s: number;
  /** The one in use last. */
  readonly sampler: string;
  readonly pruner: string;
  /** All that were in use, in order; one unless the study was continued with another. */
  readonly samplers: readonly UsedFrom[];
  readonly pruners: readonly UsedFrom[];
  readonly seed: number;
  readonly constraint_names: readonly string[];
  /** Unit of each parameter. */
  readonly units: Readonly<Record<string, string>>;
  /** Latches and clears, oldest first; absent while there were none. */
  readonly safety_events?: readonly SafetyEvent[];
  /** The newest one; absent where nothing had to be looked at, as with a simulated robot in process. */
  readonly preflight?: PreflightRecord;
}

/**
 * @param choices samplers and pruners it was opened with, the first from trial 0 on
 * @param conclusions what the optimiser concludes from the trials; handed in, because estimating fits a model and
 * that is the sampler thread's work
 */
export function studyDocument(
  definition: StudyDefinition,
  choices: readonly ChoicesInUse[],
  trials: readonly TrialRecord[],
  conclusions: { readonly champion: Estimate | null; readonly baseline: Estimate | null },
  preflight: PreflightRecord | null = null,
): StudyDocument {
  const { name, direction, reward, seed, constraintNames, space } = definition;
  // Chosen, but stopped before a trial was started with them: not in use.
  const used = choices.filter(({ from }, index) => index === 0 || from < trials.length);
  const samplers = byName(used, ({ sampler }) => sampler);
  const drift = driftOf(trials);
  const pruners = byName(used, ({ pruner }) => pruner);
  return {
    study: name,
    direction,
    reward,
    trials: trials.map(trialDocument),
    champion: conclusions.champion,
    baseline: conclusions.baseline,
    ...(drift === null ? {} : { drift }),
    robot_time_s: trials.reduce((sum, trial) => sum + trial.walked, 0),
    sampler: samplers.at(-1)?.name ?? definition.sampler.name,
    pruner: pruners.at(-1)?.name ?? definition.pruner.name,
    samplers,
    pruners,
    seed,
    constraint_names: constraintNames,
    units: Object.fromEntries(space.parameters.map((parameter) => [parameter.name, parameter.unit])),
    ...(preflight === null ? {} : { preflight }),
  };
}

/** The same one again, or with other options only, is no other. */
function byName(used: readonly ChoicesInUse[], choice: (one: ChoicesInUse) => Choice): UsedFrom[] {
  return used
    .map((one) => ({ name: choice(one).name, from_trial: one.from }))
    .filter(({ name }, index, all) => name !== all[index - 1]?.name);
}

export function trialDocument(trial: TrialRecord): TrialDocument {
  const { number, state, reason, constraints, recording, role, suggestion, attempt, truncated, note } = trial;
  const last = trial.reports.at(-1)?.metrics ?? null;
  return {
    number,
    state,
    outcome: reason?.code ?? null,
    reason: reason?.words ?? null,
    params: trial.parameters,
    value: plain(trial.value),
    intermediate_values: Object.fromEntries(trial.reports.map(({ step, value }) => [step, plain(value)])),
    constraints,
    metrics:
      last === null
        ? null
        : Object.fromEntries(Object.entries(last).map(([name, value]) => [name, plain(value)])),
    duration_s: trial.walked,
    recording,
    role,
    suggestion,
    attempt,
    truncated,
    note,
    ...(trial.health === undefined ? {} : { health: trial.health }),
  };
}

function plain(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
