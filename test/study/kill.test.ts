import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EXAMPLE_STUDY } from "../../src/conformance/example-study.ts";
import { packageRoot } from "../../src/paths.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";
import { sqlitePlace } from "./sqlite-place.ts";

const CHILD = join(packageRoot, "test/study/walk-until-killed.ts");
const ROUNDS = 5;

/** Starts the child, kills it some milliseconds after its first word, and returns all it has said. */
async function killedAfter(milliseconds: number, file: string): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, file], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let complaint = "";
  child.stderr.on("data", (data) => {
    complaint += data;
  });
  const gone = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on("close", (_code, signal) => resolve(signal)),
  );
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (data) => {
      said += data;
      resolve();
    });
    child.on("close", () => resolve());
  });
  await delay(milliseconds);
  child.kill("SIGKILL");
  assert.equal(await gone, "SIGKILL", complaint);
  return said.split("\n").slice(0, -1);
}

/** Park and Miller's generator: the moments are random and the same in every run of the test. */
function* moments(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 48271) % 2147483647;
    yield (state / 2147483647) * 60;
  }
}

describe("a service killed at a random moment", () => {
  it("loses no finished trial and no report it was promised, and leaves at most one trial running", async () => {
    const place = sqlitePlace();
    const after = moments(20261124);
    let before: TrialRecord[] = [];
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const promised = await killedAfter(after.next().value ?? 0, place.file);
        const reader = await place.openForReading();
        const trials = await reader.trials(EXAMPLE_STUDY.name);
        await reader.close();
        for (const line of promised) {
          const [word, number, step] = line.split(" ");
          const trial = trials[Number(number)];
          assert.ok(trial !== undefined, line);
          if (word === "report")
            assert.equal(trial.reports[Number(step) - 1]?.value, trial.number + Number(step) / 8);
          if (word === "finished") assert.notEqual(trial.state, "running", line);
        }
        trials.forEach((trial, index) => {
          assert.equal(trial.number, index);
          if (trial.state === "completed") {
            assert.equal(trial.reports.length, 5);
            assert.equal(trial.value, index + 5 / 8);
            assert.equal(trial.constraints.length, 2);
          }
        });
        const running = trials.filter((trial) => trial.state === "running");
        assert.ok(running.length <= 1 && trials.slice(0, -1).every((trial) => trial.state !== "running"));
        const finishedBefore = before.filter((trial) => trial.state !== "running");
        assert.deepEqual(trials.slice(0, finishedBefore.length), finishedBefore);
        before = trials;
      }
      assert.ok(before.length > ROUNDS, `${before.length} trials`);
      const database = new DatabaseSync(place.file);
      assert.deepEqual({ ...database.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
      database.close();
    } finally {
      await place.remove();
    }
  });
});
