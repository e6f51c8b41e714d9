/** Studies in one SQLite file. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { Kysely } from "kysely";
import { fail } from "../errors.ts";
import { nodeSqliteDialect } from "./node-sqlite-dialect.ts";
import {
  OPTUNA_SCHEMA,
  OPTUNA_VERSION_INFO,
  type OptunaTables,
  SQLITE_OWN_TABLE,
  SQLITE_SCHEMA,
} from "./optuna-schema.ts";
import { SqlStorage } from "./sql-storage.ts";
import { CANNOT_OPEN, primaryCode, READ_ONLY, sqliteFailure } from "./sqlite-failure.ts";
import type { Storage } from "./storage.ts";
import { type StoreLock, takeStoreLock } from "./store-lock.ts";
import { StoreReserve } from "./store-reserve.ts";

export interface SqliteStorageOptions {
  /** `write` creates a missing file and holds it until it is closed; `read` disturbs nobody. */
  readonly mode: "read" | "write";
  /** Page of this service, shown to a second one that is refused. */
  readonly address?: string;
  /** Largest size of the file, bytes; beyond it the disk counts as full. */
  readonly maximumSize?: number;
  /** How long a write waits for another program's, ms. */
  readonly busyTimeout?: number;
}

export interface SqliteStorage extends Storage {
  /** Makes this service's page known to a second one that is refused. */
  announce(address: string): void;
}

const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens a study file.
 *
 * @throws STORE_UNREADABLE (no such file, no database, another schema, read-only), STORE_BUSY (held by another
 * service), STORE_FAILED
 */
export async function openSqliteStorage(
  location: string,
  options: SqliteStorageOptions,
): Promise<SqliteStorage> {
  let database: DatabaseSync | null = null;
  let lock: StoreLock | null = null;
  let reserve: StoreReserve | null = null;
  try {
    database =
      options.mode === "write" ? openForWriting(location, options) : openForReading(location, options);
    if (options.mode === "write") {
      lock = claim(database, location);
      reserve = new StoreReserve(location);
    } else checkSchema(database, location);
  } catch (error) {
    if (database?.isOpen) database.close();
    lock?.release();
    throw sqliteFailure(error, location, "opening");
  }
  if (options.address !== undefined) lock?.announce(options.address);
  return storageOf(database, location, lock, reserve);
}

function storageOf(
  database: DatabaseSync,
  location: string,
  lock: StoreLock | null,
  reserve: StoreReserve | null,
): SqliteStorage {
  const kysely = new Kysely<OptunaTables>({ dialect: nodeSqliteDialect(database) });
  const storage = new SqlStorage({
    location,
    database: kysely,
    hasReports: tables(database).includes("gaitsmith_reports"),
    translate: (error) => sqliteFailure(error, location, "working"),
    ...(lock === null ? {} : { beforeWrite: stillThere(database, location) }),
    // A checkpoint syncs the file to the disk: milliseconds that a walk in progress must not wait for.
    betweenTrials: () => database.exec("PRAGMA wal_checkpoint(PASSIVE)"),
    close: async () => {
      if (!database.isOpen) return;
      await kysely.destroy();
      if (database.isOpen) database.close();
      reserve?.release();
      lock?.release();
    },
  });
  const announce = (address: string): void => lock?.announce(address);
  if (reserve === null) return Object.assign(storage, { announce });
  // What a walk under way has to say gets the room that was kept for it; the next walk does not begin.
  const addReport = reserve.for(storage.addReport.bind(storage));
  const setRungs = reserve.for(storage.setRungs.bind(storage));
  const finishTrial = reserve.for(storage.finishTrial.bind(storage));
  return Object.assign(storage, { announce, addReport, setRungs, finishTrial });
}

/**
 * SQLite goes on writing to a file that was deleted or moved away, without a word, and what it writes is lost with the last
 * program that has it open.
 *
 * @returns what throws STORE_FAILED when another file, or none, is where the study's was; a copy of it is saved first
 */
function stillThere(database: DatabaseSync, location: string): () => void {
  const opened = statSync(location);
  return () => {
    const now = statSync(location, { throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    const rescued = `${location}.rescued`;
    let saved = existsSync(rescued);
    try {
      if (!saved) database.prepare("VACUUM INTO ?").run(rescued);
      saved = true;
    } catch {
      // No folder, or no room: then the words say that it is lost.
    }
    fail("STORE_FAILED", {
      what: `the study file is gone: ${now === undefined ? "it was deleted or moved away" : "another file is in its place"}`,
      where: location,
      remedy: saved
        ? `Everything stored before is in ${rescued}: move it back to ${location}, then run the same command again.`
        : "Put it back, then run the same command again: the study continues.",
    });
  };
}

function openForWriting(location: string, options: SqliteStorageOptions): DatabaseSync {
  const database = new DatabaseSync(location, { timeout: options.busyTimeout ?? BUSY_TIMEOUT_MS });
  // Looked at before it is changed: it may be somebody else's file.
  if (tables(database).length > 0) checkSchema(database, location);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0");
  if (options.maximumSize !== undefined) {
    const [row] = database.prepare("PRAGMA page_size").all();
    database.exec(`PRAGMA max_page_count = ${Math.floor(options.maximumSize / Number(row?.["page_size"]))}`);
  }
  return database;
}

function openForReading(location: string, options: SqliteStorageOptions): DatabaseSync {
  if (!existsSync(location))
    fail("STORE_UNREADABLE", {
      what: "there is no such study file",
      where: location,
      remedy: "Check the path, or start a study with `gaitsmith tune`.",
    });
  const settings = { readOnly: true, timeout: options.busyTimeout ?? BUSY_TIMEOUT_MS };
  const database = new DatabaseSync(location, settings);
  try {
    tables(database);
    return database;
  } catch (error) {
    database.close();
    // A file in WAL mode on a read-only medium opens only as one that nobody changes: true when its log is empty.
    const code = primaryCode(error);
    const cannotOpen = code === READ_ONLY || code === CANNOT_OPEN;
    const log = statSync(`${location}-wal`, { throwIfNoEntry: false });
    if (!cannotOpen || (log !== undefined && log.size > 0)) throw error;
    const url = pathToFileURL(resolve(location));
    url.search = "immutable=1";
    return new DatabaseSync(url, settings);
  }
}

/** Lock, schema and our own table in one transaction, so that two processes cannot both be first. */
function claim(database: DatabaseSync, location: string): StoreLock {
  database.exec("BEGIN IMMEDIATE");
  if (tables(database).length === 0) createSchema(database);
  database.exec(SQLITE_OWN_TABLE);
  const lock = takeStoreLock(location);
  try {
    database.exec("COMMIT");
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function createSchema(database: DatabaseSync): void {
  for (const statement of SQLITE_SCHEMA) database.exec(statement);
  const { version_info_id, schema_version, library_version } = OPTUNA_VERSION_INFO;
  database
    .prepare("INSERT INTO version_info VALUES (?, ?, ?)")
    .run(version_info_id, schema_version, library_version);
  database.prepare("INSERT INTO alembic_version VALUES (?)").run(OPTUNA_SCHEMA);
}

function checkSchema(database: DatabaseSync, location: string): void {
  const known = tables(database);
  if (!known.includes("studies") || !known.includes("alembic_version"))
    fail("STORE_UNREADABLE", {
      what: "this SQLite file holds no studies",
      where: location,
      remedy: "Name a study file, or a new one with --store.",
    });
  const [row] = database.prepare("SELECT version_num FROM alembic_version").all();
  const version = row?.["version_num"];
  if (version !== OPTUNA_SCHEMA)
    fail("STORE_UNREADABLE", {
      what: `the study file has schema ${version ?? "unknown"}, this program reads ${OPTUNA_SCHEMA}`,
      where: location,
      remedy:
        "Upgrade a copy of it with `optuna storage upgrade --storage sqlite:///…`, or update gaitsmith.",
    });
}

function tables(database: DatabaseSync): string[] {
  const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  return rows.map((row) => String(row["name"]));
}
