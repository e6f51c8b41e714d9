/** A station that never gets ready ends by itself or by a person's word, and does not keep the command. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { GaitsmithError } from "../../src/errors.ts";
import { makeFolder } from "../../src/paths.ts";
import { StationHost } from "../../src/service/station-host.ts";
import { SIMULATED, start, workFolder } from "../cli/gaitsmith.ts";
import { simulatedConfig } from "../station/station-process.ts";

/** Opening this lock for reading never returns: nobody writes into it. */
function frozenBy(stateDir: string): void {
  mkdirSync(stateDir, { recursive: true });
  execFileSync("mkfifo", [join(stateDir, "lock")]);
}

function codeIs(code: string): (error: unknown) => boolean {
  return (error) => error instanceof GaitsmithError && error.code === code;
}

const silently = { onMessage: () => {} };

describe("a station that does not start", { concurrency: 2 }, () => {
  it("is killed when it says nothing", async (t) => {
    const stateDir = workFolder(t);
    frozenBy(stateDir);
    await assert.rejects(
      StationHost.start(simulatedConfig, stateDir, silently, { silence: 3000 }),
      codeIs("STATION_NOT_STARTED"),
    );
  });

  it("is killed on a person's word", async (t) => {
    const stateDir = workFolder(t);
    frozenBy(stateDir);
    const kill = AbortSignal.timeout(100);
    await assert.rejects(
      StationHost.start(simulatedConfig, stateDir, silently, { kill }),
      codeIs("STATION_NOT_STARTED"),
    );
  });

  it("says so when its folder cannot be made", { skip: process.platform !== "linux" }, async () => {
    await assert.rejects(
      StationHost.start(simulatedConfig, "/proc/nope/robots/one", silently),
      codeIs("STATE_FAILED"),
    );
  });

  it("lets the command end at the second Ctrl-C", async (t) => {
    const folder = workFolder(t);
    frozenBy(join(folder, "studies.db-robots", simulatedConfig.robot.id));
    const tune = start(folder, "tune", SIMULATED, "--no-dashboard", "--no-recording", "--pruner", "none");
    await tune.saw(/Ctrl-C stops the robot/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    tune.process.kill("SIGINT");
    await tune.saw(/stopping the robot/);
    const asked = performance.now();
    tune.process.kill("SIGINT");
    const { status, stdout, stderr } = await tune.finished;
    assert.equal(status, 130, stderr);
    assert.doesNotMatch(stdout, /LATCHED/);
    assert.ok(performance.now() - asked < 4500, "it ends before the station's patience does");
  });
});

describe("makeFolder", () => {
  it("makes what is missing and takes what is there", (t) => {
    const folder = join(workFolder(t), "a", "b", "c");
    makeFolder(folder);
    makeFolder(folder);
    mkdirSync(join(folder, "d"));
  });

  it("fails where no folder can be made", { skip: process.platform !== "linux" }, () => {
    assert.throws(() => makeFolder("/proc/nope/robots/one"), { code: "ENOENT" });
  });
});
