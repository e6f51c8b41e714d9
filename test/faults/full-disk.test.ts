/** The disk fills up while a walk is under way: the robot stops, a person reads what to do, and nothing finished is lost. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { it } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/paths.ts";
import { type RecordedItem, readRecording } from "../../src/station/recording-reader.ts";
import { documentOf, run, simulatedConfig, startWith, table, workFolder } from "../cli/gaitsmith.ts";
import { stored, tuned } from "../cli/in-process.ts";

/** The trial in whose walk the disk is full: one after the baseline and a suggestion. */
const TRIAL = 2;
/** Of a walk. */
const REPORTS = 10;

it("a disk that is full while a report is stored stops the robot and keeps every finished trial", async (t) => {
  const folder = workFolder(t);
  const config = simulatedConfig(folder, [
    [/measure: 9 s/, `measure: ${0.2 * REPORTS} s`],
    [/report_interval: 1 s/, "report_interval: 0.2 s"],
  ]);
  const trials = TRIAL + 1;
  const args = ["tune", config, "--trials", String(trials), "--sampler", "random", "--pruner", "none"];
  args.push("--no-dashboard", "--json");
  const fault = pathToFileURL(join(packageRoot, "test", "faults", "full-disk.ts"));
  fault.search = `trial=${TRIAL}`;
  const [failed, whole] = await Promise.all([
    startWith(["--import", fault.href], folder, ...args).finished,
    tuned(workFolder(t), config, { trials, sampler: "random", pruner: "none" }),
  ]);
  assert.equal(failed.status, 1, failed.stderr);
  assert.match(failed.stderr, /the disk is full; everything stored before is kept \(\/.*studies\.db\)/);
  assert.match(failed.stderr, /Make room, then run the same command again.*\[STORE_FAILED\]/s);
  assert.doesNotMatch(failed.stderr, /\n\s+at /);

  const kept = await stored(folder);
  assert.equal(kept.trials.length, TRIAL + 1);
  const walking = kept.trials[TRIAL];
  assert.ok(walking?.recording);
  assert.equal(walking.state, "running");
  const told = Object.keys(walking.intermediate_values).length;
  assert.ok(told < REPORTS, "a report was refused");

  // The robot was told to stop in the frame of the report that was refused, and did.
  const items: RecordedItem[] = [];
  for await (const item of readRecording(join(folder, walking.recording))) items.push(item);
  const events = items.filter((item) => item.kind === "event");
  const why = events.find(({ words }) => words === "the service could not store a report");
  assert.ok(events.some(({ name, frame }) => name === "stop-sent" && frame === why?.frame));
  assert.ok(events.some(({ name }) => name === "stop-confirmed"));
  const outcome = items.find((item) => item.kind === "outcome")?.outcome;
  assert.deepEqual(
    [outcome?.end, outcome?.reason.words, outcome?.reports],
    ["interrupted", why?.words, told + 1],
  );

  // With room again the same command goes on, and ends as a study that never met a full disk.
  const resumed = documentOf(await run(folder, ...args));
  assert.deepEqual(table(resumed).slice(0, TRIAL), table(kept).slice(0, TRIAL));
  // The walk is made once more, and that the disk stopped it is not held against the gait.
  assert.deepEqual([resumed.trials[TRIAL]?.state, resumed.trials[TRIAL + 1]?.attempt], ["interrupted", 1]);
  assert.equal(resumed.trials[TRIAL]?.reason, why?.words);
  // The report that was refused is in the recording, and from there in the study.
  assert.equal(Object.keys(resumed.trials[TRIAL]?.intermediate_values ?? {}).length, told + 1);
  const walked = ({ trials }: typeof whole) =>
    trials.filter(({ state }) => state !== "interrupted").map(({ params, value }) => ({ params, value }));
  assert.deepEqual(walked(resumed), walked(whole));
});
