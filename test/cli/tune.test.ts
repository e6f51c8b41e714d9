/** The main job, end to end, through the real command: service, station, MuJoCo, SQLite. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { documentOf, run, SIMULATED, start, table, workFolder } from "./gaitsmith.ts";

const QUIET = ["--no-dashboard", "--json"];

describe("gaitsmith tune", { concurrency: 2 }, () => {
  it("tunes, and the same seed gives the same trial table", async (t) => {
    const args = ["tune", SIMULATED, "--trials", "14", "--seed", "7", ...QUIET];
    const [first, second] = await Promise.all([run(workFolder(t), ...args), run(workFolder(t), ...args)]);
    const document = documentOf(first);
    assert.equal(first.status, 0, first.stderr);
    assert.equal(new Set(document.trials.map((trial) => trial.suggestion)).size, 14);
    assert.deepEqual(
      document.trials.slice(0, 3).map((trial) => trial.role),
      ["seed-gait", "seed-gait", "seed-gait"],
    );
    assert.equal(document.trials.at(-1)?.role, "replicate");
    assert.ok(document.champion !== null && document.champion.ci95[0] <= document.champion.mean);
    assert.equal(document.baseline?.n, 3);
    assert.ok(document.robot_time_s > 60);
    assert.deepEqual(table(document), table(documentOf(second)));
  });

  it("another seed gives another study", async (t) => {
    const args = ["tune", SIMULATED, "--trials", "5", "--no-recording", ...QUIET];
    const [one, two] = await Promise.all([
      run(workFolder(t), ...args, "--seed", "1"),
      run(workFolder(t), ...args, "--seed", "2"),
    ]);
    assert.notDeepEqual(table(documentOf(one)), table(documentOf(two)));
  });

  it("survives kill -9 at any moment and goes on as if nothing had happened", async (t) => {
    const folder = workFolder(t);
    const args = [
      "tune",
      SIMULATED,
      "--trials",
      "9",
      "--seed",
      "3",
      "--sampler",
      "gp",
      "--pruner",
      "none",
      ...QUIET,
    ];
    const whole = documentOf(await run(workFolder(t), ...args));
    for (const after of [1, 4]) {
      const killed = start(folder, ...args);
      await killed.saw(new RegExp(`\\s${after} (completed|aborted|pruned)`));
      await setTimeout(150); // into the next walk
      process.kill(killed.process.pid ?? 0, "SIGKILL");
      await killed.finished;
    }
    const resumed = documentOf(await run(folder, ...args));
    const told = (trials: typeof whole.trials) =>
      trials
        .filter((trial) => trial.state !== "interrupted")
        .map(({ suggestion, params, value }) => ({ suggestion, params, value }));
    assert.deepEqual(told(resumed.trials), told(whole.trials));
    const interrupted = resumed.trials.filter((trial) => trial.state === "interrupted");
    assert.ok(interrupted.length >= 1, "a walk was under way when the service was killed");
    for (const { number, suggestion } of interrupted) {
      const retry = resumed.trials[number + 1];
      assert.equal(retry?.suggestion, suggestion, "the retry comes first");
      assert.equal(retry?.attempt, 2);
    }
  });

  it("stops the robot at Ctrl-C, exits 130 and continues", async (t) => {
    const folder = workFolder(t);
    const args = ["tune", SIMULATED, "--trials", "6", ...QUIET];
    const running = start(folder, ...args);
    await running.saw(/\s2 completed/);
    // The terminal sends Ctrl-C to the whole process group.
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    const stopped = await running.finished;
    assert.equal(stopped.status, 130, stopped.stderr);
    const before = documentOf(stopped);
    assert.ok(before.trials.every((trial) => trial.state !== "running"));
    const after = documentOf(await run(folder, ...args));
    assert.deepEqual(table(after).slice(0, before.trials.length - 1), table(before).slice(0, -1));
    assert.equal(after.trials.filter((trial) => trial.state !== "interrupted").length, 6);
  });

  it("latches at the second Ctrl-C, exits 3, and starts again only when cleared", async (t) => {
    const folder = workFolder(t);
    // In real time, so that the robot is still ramping out at the second Ctrl-C.
    const file = join(folder, "robot.yaml");
    writeFileSync(file, readFileSync(SIMULATED, "utf8").replace("clock: lockstep", "clock: realtime"));
    const args = ["tune", file, "--trials", "6", ...QUIET];
    const running = start(folder, ...args);
    await running.saw(/page|study/);
    await setTimeout(4000);
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    await running.saw(/stopping the robot/);
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    assert.equal((await running.finished).status, 3);
    const refused = await run(folder, ...args);
    assert.equal(refused.status, 3);
    assert.match(refused.stderr, /ROBOT_LATCHED/);
    assert.match(refused.stderr, /gaitsmith clear/);
    const clear = ["clear", "--robot", "simulated-elastic-quadruped"];
    assert.equal(
      (await run(folder, ...clear)).status,
      2,
      "a latch is cleared only by saying what was checked",
    );
    assert.equal((await run(folder, ...clear, "--checked", "all legs free")).status, 0);
    const again = ["tune", SIMULATED, "--trials", "2", "--study", "again", ...QUIET];
    assert.equal((await run(folder, ...again)).status, 0);
  });

  it("keeps the file of a running study to itself", async (t) => {
    const folder = workFolder(t);
    const args = ["tune", SIMULATED, "--trials", "40", ...QUIET];
    const running = start(folder, ...args);
    await running.saw(/\s0 completed/);
    const second = await run(folder, ...args);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /STORE_BUSY/);
    const shown = await run(folder, "show", "studies.db", "--json");
    assert.equal(shown.status, 0, "readers are always welcome");
    process.kill(-(running.process.pid ?? 0), "SIGINT");
    await running.finished;
  });

  it("names recordings that exist", async (t) => {
    const folder = workFolder(t);
    const document = documentOf(await run(folder, "tune", SIMULATED, "--trials", "3", ...QUIET));
    for (const { recording } of document.trials)
      assert.ok(recording !== null && existsSync(join(folder, recording)), `${recording}`);
  });
});
