/** What benches measure is what a user gets: a study in this process has the trials of the command's, bit for bit. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { applyOverrides } from "../../../src/config/overrides.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { packageRoot } from "../../../src/paths.ts";
import type { StudyDocument } from "../../../src/study/study-document.ts";
import { simulatedConfig } from "../../cli/gaitsmith.ts";
import { openLockstepWalks } from "./lockstep-walks.ts";
import { runGaitStudy } from "./study.ts";

const [SEED, TRIALS] = [5, 12];

/** A study of which every phase is short: baseline, start-up, models, pruning and confirmation. */
const SHORT = [
  [/measure: 9 s/, "measure: 3 s"],
  [/sampler: gp.*/, "sampler: { name: gp, startup_trials: 4 }"],
  [/warmup_steps: 3/, "warmup_steps: 1"],
  [/confirm: \{.*\}/, "confirm: { walks: 2, candidates: 1 }"],
] as const;

test("a study in this process has the command's trials and champion", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-bench-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = simulatedConfig(folder, SHORT);
  const budget = ["--trials", String(TRIALS), "--seed", String(SEED)];
  const args = ["tune", file, ...budget, "--no-dashboard", "--no-recording", "--json"];
  const command = promisify(execFile)(process.execPath, [join(packageRoot, "bin", "gaitsmith.js"), ...args], {
    cwd: folder,
    maxBuffer: 1 << 28,
  });
  const config = applyOverrides(readHardwareConfig(file), { trials: TRIALS, seed: SEED });
  const walks = await openLockstepWalks(config);
  t.after(() => walks.close());
  const here = await runGaitStudy({ config, walks });
  const there = JSON.parse((await command).stdout) as StudyDocument;
  assert.ok(there.trials.some(({ state }) => state === "pruned"));
  assert.deepEqual(
    here.trials.map(({ state, parameters, value, constraints }) => ({
      state,
      parameters,
      value,
      constraints,
    })),
    there.trials.map(({ state, params, value, constraints }) => ({
      state,
      parameters: params,
      value,
      constraints,
    })),
  );
  assert.deepEqual(here.champion?.params, there.champion?.params);
  assert.deepEqual(here.champion?.ci95, there.champion?.ci95);
});
