/** `gaitsmith show` of a file that another program wrote: what it always said, and what it concludes. */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { EXAMPLE_STUDY } from "../../src/conformance/example-study.ts";
import { packageRoot } from "../../src/paths.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";
import type { StudyConclusions } from "../../src/study/study-conclusions.ts";
import { documentOf, run, SIMULATED, workFolder } from "./gaitsmith.ts";

describe("gaitsmith show", () => {
  it("concludes from a study: importance, edges of ranges, whether to go on", async (t) => {
    const folder = workFolder(t);
    copyFileSync(join(packageRoot, "test", "fixtures", "optuna_study.db"), join(folder, "studies.db"));
    const shown = await run(folder, "show", "studies.db");
    assert.equal(shown.status, 0, shown.stderr);
    assert.match(shown.stdout, /^importance {3}stride_frequency \d+ %.*PED-ANOVA/m);
    assert.match(shown.stdout, /^on the edge {2}stride_frequency: .*widening the range/m);
    assert.match(shown.stdout, /^going on\? {4}.*the noise of one walk is \d/m);
    const document = documentOf(await run(folder, "show", "studies.db", "--json"));
    const { importance, edge_warnings, stopping_advice } = document as typeof document & StudyConclusions;
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
    const { status, stdout, stderr } = await run(folder, "show", "studies.db");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^no trials yet$/m);
    assert.doesNotMatch(stdout, /\(\)|highest single walks|\n\n$/);
  });

  it("names the samplers of a study that was continued with another", async (t) => {
    const folder = workFolder(t);
    const tune = ["tune", SIMULATED, "--no-dashboard", "--no-recording", "--pruner", "none"];
    const first = await run(folder, ...tune, "--sampler", "random", "--trials", "4");
    assert.equal(first.status, 0, first.stderr);
    const walked = documentOf(await run(folder, "show", "studies.db", "--json")).trials.length;
    const second = await run(folder, ...tune, "--sampler", "sobol", "--trials", "6", "--json");
    assert.equal(second.status, 0, second.stderr);
    const shown = documentOf(await run(folder, "show", "studies.db", "--json"));
    for (const document of [shown, documentOf(second)]) {
      assert.deepEqual([document.sampler, document.pruner, document.seed], ["sobol", "none", 1]);
      assert.deepEqual(document.samplers, [
        { name: "random", from_trial: 0 },
        { name: "sobol", from_trial: walked },
      ]);
    }
    const { stdout } = await run(folder, "show", "studies.db");
    assert.ok(stdout.includes(`; random, from trial ${walked} sobol; none; seed 1)`), stdout);
  });
});
