/**
 * The lock beside a study file: one service at a time writes to it. The database itself would allow more writers,
 * but two services on one study would ask for the same suggestions.
 */
import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { fail } from "../errors.ts";

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO time for people. */
  readonly since: string;
  /** When the kernel started that process; tells a reused pid from the holder. Null where it is not known. */
  readonly processStart: string | null;
  /** Page of the holder, once it has one. */
  readonly address: string | null;
  readonly token: string;
}

export interface StoreLock {
  /** Makes the holder's page known to whoever is refused. */
  announce(address: string): void;
  release(): void;
}

/**
 * Takes the lock, from a dead process too. To be called inside a write transaction on the store, which keeps two
 * processes from taking over the same dead holder's lock at once.
 *
 * @throws STORE_BUSY naming the living holder and its page
 */
export function takeStoreLock(store: string): StoreLock {
  const file = `${store}.lock`;
  const found = holderOf(file);
  if (found !== null && isAlive(found)) refuse(store, file, found);
  let holder: Holder = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    processStart: processStart(process.pid),
    address: null,
    token: randomUUID(),
  };
  const write = (): void => {
    // Renamed into place: a half-written lock would look like nobody's.
    const draft = `${file}.${holder.token}`;
    writeFileSync(draft, `${JSON.stringify(holder)}\n`);
    renameSync(draft, file);
  };
  try {
    write();
  } catch (error) {
    fail("STORE_UNREADABLE", {
      what: `the lock of the study file cannot be written: ${(error as Error).message}`,
      where: file,
      remedy: "Check the disk and that you may write to its folder.",
      cause: error,
    });
  }
  const isOurs = (): boolean => holderOf(file)?.token === holder.token;
  return {
    announce(address) {
      holder = { ...holder, address };
      if (isOurs()) write();
    },
    release() {
      if (isOurs()) rmSync(file, { force: true });
    },
  };
}

function refuse(store: string, file: string, holder: Holder): never {
  const elsewhere = holder.host === hostname() ? "" : ` on ${holder.host}`;
  const page = holder.address === null ? "" : `, page ${holder.address}`;
  fail("STORE_BUSY", {
    what: `another service holds the study file: process ${holder.pid}${elsewhere} since ${holder.since}${page}`,
    where: store,
    remedy:
      elsewhere === ""
        ? "Stop that one first, or give this one another file with --store."
        : `Stop that one first; if that machine is gone for good, delete ${file}.`,
  });
}

function holderOf(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    // Absent, or torn by a crash while it was written: either way nobody holds it.
    return null;
  }
}

/** A holder on another machine cannot be asked and counts as alive. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = processStart(holder.pid);
  return started === null || holder.processStart === null || started === holder.processStart;
}

/** Clock ticks from boot to the start of a process (Linux, field 22 of `/proc/<pid>/stat`). */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses and may hold blanks.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
