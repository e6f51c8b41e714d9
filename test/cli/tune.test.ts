/** The main job, end to end, through the real command: service, station, MuJoCo, SQLite. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { describeError } from "../../src/errors.ts";
import { documentOf, run, simulatedConfig, start, table, workFolder } from "./gaitsmith.ts";
import { stored, tuned } from "./in-process.ts";
import { IN_REAL_TIME, reportsIn } from "./walks-in-real-time.ts";

const QUIET = ["--no-dashboard", "--json"];

/** Walks of two reports, and a study of which every phase is short. */
const SHORT = [
  [/measure: 9 s/, "measure: 2 s"],
  [/sampler: gp.*/, "sampler: { name: gp, startup_trials: 4 }"],
  [/confirm: \{.*\}/, "confirm: { walks: 2, candidates: 1 }"],
] as const;

/** Ends a command that tunes while a walk is under way. */
async function killedInWalk(pid: number, folder: string): Promise<void> {
  for (let walks = false; !walks; await setTimeout(5)) {
    // What is looked at does not move on meanwhile.
    process.kill(pid, "SIGSTOP");
    walks = (await stored(folder)).trials.some(({ state }) => state === "running");
    process.kill(pid, walks ? "SIGKILL" : "SIGCONT");
  }
}

describe("gaitsmith tune", { concurrency: 2 }, () => {
  it("tunes, survives kill -9 at any moment and goes on as if nothing had happened; another seed gives other trials", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, SHORT);
    const args = ["tune", file, "--trials", "8", "--seed", "7", ...QUIET];
    const command = run(folder, ...args);
    const other = await tuned(workFolder(t), file, { trials: 6, seed: 8 });
    const elsewhere = workFolder(t);
    const killed = start(elsewhere, ...args);
    await killed.saw(/\s4 (completed|aborted|pruned)/);
    await killedInWalk(killed.process.pid ?? 0, elsewhere);
    await killed.finished;
    const resumed = await tuned(elsewhere, file, { trials: 8, seed: 7 });

    const finished = await command;
    const document = documentOf(finished);
    assert.equal(finished.status, 0, finished.stderr);
    assert.equal(new Set(document.trials.map((trial) => trial.suggestion)).size, 8);
    assert.deepEqual(
      document.trials.slice(0, 3).map((trial) => trial.role),
      ["seed-gait", "seed-gait", "suggested"],
    );
    assert.equal(document.trials.at(-1)?.role, "replicate");
    assert.ok(document.champion !== null && document.champion.ci95[0] <= document.champion.mean);
    assert.equal(document.baseline?.n, 2, "a third of so few trials at most");
    assert.ok(document.robot_time_s > 20);
    for (const { recording } of document.trials)
      assert.ok(recording !== null && existsSync(join(folder, recording)), `${recording}`);
    const proposed = ({ trials }: typeof other) =>
      trials.find(({ role, suggestion }) => role === "suggested" && suggestion === 2)?.params;
    assert.ok(proposed(other) !== undefined && proposed(document) !== undefined);
    assert.notDeepEqual(proposed(other), proposed(document));
    // Piped output is no terminal's.
    assert.ok(!finished.stderr.includes("keys:") && !finished.stderr.includes("\x1b"));

    assert.deepEqual(table(resumed).slice(0, 5), table(document).slice(0, 5), "before it was killed");
    // Afterwards it is another robot, with cold motors and a full battery.
    const told = ({ trials }: typeof resumed) =>
      trials
        .filter((trial) => trial.state !== "interrupted")
        .map(
          ({
            recording: _recording,
            number: _number,
            attempt: _attempt,
            health: _health,
            metrics: _metrics,
            ...trial
          }) => trial,
        );
    assert.deepEqual(told(resumed), told(document));
    const interrupted = resumed.trials.filter((trial) => trial.state === "interrupted");
    assert.ok(interrupted.length >= 1, "a walk was under way when the service was killed");
    for (const { number, suggestion } of interrupted) {
      const retry = resumed.trials[number + 1];
      assert.equal(retry?.suggestion, suggestion, "the retry comes first");
      assert.equal(retry?.attempt, 2);
    }
  });

  it("keeps its study's file to itself, stops the robot at Ctrl-C, exits 130 and continues; a second Ctrl-C latches, exits 3, and it starts again only when cleared", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [
      ...IN_REAL_TIME,
      [/measure: 9 s/, "measure: 2 s"],
      // The robot is still ramping out at the second Ctrl-C.
      [/ramp_out: 0.3 s/, "ramp_out: 1 s"],
    ]);
    const running = start(folder, "tune", file, ...QUIET);
    await running.saw(/\s\d completed/);
    await assert.rejects(tuned(folder, file), { code: "STORE_BUSY" });
    assert.ok((await stored(folder)).trials.length > 0, "readers are always welcome");
    // The terminal sends Ctrl-C to the whole process group.
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    const stopped = await running.finished;
    assert.equal(stopped.status, 130, stopped.stderr);
    const before = documentOf(stopped);
    assert.ok(before.trials.every((trial) => trial.state !== "running"));
    const whole = (document: typeof before) =>
      table({ ...document, trials: document.trials.filter(({ state }) => state === "completed") });
    const done = whole(before).length;

    const again = start(folder, "tune", file, ...QUIET);
    await again.saw(/\s\d completed/);
    const store = join(folder, "studies.db");
    for (const reports = reportsIn(store); reportsIn(store) === reports; ) await setTimeout(25);
    process.kill(-(again.process.pid ?? 0), "SIGINT");
    await again.saw(/stopping the robot/);
    process.kill(-(again.process.pid ?? 0), "SIGINT");
    const latched = await again.finished;
    assert.equal(latched.status, 3, latched.stderr);
    const after = documentOf(latched);
    assert.deepEqual(whole(after).slice(0, done), whole(before));
    assert.ok(whole(after).length > done);
    await assert.rejects(tuned(folder, file), (error) => {
      assert.match(describeError(error), /gaitsmith clear[\s\S]*ROBOT_LATCHED/);
      return true;
    });
    const clear = ["clear", "--robot", "simulated-elastic-quadruped", "--checked", "all legs free"];
    assert.equal((await run(folder, ...clear)).status, 0);
    const lockstep = simulatedConfig(folder, [[/measure: 9 s/, "measure: 1 s"]]);
    const cleared = await tuned(folder, lockstep, { trials: 1, study: "again" });
    assert.equal(cleared.trials.at(-1)?.state, "completed");
  });
});
