/** A walk that cannot be recorded goes on to its end and is told; then the study ends with the reason. */
import assert from "node:assert/strict";
import { mkdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { documentOf, run, simulatedConfig, workFolder } from "../cli/gaitsmith.ts";

it("a recording that cannot be written ends the study after its walk, and the same command goes on", async (t) => {
  const folder = workFolder(t);
  const config = simulatedConfig(folder, [[/measure: 9 s/, "measure: 1 s"]]);
  const args = ["tune", config, "--trials", "3", "--sampler", "random", "--no-dashboard", "--json"];
  const inTheWay = join(folder, "recordings", "trot-speed", "trial-0001.mcap.part");
  mkdirSync(inTheWay, { recursive: true });
  const failed = await run(folder, ...args);
  assert.equal(failed.status, 1, failed.stderr);
  assert.match(
    failed.stderr,
    /the walk could not be recorded: .*trial-0001\.mcap: EISDIR.*\n.*\[RECORDING_FAILED\]\n$/,
  );
  assert.doesNotMatch(failed.stderr, /\n\s+at /);
  rmdirSync(inTheWay);
  const resumed = documentOf(await run(folder, ...args));
  // The walk was kept without its recording, and none was cut short: the failure may be known only when the next one has begun.
  assert.equal(resumed.trials.length, 3);
  assert.equal(resumed.trials[1]?.recording, null);
  assert.ok(resumed.trials.every(({ state }) => state === "completed"));
});
