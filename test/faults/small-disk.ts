/** A disk of a few megabytes: a file system in memory, where this process may mount one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  readonly folder: string;
  /** @param bytes its new size; what is on it stays */
  resize(bytes: number): void;
  remove(): void;
}

/** @returns null where mounting is not allowed (`unshare -rm` before the command may help) */
export function smallDisk(bytes: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-disk-"));
  const size = (of: number): string => `size=${Math.ceil(of / 4096) * 4096}`;
  const run = (command: string, ...args: string[]): void => {
    execFileSync(command, [...args, folder], { stdio: "ignore" });
  };
  try {
    run("mount", "-t", "tmpfs", "-o", size(bytes), "tmpfs");
  } catch {
    rmdirSync(folder);
    return null;
  }
  return {
    folder,
    resize: (to) => run("mount", "-o", `remount,${size(to)}`),
    remove: () => {
      run("umount", "-l");
      rmdirSync(folder);
    },
  };
}
