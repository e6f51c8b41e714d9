/** What is to be put on a robot, where it comes from, and everything that speaks against it. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import { fail } from "../../errors.ts";
import { baseline, championOf } from "../../optimizer/champion.ts";
import type { ParameterSet } from "../../optimizer/search-space.ts";
import { parameterKey } from "../../optimizer/space/parameter-key.ts";
import { type Standing, standings } from "../../optimizer/standings.ts";
import type { Direction } from "../../optimizer/trial.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import { observe } from "../../study/observed-trial.ts";
import type { StudyDefinition, TrialRecord } from "../../study/trial-record.ts";
import { feasibilityOf, gaitParameters } from "../feasibility.ts";
import { type Prediction, predictWalk } from "./prediction.ts";

export interface StoredStudy {
  readonly definition: StudyDefinition;
  readonly trials: readonly TrialRecord[];
}

/** Mean reward with its 95 % interval, from n walks. */
export interface Evidence {
  readonly mean: number;
  readonly ci95: readonly [low: number, high: number];
  readonly n: number;
}

export interface Candidate {
  readonly parameters: ParameterSetOnWire;
  /** "the champion of study "trot"", … */
  readonly words: string;
  readonly study: string | null;
  /** Its first walk in that study. */
  readonly trial: number | null;
  readonly evidence: Evidence | null;
  readonly baseline: Evidence | null;
  /** null: nothing is known of it, or not on this robot. */
  readonly prediction: Prediction | null;
  readonly direction: Direction;
  /** The reward's expression; null: none is known. */
  readonly reward: string | null;
  /** What a person should know before they say yes. */
  readonly warnings: readonly string[];
}

export interface CandidateOptions {
  readonly config: HardwareConfig;
  /** A person's words for why a gait of another robot or body is right for this one; null: it is none. */
  readonly fromAnotherRobot: string | null;
  /** Measured time of the test walk, s. */
  readonly seconds: number;
}

/**
 * The study's champion, or the parameters of one of its trials.
 *
 * @param trial null: the champion
 * @throws STUDY_UNKNOWN without such a trial or champion; APPLY_REFUSED for another robot's, for one that fell, or one that this
 *   robot's config does not allow
 */
export function candidateOf(
  { definition, trials }: StoredStudy,
  trial: number | null,
  options: CandidateOptions,
): Candidate {
  const { config, seconds } = options;
  const { direction, reward, name } = definition;
  const elsewhere = assertOfThisRobot(definition, options);
  const observed = trials.map(observe);
  const ranked = standings(observed, definition.space, direction);
  const params = trial === null ? championParams(ranked, definition) : paramsOf(trials, trial, definition);
  assertUnhurt(params, trials);
  const standing = ranked.find((one) => parameterKey(one.params) === parameterKey(params)) ?? null;
  const estimate = standing === null ? null : championOf([standing], direction);
  const seed = baseline(observed);
  const first = standing?.trials[0] ?? trial;
  return {
    parameters: checkedSet(params, options),
    words: `${trial === null ? "the champion" : `trial ${trial}`} of study "${name}"`,
    study: name,
    trial: first,
    evidence: estimate,
    baseline: seed,
    // Another robot's figures foretell nothing of this one.
    prediction: standing === null || elsewhere ? null : predictWalk(standing, observed, seconds),
    direction,
    reward,
    warnings: [
      ...(elsewhere
        ? [`it was tuned on another robot or with another config: "${options.fromAnotherRobot ?? ""}"`]
        : []),
      ...doubts(estimate, seed, direction),
      ...(config.study !== null && config.study.reward !== reward
        ? [`the study's reward (${reward}) is not the config's (${config.study.reward})`]
        : []),
    ],
  };
}

/** Parameters that a person gives; what they do not name is the seed gait's. */
export function givenCandidate(
  given: Readonly<Record<string, number>>,
  file: string,
  options: CandidateOptions,
): Candidate {
  const { config } = options;
  const unnamed = config.space.parameters.map(({ name }) => name).filter((name) => !(name in given));
  return {
    parameters: checkedSet({ ...config.seedGait, ...given }, options),
    words: `the parameters of ${file}`,
    study: null,
    trial: null,
    evidence: null,
    baseline: null,
    prediction: null,
    direction: config.study?.direction ?? "maximize",
    reward: config.study?.reward ?? null,
    warnings: [
      "no study says how these parameters walk",
      ...(unnamed.length === 0 ? [] : [`not named there, taken from the seed gait: ${unnamed.join(", ")}`]),
    ],
  };
}

/** A set inside the bounds of the config and within the legs' reach. @throws APPLY_REFUSED */
function checkedSet(params: ParameterSet, { config }: CandidateOptions): ParameterSetOnWire {
  const { space, source, gait } = config;
  const values = gaitParameters(config, params);
  for (const parameter of space.parameters) {
    if (parameter.kind === "categorical") continue;
    const { name, low, high, unit } = parameter;
    const value = values[name] ?? Number.NaN;
    if (value >= low && value <= high) continue;
    refuse(
      Number.isNaN(value)
        ? `it has no ${name}`
        : `${name} = ${value} ${unit} is not within ${low} to ${high} ${unit}`.replaceAll("  ", " "),
      `${source.file}, gait.parameters`,
      "Check that study and config belong together.",
    );
  }
  // Another gait's parameters: the robot's own would be left as they are.
  const strange = Object.keys(params).find(
    (name) => !space.parameters.some((one) => one.name === name) && !(name in gait.constants),
  );
  if (strange !== undefined)
    refuse(`the config tunes no ${strange}`, source.file, "Check that study and config belong together.");
  if (!feasibilityOf(config)(params))
    refuse(
      "a foot would leave its reach or a joint its range",
      `${source.file}, gait.body`,
      "Check that study and config describe the same body.",
    );
  return { gait: gait.name, values: Object.entries(values) };
}

/** @returns whether it is another robot's, by a person's word */
function assertOfThisRobot(
  { robotId, configHash, name }: StudyDefinition,
  { config, fromAnotherRobot }: CandidateOptions,
): boolean {
  const other =
    robotId !== config.robot.id
      ? `study "${name}" was made on ${robotId}, this is ${config.robot.id}`
      : configHash !== config.source.hash
        ? `study "${name}" was made with another version of this config: body or limits may differ`
        : null;
  if (other === null) return false;
  if (fromAnotherRobot !== null) return true;
  return refuse(
    other,
    config.source.file,
    'Give the config of that study, or say why the gait is right for this robot: --from-another-robot "…".',
  );
}

function championParams(ranked: readonly Standing[], { direction, name }: StudyDefinition): ParameterSet {
  const best = championOf(ranked, direction);
  if (best !== null) return best.params;
  return fail("STUDY_UNKNOWN", {
    what: `study "${name}" has no champion yet: no walk was completed`,
    remedy: "Tune first, or give --trial or --params.",
  });
}

function paramsOf(trials: readonly TrialRecord[], number: number, { name }: StudyDefinition): ParameterSet {
  const found = trials.find((one) => one.number === number);
  if (found !== undefined) return found.parameters;
  return fail("STUDY_UNKNOWN", {
    what: `study "${name}" has no trial ${number}`,
    where: "--trial",
    remedy: trials.length === 0 ? "Tune first." : `Its trials are 0 to ${trials.length - 1}.`,
  });
}

/** A gait that ever ended a walk by a limit is handed to nobody. */
function assertUnhurt(params: ParameterSet, trials: readonly TrialRecord[]): void {
  const key = parameterKey(params);
  const fallen = trials.find(
    ({ state, parameters }) => state === "aborted" && parameterKey(parameters) === key,
  );
  if (fallen === undefined) return;
  refuse(
    `trial ${fallen.number} walked with these parameters and was aborted: ${fallen.reason?.words ?? ""}`,
    "",
    "Tune on, so that a gait that holds is found.",
  );
}

function doubts(estimate: Evidence | null, seed: Evidence | null, direction: Direction): readonly string[] {
  if (estimate === null) return ["it was never walked to the end"];
  const once = estimate.n < 2 ? ["it was walked once only: nothing has confirmed it"] : [];
  if (seed === null) return [...once, "there is no baseline to compare it with"];
  const better = direction === "maximize" ? estimate.ci95[0] > seed.ci95[1] : estimate.ci95[1] < seed.ci95[0];
  return better ? once : [...once, "not proven better than the seed gait: their intervals overlap"];
}

function refuse(what: string, where: string, remedy: string): never {
  return fail("APPLY_REFUSED", { what, ...(where === "" ? {} : { where }), remedy });
}
