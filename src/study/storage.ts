import type { JsonValue } from "../optimizer/trial.ts";
import type { Estimate } from "./study-document.ts";
import type { NewTrial, StudyDefinition, TrialEnd, TrialRecord, TrialReport } from "./trial-record.ts";

export interface StudySummary {
  readonly name: string;
  readonly trials: number;
}

/**
 * Where studies are kept. One implementation per database; all pass `conformance/storage.ts`.
 *
 * The contract: when a method resolves, what it wrote survives the death of the process. Finished trials never
 * change. Numbers are consecutive from 0 within a study. A file is held by one service at a time: opening it for
 * writing a second time fails with STORE_BUSY naming the holder; readers are always welcome.
 */
export interface Storage {
  /** The path or address a person typed. */
  readonly location: string;
  studies(): Promise<StudySummary[]>;
  createStudy(definition: StudyDefinition): Promise<void>;
  /**
   * Gives a study in which nothing has been walked another definition: the config had a mistake.
   * @throws STUDY_MISMATCH when it has trials, or was made by another program
   */
  redefineStudy(definition: StudyDefinition): Promise<void>;
  /**
   * Limits that were added since the study began: its names of constraints become `names`, and every finished trial says that
   * it never came near the new ones (−1).
   * @throws INTERNAL when `names` do not begin with the study's own, STUDY_MISMATCH when it was made by another program
   */
  addConstraints(study: string, names: readonly string[]): Promise<void>;
  /** @returns the definition, or null when there is no study of that name */
  study(name: string): Promise<StudyDefinition | null>;
  /** All trials in order of number. */
  trials(study: string): Promise<TrialRecord[]>;
  /** Stores a running trial and gives it its number. */
  startTrial(study: string, trial: NewTrial): Promise<TrialRecord>;
  /** A second report of the same step is ignored. */
  addReport(study: string, trial: number, report: TrialReport): Promise<void>;
  /**
   * Puts a report in place of the running trial's one of the same step: what it lacked has become known after the walk, as
   * the distance that a person measures. A report of a finished trial stays as it is.
   * @throws INTERNAL when the trial has no report of that step
   */
  replaceReport(study: string, trial: number, report: TrialReport): Promise<void>;
  /**
   * Values at the rungs that a running trial has reached, lowest first, those stored before included: Optuna's
   * `completed_rung_0`, `completed_rung_1`, …
   */
  setRungs(study: string, trial: number, rungs: readonly number[]): Promise<void>;
  /** Stores the constraints before the state changes; finishing a finished trial again changes nothing. */
  finishTrial(study: string, trial: number, end: TrialEnd): Promise<void>;
  /** The parameter set we would hand over now: a study attribute and a note that Optuna's dashboard shows. */
  setChampion(study: string, champion: Estimate): Promise<void>;
  attribute(study: string, key: string): Promise<JsonValue | undefined>;
  setAttribute(study: string, key: string, value: JsonValue): Promise<void>;
  close(): Promise<void>;
}
