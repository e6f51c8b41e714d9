/**
 * The proofs' raw material: whole studies through the real command, each cached under its own name, so that a proof
 * can be stopped at any time and goes on where it was.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../src/paths.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";

export const WORK = join(packageRoot, ".gaitsmith", "proof");
const COMMAND = join(packageRoot, "bin", "gaitsmith.js");
export const CONFIG = join(packageRoot, "hardware-configs", "simulated-elastic-quadruped.yaml");

export interface StudyUnit {
  readonly seed: number;
  readonly sampler: string;
  readonly pruner: string;
  readonly variant: string;
  readonly trials: number;
}

export function unitName({ sampler, pruner, variant, trials, seed }: StudyUnit): string {
  return `${sampler}-${pruner}-${variant}-${trials}-seed-${seed}`;
}

/** What a piece of work came to, done now or taken from an earlier run of the proof. */
export async function cached<T>(name: string, make: () => Promise<T>): Promise<T> {
  const cache = join(WORK, `${name}.json`);
  if (!existsSync(cache)) {
    mkdirSync(WORK, { recursive: true });
    const made = await make();
    writeFileSync(`${cache}.part`, JSON.stringify(made));
    renameSync(`${cache}.part`, cache);
    console.log(`  ${name}`);
  }
  return JSON.parse(readFileSync(cache, "utf8")) as T;
}

/** A folder that is gone afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-proof-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The document of a study. */
export function studyOf(unit: StudyUnit): Promise<StudyDocument> {
  return cached(unitName(unit), () =>
    inFolder(async (folder) => {
      const { sampler, pruner, variant, trials, seed } = unit;
      const choices = ["--sampler", sampler, "--pruner", pruner, "--variant", variant];
      const budget = ["--trials", String(trials), "--seed", String(seed)];
      const quiet = ["--no-dashboard", "--no-recording", "--json"];
      const args = [COMMAND, "tune", CONFIG, ...choices, ...budget, ...quiet];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        cwd: folder,
        maxBuffer: 1 << 28,
      });
      return JSON.parse(stdout) as StudyDocument;
    }),
  );
}

/** Runs studies side by side, as many as there are cores. */
export function studiesOf(units: readonly StudyUnit[]): Promise<StudyDocument[]> {
  return sideBySide(units, studyOf);
}

/** As many at once as there are cores, unless it is said otherwise. */
export async function sideBySide<T, R>(
  items: readonly T[],
  work: (item: T, lane: number) => Promise<R>,
  lanes = availableParallelism(),
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const entries = items.entries();
  const lane = async (number: number): Promise<void> => {
    for (const [index, item] of entries) results[index] = await work(item, number);
  };
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
  return results;
}
