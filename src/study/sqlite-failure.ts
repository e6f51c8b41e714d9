/** What SQLite's refusals mean to a person. */
import { GaitsmithError } from "../errors.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html */
const BUSY = 5;
const LOCKED = 6;
export const READ_ONLY = 8;
const CORRUPT = 11;
export const FULL = 13;
export const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

/** @returns null for anything that SQLite did not throw */
export function primaryCode(error: unknown): number | null {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : null;
}

/**
 * @param when what was being done: decides between a file that cannot be opened and a write that failed
 * @returns the catalogued error; anything that is not SQLite's comes back as it is
 */
export function sqliteFailure(error: unknown, store: string, when: "opening" | "working"): unknown {
  const code = primaryCode(error);
  if (code === null || !(error instanceof Error)) return error;
  const shared = { where: store, cause: error };
  switch (code) {
    case NOT_A_DATABASE:
      return new GaitsmithError("STORE_UNREADABLE", {
        ...shared,
        what: "this is not a study file: SQLite does not know it",
        remedy: "Name a study file, or a new one with --store.",
      });
    case CORRUPT:
      return new GaitsmithError("STORE_UNREADABLE", {
        ...shared,
        what: `the study file is damaged: ${error.message}`,
        remedy: `Restore a copy, or rescue what is left with: sqlite3 ${store} .recover`,
      });
    case BUSY:
    case LOCKED:
      return new GaitsmithError("STORE_BUSY", {
        ...shared,
        what: "another program keeps the study file locked",
        remedy:
          "Close the program that is writing to it (an Optuna script, a database browser) and try again.",
      });
    case READ_ONLY:
      return new GaitsmithError(when === "opening" ? "STORE_UNREADABLE" : "STORE_FAILED", {
        ...shared,
        what: "the study file cannot be written: it or its folder is read-only",
        remedy: "Give write permission, or choose another file with --store.",
      });
    case FULL:
      return new GaitsmithError("STORE_FAILED", {
        ...shared,
        what: "the disk is full; everything stored before is kept",
        remedy: "Make room, then run the same command again: the study continues.",
      });
    case CANNOT_OPEN:
      return new GaitsmithError("STORE_UNREADABLE", {
        ...shared,
        what: "the study file cannot be opened",
        remedy: "Check that its folder exists and that you may write to it.",
      });
    default:
      return new GaitsmithError(when === "opening" ? "STORE_UNREADABLE" : "STORE_FAILED", {
        ...shared,
        what: `SQLite: ${error.message}`,
        remedy: "Check the disk, then run the same command again: the study continues.",
      });
  }
}
