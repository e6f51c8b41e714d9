import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoragePlace } from "../../src/conformance/storage.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";

/** A study file in a folder of its own. */
export interface SqlitePlace extends StoragePlace {
  readonly folder: string;
  readonly file: string;
}

export function sqlitePlace(): SqlitePlace {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-study-"));
  const file = join(folder, "studies.db");
  return {
    folder,
    file,
    open: () => openSqliteStorage(file, { mode: "write" }),
    openForReading: () => openSqliteStorage(file, { mode: "read" }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
