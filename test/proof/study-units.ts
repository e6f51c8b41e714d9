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

/** The document of a study, run now or taken from an earlier run of the proof. */
export async function studyOf(unit: StudyUnit): Promise<StudyDocument> {
  const cache = join(WORK, `${unitName(unit)}.json`);
  if (!existsSync(cache)) {
    mkdirSync(WORK, { recursive: true });
    const folder = mkdtempSync(join(tmpdir(), "gaitsmith-proof-"));
    try {
      const { sampler, pruner, variant, trials, seed } = unit;
      const choices = ["--sampler", sampler, "--pruner", pruner, "--variant", variant];
      const budget = ["--trials", String(trials), "--seed", String(seed)];
      const quiet = ["--no-dashboard", "--no-recording", "--json"];
      const args = [COMMAND, "tune", CONFIG, ...choices, ...budget, ...quiet];
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        cwd: folder,
        maxBuffer: 1 << 28,
      });
      writeFileSync(`${cache}.part`, stdout);
      renameSync(`${cache}.part`, cache);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    console.log(`  ${unitName(unit)}`);
  }
  return JSON.parse(readFileSync(cache, "utf8")) as StudyDocument;
}

/** Runs studies side by side, as many as there are cores. */
export async function studiesOf(units: readonly StudyUnit[]): Promise<StudyDocument[]> {
  const results: StudyDocument[] = new Array(units.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < units.length) {
      const index = next++;
      const unit = units[index];
      if (unit !== undefined) results[index] = await studyOf(unit);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results;
}
