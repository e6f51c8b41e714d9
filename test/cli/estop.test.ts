/** `gaitsmith estop`: whoever drives the robot, hangs, or is not there; and what it says of each. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readLatch } from "../../src/station/latch-file.ts";
import { processStart } from "../../src/station/lease-file.ts";
import { planOf, StationProcess, shortWalk } from "../station/station-process.ts";
import { run, simulatedConfig, start, workFolder } from "./gaitsmith.ts";
import { stored } from "./in-process.ts";
import { IN_REAL_TIME, walks } from "./walks-in-real-time.ts";

const robotsOf = (folder: string) => join(folder, "studies.db-robots");

describe("gaitsmith estop", { concurrency: 3, timeout: 60_000 }, () => {
  it("stops every robot that is driven, says what each confirmed, and latches an idle one when it is named", async (t) => {
    const folder = workFolder(t);
    const station = new StationProcess(shortWalk, join(robotsOf(folder), "walking"));
    t.after(() => station.child.kill("SIGKILL"));
    await station.until("ready");
    station.send({ kind: "run", plan: planOf(shortWalk) });
    mkdirSync(join(folder, "state", "robots", "idle"), { recursive: true });
    const stopped = await run(folder, "estop", "--level", "cut");
    assert.equal(stopped.status, 0, stopped.stderr);
    assert.match(stopped.stdout, /^walking: stopped, the robot confirmed it; latched$/m);
    assert.doesNotMatch(stopped.stdout, /idle/);
    assert.equal((await station.until("latched")).level, "cut");
    assert.equal(readLatch(join(folder, "state", "robots", "idle")), null);
    const { stdout } = await run(folder, "estop", "--robot", "idle", "--json");
    assert.deepEqual(
      (JSON.parse(stdout) as { robots: { robot: string; confirmed: unknown }[] }).robots.map(
        ({ robot, confirmed }) => [robot, confirmed],
      ),
      [["idle", null]],
    );
    assert.equal(readLatch(join(folder, "state", "robots", "idle"))?.code, "operator-stop");
    station.child.kill("SIGKILL");
    await new Promise((resolve) => station.child.once("exit", resolve));
    const nobody = await run(folder, "estop");
    assert.equal(nobody.status, 2);
    assert.match(nobody.stderr, /NOTHING WAS STOPPED: no program of this computer drives a robot now/);
  });

  it("says loudly that a station which does not answer has confirmed nothing, and that nothing was stopped", async (t) => {
    const folder = workFolder(t);
    const stateDir = join(robotsOf(folder), "rex");
    mkdirSync(stateDir, { recursive: true });
    const holder = { pid: process.pid, started: processStart(process.pid), host: hostname() };
    writeFileSync(
      join(stateDir, "lock"),
      JSON.stringify({ ...holder, owner: "a frozen station", since: "noon" }),
    );
    const mute = await run(folder, "estop");
    assert.equal(mute.status, 1);
    assert.match(
      mute.stdout,
      /^rex: NOT CONFIRMED: a frozen station \(.*\) drives it.*Cut its power; latched$/m,
    );
    assert.notEqual(readLatch(stateDir), null);
    const unknown = await run(folder, "estop", "--robot", "rx");
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /NOTHING WAS STOPPED.*"rx"[\s\S]*cut its power[\s\S]*rex/);
  });

  it("reaches the station of a service that is frozen, whose study knows of it afterwards", async (t) => {
    const folder = workFolder(t);
    const config = simulatedConfig(folder, IN_REAL_TIME);
    const tune = start(folder, "tune", config, "--trials", "2", "--no-recording", "--no-dashboard");
    t.after(() => tune.process.kill("SIGKILL"));
    await walks(folder);
    tune.process.kill("SIGSTOP");
    const { status, stdout } = await run(folder, "estop");
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^simulated-elastic-quadruped: stopped, the robot confirmed it; latched$/m);
    tune.process.kill("SIGCONT");
    const ended = await tune.finished;
    assert.equal(ended.status, 3, ended.stderr);
    assert.match(ended.stderr, /latched .*operator-stop.*gaitsmith estop/);
    assert.deepEqual(
      (await stored(folder)).safety_events?.map(({ kind, code }) => [kind, code]),
      [["latch", "operator-stop"]],
    );
  });
});
