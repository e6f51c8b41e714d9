/**
 * What was done to the set that a robot holds, one file each in the robot's state folder: what it held before, what it was given, and
 * how far that came. Written before anything is sent, kept for good; only its history grows.
 */
import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describeError, fail } from "../../errors.ts";
import { makeFolder } from "../../paths.ts";
import type { ParameterSetOnWire } from "../../robot/parameters.ts";
import type { Evidence } from "./candidate.ts";

/**
 * `backed-up`: nothing was sent yet, and nothing was sent when it stays so. `writing`: sent, not read back. `written`: read back and
 * right. `tested`: walked. `kept`, `reverted`: over. `reverting`: the set from before is on its way back. `unreverted`: that failed.
 */
export type BackupState =
  | "backed-up"
  | "dry-run"
  | "writing"
  | "written"
  | "tested"
  | "kept"
  | "reverting"
  | "reverted"
  | "unreverted";

/** The robot may hold something that nobody decided on. */
const UNFINISHED: readonly BackupState[] = ["writing", "written", "tested", "reverting", "unreverted"];

export interface Backup {
  readonly version: 1;
  /** Names its file. */
  readonly id: string;
  readonly kind: "apply" | "revert";
  /** ISO 8601 */
  readonly at: string;
  readonly by: string;
  readonly robot: { readonly id: string; readonly firmware: string };
  readonly config: { readonly file: string; readonly hash: string };
  /** null: the robot held none. */
  readonly before: ParameterSetOnWire | null;
  readonly proposed: ParameterSetOnWire;
  /** "the champion of study "trot"" */
  readonly words: string;
  readonly store: string | null;
  readonly study: string | null;
  readonly trial: number | null;
  readonly evidence: Evidence | null;
  readonly fromAnotherRobot: string | null;
  /** Of a `revert`: the backup that it took back. */
  readonly of: string | null;
  /** The proposed set outlives power-off; null: not decided. */
  readonly stored: boolean | null;
  readonly state: BackupState;
  readonly history: readonly { readonly state: BackupState; readonly at: string; readonly words: string }[];
}

export type NewBackup = Omit<Backup, "version" | "id" | "at" | "state" | "history" | "stored">;

export function isUnfinished({ state }: Pick<Backup, "state">): boolean {
  return UNFINISHED.includes(state);
}

/** The robot's own folder of state. */
export function backupFolder(stateDir: string): string {
  return join(stateDir, "applied");
}

export function backupPath(stateDir: string, id: string): string {
  return join(backupFolder(stateDir), `${id}.json`);
}

/** @throws BACKUP_FAILED */
export class BackupFile {
  readonly #stateDir: string;
  readonly #now: () => Date;
  #backup: Backup;

  private constructor(stateDir: string, now: () => Date, backup: Backup) {
    this.#stateDir = stateDir;
    this.#now = now;
    this.#backup = backup;
  }

  /** On the disk when this returns; no file is ever overwritten. */
  static create(stateDir: string, fields: NewBackup, now: () => Date): BackupFile {
    const at = now().toISOString();
    const state: BackupState = "backed-up";
    for (let copy = 0; ; copy++) {
      const id = at.replaceAll(":", "-") + (copy === 0 ? "" : `-${copy}`);
      const history = [{ state, at, words: "" }];
      const backup: Backup = { version: 1, id, at, ...fields, stored: null, state, history };
      try {
        makeFolder(backupFolder(stateDir));
        writeThrough(backupPath(stateDir, id), backup, "wx");
        return new BackupFile(stateDir, now, backup);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") unwritten(backupPath(stateDir, id), error);
      }
    }
  }

  /** An earlier one, to go on with. */
  static open(stateDir: string, backup: Backup, now: () => Date): BackupFile {
    return new BackupFile(stateDir, now, backup);
  }

  get backup(): Backup {
    return this.#backup;
  }

  get path(): string {
    return backupPath(this.#stateDir, this.#backup.id);
  }

  /** On the disk when this returns. What the robot held and was given stays as it is. */
  enter(state: BackupState, words = "", change: Partial<Pick<Backup, "stored">> = {}): void {
    const entry = { state, at: this.#now().toISOString(), words };
    const backup = { ...this.#backup, ...change, state, history: [...this.#backup.history, entry] };
    try {
      writeThrough(`${this.path}.part`, backup, "w");
      renameSync(`${this.path}.part`, this.path);
    } catch (error) {
      unwritten(this.path, error);
    }
    this.#backup = backup;
  }
}

/** Newest first. @throws BACKUP_FAILED for one that cannot be read: nothing is guessed about what a robot holds */
export function readBackups(stateDir: string): readonly Backup[] {
  const folder = backupFolder(stateDir);
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
  return names.map((name) => readBackup(join(folder, name))).sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** @throws BACKUP_FAILED */
export function readBackup(path: string): Backup {
  try {
    const read = JSON.parse(readFileSync(path, "utf8")) as Backup;
    if (read.version !== 1 || !isSet(read.proposed) || !(read.before === null || isSet(read.before)))
      throw new Error("it is no backup of a parameter set");
    return read;
  } catch (error) {
    return fail("BACKUP_FAILED", {
      what: `a backup cannot be read: ${describeError(error)}`,
      where: path,
      remedy: "Look at the file; move it away if it is damaged.",
      cause: error,
    });
  }
}

/** The newest one that left the robot with something that nobody decided on. */
export function unfinishedOf(backups: readonly Backup[]): Backup | null {
  const newest = backups.find(({ state }) => state !== "backed-up" && state !== "dry-run");
  return newest !== undefined && isUnfinished(newest) ? newest : null;
}

/** The one whose `before` is the set from before the newest change: an unfinished one, or one that was kept. */
export function newestChange(backups: readonly Backup[]): Backup | null {
  const newest = backups.find((one) => isUnfinished(one) || one.state === "kept") ?? null;
  // A revert that was not finished is done again; what it found on the robot is not what was there before.
  if (newest === null || newest.kind === "apply" || newest.state === "kept") return newest;
  return backups.find(({ id }) => id === newest.of) ?? newest;
}

function isSet(value: unknown): value is ParameterSetOnWire {
  const { gait, values } = (value ?? {}) as Partial<ParameterSetOnWire>;
  return typeof gait === "string" && Array.isArray(values);
}

function writeThrough(path: string, backup: Backup, flags: "w" | "wx"): void {
  const file = openSync(path, flags);
  try {
    writeSync(file, `${JSON.stringify(backup, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function unwritten(path: string, error: unknown): never {
  return fail("BACKUP_FAILED", {
    what: `the backup cannot be written: ${describeError(error)}`,
    where: path,
    remedy: "See that there is room on the disk and that you may write to the folder, then try again.",
    cause: error,
  });
}
