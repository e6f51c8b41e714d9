/** Studies in Optuna's tables, whatever database holds them. */
import type { Kysely } from "kysely";
import { fail } from "../errors.ts";
import type { JsonValue } from "../optimizer/trial.ts";
import { championSection, noteAttributes, readNote, withSection } from "./champion-note.ts";
import { inferDefinition } from "./inferred-definition.ts";
import type { OptunaTables } from "./optuna-schema.ts";
import { stringifyPython } from "./python-json.ts";
import { readDistributions, readTrials } from "./read-trials.ts";
import type { Storage, StudySummary } from "./storage.ts";
import type { Estimate } from "./study-document.ts";
import {
  describeStudy,
  extendConstraints,
  insertStudy,
  setStudyAttribute,
  studyAttribute,
  studyId,
  systemAttributes,
} from "./study-rows.ts";
import { PREFIX } from "./trial-attributes.ts";
import {
  type NewTrial,
  RUNNING,
  type StudyDefinition,
  type TrialEnd,
  type TrialRecord,
  type TrialReport,
} from "./trial-record.ts";
import { isFinished } from "./trial-rows.ts";
import { insertEnd, insertReport, insertTrial, replaceReport, setRungs, type Work } from "./write-trial.ts";

/** What the databases differ in. */
export interface StorageBackend {
  readonly location: string;
  readonly database: Kysely<OptunaTables>;
  /** Our own table exists; not so in a file of Optuna's that we only read. */
  readonly hasReports: boolean;
  /** A failure of the database as a catalogued error. */
  translate(error: unknown): unknown;
  /** Called before every write. @throws when what would be written were lost */
  beforeWrite?(): void;
  /** Called after a trial has ended, when nobody waits: the moment for slow housekeeping. */
  betweenTrials(): void;
  close(): Promise<void>;
}

interface KnownStudy {
  readonly id: number;
  /** Null for a study of another program. */
  readonly definition: StudyDefinition | null;
}

export class SqlStorage implements Storage {
  readonly #backend: StorageBackend;
  /** Definitions hardly ever change, so each is read once. */
  readonly #known = new Map<string, KnownStudy>();
  /** Database ids of running trials, by study and number. */
  readonly #running = new Map<string, number>();

  constructor(backend: StorageBackend) {
    this.#backend = backend;
  }

  get location(): string {
    return this.#backend.location;
  }

  studies(): Promise<StudySummary[]> {
    return this.#read(async (work) => {
      const rows = await work
        .selectFrom("studies")
        .leftJoin("trials", "trials.study_id", "studies.study_id")
        .select(({ fn }) => ["studies.study_name as name", fn.count<number>("trials.trial_id").as("trials")])
        .groupBy(["studies.study_id", "studies.study_name"])
        .orderBy("studies.study_id")
        .execute();
      return rows.map(({ name, trials }) => ({ name, trials: Number(trials) }));
    });
  }

  createStudy(definition: StudyDefinition): Promise<void> {
    return this.#write(async (work) => {
      if ((await studyId(work, definition.name)) !== null)
        fail("STUDY_MISMATCH", {
          what: `there is already a study "${definition.name}"`,
          where: this.location,
          remedy: "Continue that one, or give the new study another name with --study.",
        });
      await insertStudy(work, definition);
    });
  }

  redefineStudy(definition: StudyDefinition): Promise<void> {
    return this.#write(async (work) => {
      const known = await this.#require(work, definition.name);
      const trial = await work
        .selectFrom("trials")
        .where("study_id", "=", known.id)
        .select("trial_id")
        .executeTakeFirst();
      if (trial !== undefined || known.definition === null)
        fail("STUDY_MISMATCH", {
          what: `study "${definition.name}" ${trial === undefined ? "was made by another program" : "has trials"} and keeps its definition`,
          where: this.location,
          remedy: "Give the new study another name with --study.",
        });
      await describeStudy(work, known.id, definition);
    });
  }

  async addConstraints(study: string, names: readonly string[]): Promise<void> {
    await this.#write(async (work) => {
      const { id, definition } = await this.#continuable(work, study);
      await extendConstraints(work, id, definition, names);
    });
    this.#known.delete(study);
  }

  study(name: string): Promise<StudyDefinition | null> {
    return this.#read(async (work) => {
      const known = await this.#find(work, name);
      if (known === null) return null;
      return known.definition ?? (await this.#infer(work, name, known.id));
    });
  }

  trials(study: string): Promise<TrialRecord[]> {
    return this.#read(async (work) => {
      const { id } = await this.#require(work, study);
      return readTrials(work, id, this.#backend.hasReports);
    });
  }

  startTrial(study: string, trial: NewTrial): Promise<TrialRecord> {
    return this.#write(async (work) => {
      const { id, definition } = await this.#continuable(work, study);
      const started = await insertTrial(work, id, definition, trial);
      return { ...RUNNING, ...trial, ...started };
    }).then(({ trial_id, ...record }) => {
      this.#running.set(`${study}/${record.number}`, trial_id);
      return record;
    });
  }

  addReport(study: string, trial: number, report: TrialReport): Promise<void> {
    return this.#write(async (work) => {
      const trial_id = await this.#runningTrial(work, study, trial);
      if (trial_id !== null) await insertReport(work, trial_id, report);
    });
  }

  replaceReport(study: string, trial: number, report: TrialReport): Promise<void> {
    return this.#write(async (work) => {
      const trial_id = await this.#runningTrial(work, study, trial);
      if (trial_id !== null) await replaceReport(work, trial_id, report);
    });
  }

  setRungs(study: string, trial: number, rungs: readonly number[]): Promise<void> {
    return this.#write(async (work) => {
      const trial_id = await this.#runningTrial(work, study, trial);
      if (trial_id !== null) await setRungs(work, trial_id, rungs);
    });
  }

  async finishTrial(study: string, trial: number, end: TrialEnd): Promise<void> {
    await this.#write(async (work) => {
      const { definition } = await this.#require(work, study);
      const trial_id = await this.#runningTrial(work, study, trial);
      if (trial_id !== null) await insertEnd(work, trial_id, end, definition?.constraintNames.length ?? null);
    });
    this.#running.delete(`${study}/${trial}`);
    await this.#translated(Promise.resolve().then(() => this.#backend.betweenTrials()));
  }

  setChampion(study: string, champion: Estimate): Promise<void> {
    return this.#write(async (work) => {
      const { id, definition } = await this.#require(work, study);
      const json = stringifyPython(champion);
      const stored = await studyAttribute(work, "study_user_attributes", id, `${PREFIX}champion`);
      if (definition === null || (stored !== undefined && stringifyPython(stored) === json)) return;
      await setStudyAttribute(work, "study_user_attributes", id, `${PREFIX}champion`, champion);
      const attributes = await systemAttributes(work, id);
      const note = withSection(readNote(attributes), championSection(champion, definition));
      const version = Number(attributes.get("dashboard:note_ver") ?? 0) + 1;
      for (const [key, value] of noteAttributes(note, version, attributes))
        await setStudyAttribute(work, "study_system_attributes", id, key, value);
    });
  }

  attribute(study: string, key: string): Promise<JsonValue | undefined> {
    return this.#read(async (work) => {
      const { id } = await this.#require(work, study);
      return studyAttribute(work, "study_user_attributes", id, PREFIX + key);
    });
  }

  setAttribute(study: string, key: string, value: JsonValue): Promise<void> {
    return this.#write(async (work) => {
      const { id } = await this.#require(work, study);
      await setStudyAttribute(work, "study_user_attributes", id, PREFIX + key, value);
    });
  }

  close(): Promise<void> {
    return this.#backend.close();
  }

  /** @returns the trial's database id, or null when it has finished */
  async #runningTrial(work: Work, study: string, number: number): Promise<number | null> {
    const key = `${study}/${number}`;
    let id = this.#running.get(key);
    if (id === undefined) {
      const { id: study_id } = await this.#require(work, study);
      const row = await work
        .selectFrom("trials")
        .where("study_id", "=", study_id)
        .where("number", "=", number)
        .select("trial_id")
        .executeTakeFirst();
      if (row === undefined)
        return fail("INTERNAL", { what: `study "${study}" has no trial ${number}`, where: this.location });
      id = row.trial_id;
      this.#running.set(key, id);
    }
    const row = await work
      .selectFrom("trials")
      .where("trial_id", "=", id)
      .select("state")
      .executeTakeFirstOrThrow();
    return isFinished(row.state) ? null : id;
  }

  async #require(work: Work, name: string): Promise<KnownStudy> {
    return (
      (await this.#find(work, name)) ??
      fail("STUDY_UNKNOWN", { what: `there is no study "${name}"`, where: this.location })
    );
  }

  /** A study of ours. @throws STUDY_MISMATCH for another program's: it lacks what a walk needs */
  async #continuable(work: Work, name: string): Promise<{ id: number; definition: StudyDefinition }> {
    const { id, definition } = await this.#require(work, name);
    if (definition !== null) return { id, definition };
    return fail("STUDY_MISMATCH", {
      what: `study "${name}" was made by another program and cannot be continued`,
      where: this.location,
      remedy: "Start a study of its own with --study.",
    });
  }

  async #find(work: Work, name: string): Promise<KnownStudy | null> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const id = await studyId(work, name);
    if (id === null) return null;
    const definition = await studyAttribute(work, "study_user_attributes", id, `${PREFIX}definition`);
    const found = { id, definition: (definition as unknown as StudyDefinition | undefined) ?? null };
    this.#known.set(name, found);
    return found;
  }

  async #infer(work: Work, name: string, id: number): Promise<StudyDefinition> {
    const directions = await work
      .selectFrom("study_directions")
      .where("study_id", "=", id)
      .select("direction")
      .execute();
    if (directions.length !== 1)
      fail("STORE_UNREADABLE", {
        what: `study "${name}" has ${directions.length} objectives; gaitsmith reads studies with one`,
        where: this.location,
      });
    const metrics = (await systemAttributes(work, id)).get("study:metric_names");
    return inferDefinition({
      name,
      direction: directions[0]?.direction === "MAXIMIZE" ? "maximize" : "minimize",
      metric: Array.isArray(metrics) ? String(metrics[0]) : "",
      trials: await readTrials(work, id, this.#backend.hasReports),
      distributions: await readDistributions(work, id),
    });
  }

  /** One snapshot, whatever others write meanwhile. */
  #read<T>(action: (work: Work) => Promise<T>): Promise<T> {
    return this.#translated(this.#backend.database.transaction().setAccessMode("read only").execute(action));
  }

  /** All or nothing; on disk when it resolves. */
  async #write<T>(action: (work: Work) => Promise<T>): Promise<T> {
    this.#backend.beforeWrite?.();
    return this.#translated(this.#backend.database.transaction().execute(action));
  }

  async #translated<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw this.#backend.translate(error);
    }
  }
}
