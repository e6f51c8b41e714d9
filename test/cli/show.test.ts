/** `gaitsmith show` of a file that another program wrote: what it always said, and what it concludes. */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { EXAMPLE_STUDY } from "../../src/conformance/example-study.ts";
import { packageRoot } from "../../src/paths.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";
import type { StudyConclusions } from "../../src/study/study-conclusions.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { run, simulatedConfig, workFolder } from "./gaitsmith.ts";
import { tuned, typed } from "./in-process.ts";

/** `gaitsmith show --json`. */
async function shown(folder: string): Promise<StudyDocument & StudyConclusions> {
  return JSON.parse((await typed(folder, "show", "studies.db", "--json")).stdout);
}

describe("gaitsmith show", () => {
  it("concludes from a study: importance, edges of ranges, whether to go on", async (t) => {
    const folder = workFolder(t);
    copyFileSync(join(packageRoot, "test", "fixtures", "optuna_study.db"), join(folder, "studies.db"));
    const { status, stdout, stderr } = await run(folder, "show", "studies.db");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^importance {3}stride_frequency \d+ %.*PED-ANOVA/m);
    assert.match(stdout, /^on the edge {2}stride_frequency: .*widening the range/m);
    assert.match(stdout, /^going on\? {4}.*the noise of one walk is \d/m);
    const document = await shown(folder);
    const { importance, edge_warnings, stopping_advice } = document;
    const sum = Object.values(importance).reduce((total, share) => total + share, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
    assert.equal(edge_warnings[0]?.parameter, "stride_frequency");
    assert.equal(edge_warnings[0]?.side, "high");
    assert.ok(stopping_advice !== null && stopping_advice.expected_gain >= 0);
    assert.equal(document.study, "gait-trot");
    assert.equal(document.trials.length, 31);
    assert.ok(document.champion !== null);
  });

  it("says of a study without trials that it has none, and no more", async (t) => {
    const folder = workFolder(t);
    const storage = await openSqliteStorage(join(folder, "studies.db"), { mode: "write" });
    await storage.createStudy(EXAMPLE_STUDY);
    await storage.close();
    const { status, stdout, stderr } = await typed(folder, "show", "studies.db");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^no trials yet$/m);
    assert.doesNotMatch(stdout, /\(\)|highest single walks|\n\n$/);
  });

  it("names the samplers of a study that was continued with another", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [[/measure: 9 s/, "measure: 1 s"]]);
    const overrides = { pruner: "none", sampler: "random", trials: 4 };
    const walked = (await tuned(folder, file, overrides)).trials.length;
    const second = await tuned(folder, file, { ...overrides, sampler: "sobol", trials: 6 });
    for (const document of [await shown(folder), second]) {
      assert.deepEqual([document.sampler, document.pruner, document.seed], ["sobol", "none", 1]);
      assert.deepEqual(document.samplers, [
        { name: "random", from_trial: 0 },
        { name: "sobol", from_trial: walked },
      ]);
    }
    const { stdout } = await typed(folder, "show", "studies.db");
    assert.ok(stdout.includes(`; random, from trial ${walked} sobol; none; seed 1)`), stdout);
  });
});
