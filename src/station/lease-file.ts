/**
 * One program at a time drives a robot: a lock file beside the robot's latch names the process that does. A lock whose
 * process is gone (its id is free, or belongs to a process that started at another time) is taken over.
 */
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeError, fail } from "../errors.ts";
import { makeFolder } from "../paths.ts";

export interface LeaseHolder {
  readonly pid: number;
  /** Start of the process in ticks since boot, or "" where the system does not tell. */
  readonly started: string;
  /** Shown to whoever is refused. */
  readonly owner: string;
  /** ISO 8601. */
  readonly since: string;
}

const ATTEMPTS = 5;

export class LeaseFile {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /**
   * @param stateDir folder of the robot's state, made when it is missing
   * @param owner shown to whoever is refused
   * @param since wall time
   * @throws ROBOT_BUSY naming the holder; STATE_FAILED when the lock cannot be written
   */
  static take(stateDir: string, owner: string, since: Date): LeaseFile {
    const path = join(stateDir, "lock");
    const holder: LeaseHolder = {
      pid: process.pid,
      started: processStart(process.pid) ?? "",
      owner,
      since: since.toISOString(),
    };
    const text = `${JSON.stringify(holder)}\n`;
    const own = `${path}.${process.pid}`;
    // A link appears whole or not at all: nobody ever reads half a lock.
    writeLock(own, text, path);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        try {
          linkSync(own, path);
          return new LeaseFile(path, text);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        }
        const found = readHolder(path);
        if (found === null) continue;
        if (isAlive(found.holder)) busy(found.holder, path);
        takeAway(path, found.text);
      }
    } finally {
      rmSync(own, { force: true });
    }
    fail("ROBOT_BUSY", {
      what: "several programs are fighting for this robot",
      where: path,
      remedy: "Start one of them.",
    });
  }

  /** Gives the lease back, if it is still ours. */
  release(): void {
    if (readHolder(this.#path)?.text === this.#text) rmSync(this.#path, { force: true });
  }
}

/** @param path of the lock that `file` is to become */
function writeLock(file: string, text: string, path: string): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, text);
  } catch (error) {
    // A full disk takes the name and not the text.
    if (existsSync(file)) rmSync(file);
    fail("STATE_FAILED", {
      what: `the lock of the robot cannot be written: ${describeError(error)}`,
      where: path,
      remedy: "See that there is room on the disk and that you may write to the folder, then try again.",
      cause: error,
    });
  }
}

function busy(holder: LeaseHolder, path: string): never {
  fail("ROBOT_BUSY", {
    what: `the robot is driven by ${holder.owner} (process ${holder.pid}, since ${holder.since})`,
    where: path,
    remedy: "Stop that program first, or let it finish.",
  });
}

/** Moves a dead process's lock out of the way. Another program may have replaced it meanwhile: then it is put back. */
function takeAway(path: string, text: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, "utf8") !== text) linkSync(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  }
  rmSync(aside, { force: true });
}

function readHolder(path: string): { holder: LeaseHolder; text: string } | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  try {
    return { holder: JSON.parse(text) as LeaseHolder, text };
  } catch {
    // Not written by us, since locks appear whole; nobody alive can be behind it.
    return { holder: { pid: 0, started: "", owner: "unknown", since: "" }, text };
  }
}

function isAlive(holder: LeaseHolder): boolean {
  if (!Number.isInteger(holder.pid) || holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const started = processStart(holder.pid);
  return started === null || holder.started === "" || started === holder.started;
}

/** Start time of a process (field 22 of /proc/pid/stat), or null where there is no /proc. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program may hold blanks and parentheses: count from the last one.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
