/** Runs the real command in a folder of its own, as a person would. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { packageRoot } from "../../src/paths.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";

export const SIMULATED = join(packageRoot, "hardware-configs", "simulated-elastic-quadruped.yaml");
const COMMAND = join(packageRoot, "bin", "gaitsmith.js");

export interface Finished {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when the command's stderr has matched. */
  saw(pattern: RegExp): Promise<void>;
}

/** A folder that is gone after the test. */
export function workFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-"));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

export function start(folder: string, ...args: string[]): Started {
  return startWith([], folder, ...args);
}

/** @param options of Node itself */
export function startWith(options: readonly string[], folder: string, ...args: string[]): Started {
  const child = spawn(process.execPath, [...options, COMMAND, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    for (const watcher of watchers) watcher();
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  const saw = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const watcher = (): void => {
        if (!pattern.test(stderr)) return;
        watchers.delete(watcher);
        resolve();
      };
      watchers.add(watcher);
      watcher();
      void finished.then(() => reject(new Error(`the command ended before it said ${pattern}:\n${stderr}`)));
    });
  return { process: child, finished, saw };
}

export function run(folder: string, ...args: string[]): Promise<Finished> {
  return start(folder, ...args).finished;
}

/** The document `--json` printed. */
export function documentOf(finished: Finished): StudyDocument {
  try {
    return JSON.parse(finished.stdout) as StudyDocument;
  } catch {
    throw new Error(`no JSON document (status ${finished.status}):\n${finished.stdout}\n${finished.stderr}`);
  }
}

/** A trial table without what may differ between two runs: paths. */
export function table(document: StudyDocument): unknown[] {
  return document.trials.map(({ recording: _recording, ...trial }) => trial);
}
