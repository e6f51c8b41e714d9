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

test("a study in this process has the command's trials and champion", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-bench-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // Short walks, with as many reports as a pruner needs.
  const file = simulatedConfig(folder, [
    [/measure: 9 s/, "measure: 2 s"],
    [/report_interval: 1 s/, "report_interval: 0.4 s"],
  ]);
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
  // Both kinds of end are among what is compared.
  for (const end of ["completed", "pruned"])
    assert.ok(there.trials.some(({ role, state }) => role === "suggested" && state === end));
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
