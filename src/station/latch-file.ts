/** Keeps the e-stop latch beside the robot's lock: written after the stop frame, read at every start. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import { fail } from "../errors.ts";
import { makeFolder } from "../paths.ts";
import {
  closeLatch,
  formatLatch,
  type LatchRecord,
  type LatchRelease,
  parseLatch,
  releaseProblem,
} from "../safety/latch.ts";

const HISTORY = "latch-history.jsonl";

export function latchPath(stateDir: string): string {
  return join(stateDir, "latch.json");
}

/** @returns null when the robot is not latched; a file that cannot be read is a closed latch */
export function readLatch(stateDir: string): LatchRecord | null {
  try {
    return parseLatch(readFileSync(latchPath(stateDir), "utf8"));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : parseLatch("");
  }
}

/**
 * Closes the latch, synchronously and through to the disk.
 *
 * @returns the latch as it now stands: an earlier reason is kept
 */
export function writeLatch(stateDir: string, record: LatchRecord): LatchRecord {
  const kept = closeLatch(readLatch(stateDir), record);
  makeFolder(stateDir);
  const path = latchPath(stateDir);
  const file = openSync(`${path}.part`, "w");
  try {
    writeSync(file, formatLatch(kept));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
  return kept;
}

/**
 * Opens the latch on a person's word; the record and the word are kept beside it.
 *
 * @throws BAD_USAGE when the release does not fit the latch
 */
export function openLatch(stateDir: string, release: LatchRelease, at: Date): void {
  const present = readLatch(stateDir);
  if (present === null) return;
  const problem = releaseProblem(present, release);
  if (problem !== null)
    fail("BAD_USAGE", {
      what: `the latch stays closed: ${problem}`,
      where: latchPath(stateDir),
      remedy: clearingWords(stateDir),
    });
  const log = openSync(join(stateDir, HISTORY), "a");
  try {
    writeSync(log, `${JSON.stringify({ ...present, release: { ...release, at: at.toISOString() } })}\n`);
    fsyncSync(log);
  } finally {
    closeSync(log);
  }
  renameSync(latchPath(stateDir), join(stateDir, "latch-opened.json"));
}

/** A latch that was opened, and on whose word. */
export type OpenedLatch = LatchRecord & { readonly release: LatchRelease & { readonly at: string } };

/** All that were opened, oldest first; lines that cannot be read are left out. */
export function openedLatches(stateDir: string): readonly OpenedLatch[] {
  let text: string;
  try {
    text = readFileSync(join(stateDir, HISTORY), "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as OpenedLatch];
    } catch {
      return [];
    }
  });
}

/** @throws ROBOT_LATCHED when it is */
export function assertNotLatched(stateDir: string): void {
  const latch = readLatch(stateDir);
  if (latch === null) return;
  fail("ROBOT_LATCHED", {
    what: `the robot was stopped and latched${latch.at === "" ? "" : ` at ${latch.at}`}: ${latch.words}`,
    where: latchPath(stateDir),
    remedy: clearingWords(stateDir),
  });
}

function clearingWords(stateDir: string): string {
  return `Look at the robot, then: npx gaitsmith clear --robot ${basename(stateDir)} --checked "what you checked"`;
}
