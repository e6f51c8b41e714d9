/** The main job, end to end, through the real command: service, station, MuJoCo, SQLite. */
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { describeError } from "../../src/errors.ts";
import { documentOf, run, simulatedConfig, start, table, workFolder } from "./gaitsmith.ts";
import { stored, tuned } from "./in-process.ts";

const QUIET = ["--no-dashboard", "--json"];

/** Walks of three reports, and a study of which every phase is short. */
const SHORT = [
  [/measure: 9 s/, "measure: 3 s"],
  [/sampler: gp.*/, "sampler: { name: gp, startup_trials: 4 }"],
  [/confirm: \{.*\}/, "confirm: { walks: 2, candidates: 1 }"],
] as const;

describe("gaitsmith tune", { concurrency: 2 }, () => {
  it("tunes, and the same seed gives the same trial table, another seed another", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, SHORT);
    const command = run(folder, "tune", file, "--trials", "10", "--seed", "7", ...QUIET);
    const again = await tuned(workFolder(t), file, { trials: 10, seed: 7 });
    const other = await tuned(workFolder(t), file, { trials: 5, seed: 8 });
    const finished = await command;
    const document = documentOf(finished);
    assert.equal(finished.status, 0, finished.stderr);
    assert.equal(new Set(document.trials.map((trial) => trial.suggestion)).size, 10);
    assert.deepEqual(
      document.trials.slice(0, 3).map((trial) => trial.role),
      ["seed-gait", "seed-gait", "seed-gait"],
    );
    assert.equal(document.trials.at(-1)?.role, "replicate");
    assert.ok(document.champion !== null && document.champion.ci95[0] <= document.champion.mean);
    assert.equal(document.baseline?.n, 3);
    assert.ok(document.robot_time_s > 20);
    for (const { recording } of document.trials)
      assert.ok(recording !== null && existsSync(join(folder, recording)), `${recording}`);
    assert.deepEqual(table(document), table(again));
    assert.notDeepEqual(table(other), table(again).slice(0, 5));
    // Piped output is no terminal's.
    assert.ok(!finished.stderr.includes("keys:") && !finished.stderr.includes("\x1b"));
  });

  it("survives kill -9 at any moment and goes on as if nothing had happened", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [...SHORT, [/pruner: \{.*\}/, "pruner: none"]]);
    const asked = { trials: 7, seed: 3 };
    const whole = tuned(workFolder(t), file, asked);
    const args = ["tune", file, "--trials", "7", "--seed", "3", ...QUIET];
    for (const after of [1, 4]) {
      const killed = start(folder, ...args);
      await killed.saw(new RegExp(`\\s${after} (completed|aborted|pruned)`));
      await setTimeout(50); // into the next walk
      process.kill(killed.process.pid ?? 0, "SIGKILL");
      await killed.finished;
    }
    const resumed = await tuned(folder, file, asked);
    const told = ({ trials }: typeof resumed) =>
      trials
        .filter((trial) => trial.state !== "interrupted")
        .map(({ suggestion, params, value }) => ({ suggestion, params, value }));
    assert.deepEqual(told(resumed), told(await whole));
    const interrupted = resumed.trials.filter((trial) => trial.state === "interrupted");
    assert.ok(interrupted.length >= 1, "a walk was under way when the service was killed");
    for (const { number, suggestion } of interrupted) {
      const retry = resumed.trials[number + 1];
      assert.equal(retry?.suggestion, suggestion, "the retry comes first");
      assert.equal(retry?.attempt, 2);
    }
  });

  it("keeps its study's file to itself, stops the robot at Ctrl-C, exits 130 and continues", async (t) => {
    const folder = workFolder(t);
    const file = simulatedConfig(folder, [
      [/clock: lockstep/, "clock: realtime"],
      [/measure: 9 s/, "measure: 1 s"],
    ]);
    const running = start(folder, "tune", file, ...QUIET);
    await running.saw(/\s\d completed/);
    const second = await run(folder, "tune", file, ...QUIET);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /STORE_BUSY/);
    assert.ok((await stored(folder)).trials.length > 0, "readers are always welcome");
    // The terminal sends Ctrl-C to the whole process group.
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    const stopped = await running.finished;
    assert.equal(stopped.status, 130, stopped.stderr);
    const before = documentOf(stopped);
    assert.ok(before.trials.every((trial) => trial.state !== "running"));
    const whole = (document: typeof before) =>
      table({ ...document, trials: document.trials.filter(({ state }) => state !== "interrupted") });
    const done = whole(before).length;
    const after = await tuned(folder, file, { trials: done + 1 });
    assert.deepEqual(whole(after).slice(0, done), whole(before));
    assert.equal(whole(after).length, done + 1);
  });

  it("latches at the second Ctrl-C, exits 3, and starts again only when cleared", async (t) => {
    const folder = workFolder(t);
    // In real time, so that the robot is still ramping out at the second Ctrl-C.
    const file = simulatedConfig(folder, [[/clock: lockstep/, "clock: realtime"]]);
    const running = start(folder, "tune", file, "--trials", "6", ...QUIET);
    await running.saw(/page|study/);
    const recordings = join(folder, "recordings", "trot-speed");
    while (!existsSync(recordings) || readdirSync(recordings).length === 0) await setTimeout(50);
    await setTimeout(1200);
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    await running.saw(/stopping the robot/);
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    assert.equal((await running.finished).status, 3);
    await assert.rejects(tuned(folder, file), (error) => {
      assert.match(describeError(error), /gaitsmith clear[\s\S]*ROBOT_LATCHED/);
      return true;
    });
    const clear = ["clear", "--robot", "simulated-elastic-quadruped", "--checked", "all legs free"];
    assert.equal((await run(folder, ...clear)).status, 0);
    const short = simulatedConfig(folder, SHORT);
    assert.equal((await tuned(folder, short, { trials: 1, study: "again" })).trials.length, 1);
  });
});
