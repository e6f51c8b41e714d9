/** What Linux tells of processes; nothing elsewhere. proc(5). */
import { readFileSync } from "node:fs";

/** A file of a process, by its path below /proc; empty where there is none. */
export function proc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, "utf8");
  } catch {
    return "";
  }
}

export function childrenOf(pid: number): number[] {
  return proc(`${pid}/task/${pid}/children`).split(/\s+/).filter(Boolean).map(Number);
}
