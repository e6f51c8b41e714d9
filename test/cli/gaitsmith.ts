/** Runs the real command in a folder of its own, as a person would. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
    // Locks and latches of real links: tests side by side are machines of their own.
    env: { GAITSMITH_STATE_DIR: join(folder, "state"), ...process.env },
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

/** The simulated robot's config with a serial link in it, and whatever else is to be changed. @returns the file */
export function serialConfig(
  folder: string,
  path: string,
  clock: "lockstep" | "realtime",
  changes: readonly (readonly [RegExp, string])[] = [],
): string {
  const file = join(folder, "robot.yaml");
  const text = readFileSync(SIMULATED, "utf8")
    .replace(/kind: simulated.*/, "kind: serial")
    .replace(/clock: lockstep.*/, `clock: ${clock}`)
    .replace(/variant: nominal.*/, `path: ${path}`)
    .replace(/variation: mild.*/, "baud: 921600 Bd")
    // It is the simulated robot all the same: a study over the line is the study in process.
    .replace(/# drift_check_every: 15/, "drift_check_every: 0")
    .replace(/# exploring: .*/, "exploring: off");
  writeFileSync(file, changed(text, changes));
  return file;
}

/**
 * The config of the simulated robot behind rosbridge, with another address, clock and whatever else is to be changed.
 *
 * @returns the file
 */
export function rosbridgeConfig(
  folder: string,
  url: string,
  clock: "lockstep" | "realtime",
  changes: readonly (readonly [RegExp, string])[] = [],
): string {
  const file = join(folder, "robot.yaml");
  const text = readFileSync(join(packageRoot, "hardware-configs", "simulated-rosbridge.yaml"), "utf8")
    .replace(/ws:\/\/127.0.0.1:9090/, url)
    .replace(/clock: realtime/, `clock: ${clock}`);
  writeFileSync(file, changed(text, changes));
  return file;
}

/** The config of the simulated robot in process, with the same changes. @returns the file */
export function simulatedConfig(folder: string, changes: readonly (readonly [RegExp, string])[]): string {
  const file = join(folder, "robot.yaml");
  writeFileSync(file, changed(readFileSync(SIMULATED, "utf8"), changes));
  return file;
}

/** @throws when one changes nothing */
function changed(text: string, changes: readonly (readonly [RegExp, string])[]): string {
  return changes.reduce((before, [usual, other]) => {
    if (!usual.test(before)) throw new Error(`there is no ${usual} in the config`);
    return before.replace(usual, other);
  }, text);
}

/** `gaitsmith sim` that another program is to reach. */
export interface SimulatedPeer {
  /** What the command said about itself. */
  readonly introduction: Readonly<Record<string, unknown>>;
  /** Ctrl-C, and what befell the line. */
  end(): Promise<Readonly<Record<string, unknown>>>;
}

/** `gaitsmith sim --serial` with more options, until it has said its path. */
export async function simulatedPort(
  folder: string,
  ...options: string[]
): Promise<SimulatedPeer & { readonly path: string }> {
  const peer = await simulatedPeer(folder, "--serial", ...options);
  return { ...peer, path: String(peer.introduction["path"]) };
}

/** `gaitsmith sim --rosbridge` at a free port with more options, until it has said its address. */
export async function simulatedServer(
  folder: string,
  ...options: string[]
): Promise<SimulatedPeer & { readonly url: string }> {
  const peer = await simulatedPeer(folder, "--rosbridge", "0", ...options);
  return { ...peer, url: String(peer.introduction["url"]) };
}

async function simulatedPeer(folder: string, ...options: string[]): Promise<SimulatedPeer> {
  const started = start(folder, "sim", "--json", ...options);
  let line = "";
  const introduced = new Promise<void>((resolve) => {
    started.process.stdout?.on("data", (chunk) => {
      line += chunk;
      if (line.includes("\n")) resolve();
    });
  });
  const ended = started.finished.then(({ stderr }) => {
    if (!line.includes("\n")) throw new Error(`sim ${options.join(" ")} did not start:\n${stderr}`);
  });
  await Promise.race([introduced, ended]);
  return {
    introduction: JSON.parse(line.split("\n")[0] ?? "") as Record<string, unknown>,
    end: async () => {
      started.process.kill("SIGINT");
      const { stdout, status, stderr } = await started.finished;
      if (status !== 0) throw new Error(`sim ${options.join(" ")} ended with ${status}:\n${stderr}`);
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    },
  };
}
