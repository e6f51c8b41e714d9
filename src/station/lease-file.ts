/**
 * One program at a time drives a robot: a lock file beside the robot's latch names the process that does. A lock whose
 * process is gone (its id is free, or belongs to a process that started at another time) is taken over. On another computer
 * (a shared folder) processes cannot be seen: there a lock counts for as long as its holder touches it.
 */
import {
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimes,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { describeError, fail } from "../errors.ts";
import { makeFolder } from "../paths.ts";

export interface LeaseHolder {
  readonly pid: number;
  /** Start of the process in ticks since boot, or "" where the system does not tell. */
  readonly started: string;
  /** The computer that it runs on. */
  readonly host?: string;
  /** Shown to whoever is refused. */
  readonly owner: string;
  /** What it drives the robot for, e.g. `study "trot-speed"`. */
  readonly doing?: string;
  /** ISO 8601. */
  readonly since: string;
  /** Grows with every lease of this robot on this computer. */
  readonly epoch?: number;
  /** The state folder of the robot that is driven: of a lock on a device another one than the lock's. */
  readonly robotDir?: string;
}

/** A lock as somebody else sees it. */
export interface LeaseView {
  readonly holder: LeaseHolder;
  /** Its process may be driving the robot. */
  readonly alive: boolean;
  /** s since it was last heard of */
  readonly silent: number;
}

export interface LeaseDetails {
  readonly doing?: string | undefined;
  readonly robotDir?: string;
}

const ATTEMPTS = 5;
/** A holder touches its lock this often, ms. */
const TOUCH_INTERVAL = 1000;
/** A holder on this computer that has not touched its lock for so long is called silent, s. */
const SILENT_AFTER = 3;
/** A lock of another computer that nobody has touched for so long is nobody's, s. */
const FOREIGN_PATIENCE = 60;

export class LeaseFile {
  readonly #path: string;
  readonly #text: string;
  /** Higher than that of any lease of this robot on this computer before. */
  readonly epoch: number;
  #touched = Number.NEGATIVE_INFINITY;
  #touching = false;

  private constructor(path: string, text: string, epoch: number) {
    this.#path = path;
    this.#text = text;
    this.epoch = epoch;
  }

  /**
   * A lock that the process's own parent holds is handed on: whoever took a robot from another program keeps it until the
   * station is there.
   *
   * @param stateDir folder of the robot's state, made when it is missing
   * @param owner shown to whoever is refused
   * @param since wall time
   * @throws ROBOT_BUSY naming the holder; STATE_FAILED when the lock cannot be written
   */
  static take(
    stateDir: string,
    owner: string,
    since: Date,
    { doing, robotDir = stateDir }: LeaseDetails = {},
  ): LeaseFile {
    const path = join(stateDir, "lock");
    const holder: LeaseHolder = {
      pid: process.pid,
      started: processStart(process.pid) ?? "",
      host: hostname(),
      owner,
      ...(doing === undefined ? {} : { doing }),
      since: since.toISOString(),
      robotDir,
    };
    const text = `${JSON.stringify(holder)}\n`;
    const own = `${path}.${process.pid}`;
    // A link appears whole or not at all: nobody ever reads half a lock.
    writeLock(own, text, path);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        try {
          linkSync(own, path);
          return LeaseFile.#numbered(stateDir, own, holder);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        }
        const found = readHolder(path);
        if (found === null) continue;
        if (isParent(found.holder)) {
          renameSync(own, path);
          return LeaseFile.#numbered(stateDir, own, holder);
        }
        if (isAlive(found.holder, path)) busy(found.holder, path);
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

  /** The lock is ours: nobody else counts now. */
  static #numbered(stateDir: string, own: string, holder: LeaseHolder): LeaseFile {
    const path = join(stateDir, "lock");
    const counter = join(stateDir, "lease-epoch");
    const epoch = numberIn(counter) + 1;
    const text = `${JSON.stringify({ ...holder, epoch })}\n`;
    try {
      writeLock(`${counter}.part`, `${epoch}\n`, counter);
      renameSync(`${counter}.part`, counter);
      // So far it is the same file as the lock, under two names.
      rmSync(own, { force: true });
      writeLock(own, text, path);
      renameSync(own, path);
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
    return new LeaseFile(path, text, epoch);
  }

  /**
   * Says that the holder lives. Called from its beat; waits for no disk.
   *
   * @param now ms, monotonic
   */
  touch(now: number): void {
    if (this.#touching || now - this.#touched < TOUCH_INTERVAL) return;
    this.#touched = now;
    this.#touching = true;
    const at = new Date();
    utimes(this.#path, at, at, () => {
      this.#touching = false;
    });
  }

  /** Gives the lease back, if it is still ours. */
  release(): void {
    if (readHolder(this.#path)?.text === this.#text) rmSync(this.#path, { force: true });
  }
}

/** Who holds a robot, or null when nobody does. */
export function readLease(stateDir: string): LeaseView | null {
  const path = join(stateDir, "lock");
  const found = readHolder(path);
  if (found === null) return null;
  return { holder: found.holder, alive: isAlive(found.holder, path), silent: silence(path) };
}

/** Whether its processes can be seen, signalled and reached by a local socket from here. */
export function isOnThisComputer({ host }: LeaseHolder): boolean {
  return host === undefined || host === hostname();
}

/** `gaitsmith station 17 (process 17, study "trot", since 2026-…, silent for 8 s)`. */
export function holderWords({ holder, silent }: LeaseView): string {
  const { owner, pid, doing, since } = holder;
  const parts = [
    isOnThisComputer(holder) ? `process ${pid}` : `process ${pid} on ${holder.host}`,
    ...(doing === undefined ? [] : [doing]),
    `since ${since}`,
    ...(silent > SILENT_AFTER ? [`silent for ${Math.round(silent)} s`] : []),
  ];
  return `${owner} (${parts.join(", ")})`;
}

/** s since the lock was last touched, by the wall clock; 0 when it is not there */
function silence(path: string): number {
  try {
    return Math.max(0, (Date.now() - statSync(path).mtimeMs) / 1000);
  } catch {
    return 0;
  }
}

function numberIn(file: string): number {
  try {
    const number = Number(readFileSync(file, "utf8"));
    return Number.isSafeInteger(number) ? number : 0;
  } catch {
    return 0;
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
  const words = holderWords({ holder, alive: true, silent: silence(path) });
  fail("ROBOT_BUSY", {
    what: `the robot is driven by ${words}`,
    where: path,
    remedy: "Stop that program first, let it finish, or take the robot from it: gaitsmith tune … --take.",
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

function isParent(holder: LeaseHolder): boolean {
  const { pid, started } = holder;
  return pid === process.ppid && isOnThisComputer(holder) && started === (processStart(pid) ?? "");
}

function isAlive(holder: LeaseHolder, path: string): boolean {
  if (!isOnThisComputer(holder)) return silence(path) <= FOREIGN_PATIENCE;
  if (!Number.isInteger(holder.pid) || holder.pid <= 0) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to someone else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (isZombie(holder.pid)) return false;
  const started = processStart(holder.pid);
  return started === null || holder.started === "" || started === holder.started;
}

/** Start time of a process (field 22 of /proc/pid/stat), or null where there is no /proc. */
export function processStart(pid: number): string | null {
  return statOf(pid)?.[19] ?? null;
}

/** It was killed, and its parent, frozen perhaps, has not heard of it yet. */
function isZombie(pid: number): boolean {
  const state = statOf(pid)?.[0];
  return state === "Z" || state === "X";
}

/** Fields of /proc/pid/stat from the third one on, or null where there is none. */
function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program may hold blanks and parentheses: count from the last one.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}
