/** `gaitsmith check --protocol` as a person at the bench and a CI machine run it. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ProtocolReport } from "../../src/links/serial/check/check.ts";
import { WITHOUT_CC } from "../firmware-protocol/c-program.ts";
import { OF_TIME } from "../links/check/of-time.ts";
import { run, SIMULATED, type Started, serialConfig, simulatedPort, start, workFolder } from "./gaitsmith.ts";
import { stateIn, typed } from "./in-process.ts";
import { xmlProblem } from "./xml.ts";

type Document = ProtocolReport & { readonly passed: boolean };

const lockOf = (folder: string): string =>
  join(folder, "state", "robots", "simulated-elastic-quadruped", "lock");

/** Until a command has the robot, or has ended without it. */
async function drives(command: Started, folder: string): Promise<void> {
  while (!existsSync(lockOf(folder)) && command.process.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

const failures = (stdout: string) =>
  (JSON.parse(stdout) as Document).findings.filter(({ result }) => result === "fail");

describe("gaitsmith check", { concurrency: 2 }, () => {
  it("says whether a study could start over a serial line, checks for one person at a time, and gives the robot back", async (t) => {
    const folder = workFolder(t);
    const port = await simulatedPort(folder, "--clock", "realtime");
    t.after(() => port.end());
    const config = serialConfig(folder, port.path, "realtime");
    const ready = await run(folder, "check", config);
    assert.equal(ready.status, 0, ready.stdout + ready.stderr);
    assert.match(ready.stdout, /ok +round trip +p50 [\d.]+ ms, p99 [\d.]+ ms/);
    assert.match(ready.stdout, /ok +clock offset +-?[\d.]+ s ± [\d.]+ ms/);
    assert.match(ready.stdout, /(ok|warn) +telemetry age +p50/);
    assert.match(ready.stdout, /^ {2}battery\.voltage +12\.\d V$/m);
    assert.match(ready.stdout, /is ready: a study could start\.\n$/);
    assert.ok(!existsSync(lockOf(folder)), "its lock is given back");

    const first = start(folder, "check", config, "--protocol");
    await drives(first, folder);
    const second = await run(folder, "check", config, "--protocol");
    assert.equal(second.status, 1);
    assert.match(second.stderr, /driven by gaitsmith check .*ROBOT_BUSY/s);
    first.process.kill("SIGINT");
    const { status, stdout } = await first.finished;
    assert.equal(status, 130);
    assert.match(stdout, /check\.left +off, free, not latched/);
    assert.match(stdout, /interrupted$/m);
    assert.ok(!existsSync(lockOf(folder)));

    // A report that cannot be written is printed all the same.
    const lost = join(folder, "no such folder", "r.xml");
    const third = start(folder, "check", config, "--protocol", "--junit", lost);
    await drives(third, folder);
    // The report is one of what it came to.
    third.process.kill("SIGINT");
    const unwritten = await third.finished;
    assert.equal(unwritten.status, 1);
    assert.match(unwritten.stdout, /^\d+ passed, \d+ failed, \d+ skipped; interrupted$/m);
    assert.match(
      unwritten.stderr,
      /JUnit report cannot be written: ENOENT.*no such folder.*Give --junit.*\[REPORT_FAILED\]/s,
    );
    assert.doesNotMatch(unwritten.stderr, /^ +at /m);
  });

  // The other firmware is checked without a command, see test/links/check.
  const firmware = WITHOUT_CC === false ? "c" : "ts";
  it(`--protocol passes the simulated robot with firmware ${firmware}, standing up included`, async (t) => {
    const folder = workFolder(t);
    const port = await simulatedPort(folder, "--firmware", firmware, "--clock", "realtime");
    t.after(() => port.end());
    const config = serialConfig(folder, port.path, "realtime");
    const args = ["check", config, "--protocol", "--move", "--json", "--junit", "report.xml"];
    let { status, stdout, stderr } = await run(folder, ...args);
    // A busy machine delays the host and the simulated robot alike.
    if (failures(stdout).some(({ id }) => !OF_TIME.has(id)))
      ({ status, stdout, stderr } = await run(folder, ...args));
    const failed = failures(stdout);
    assert.deepEqual(
      failed.filter(({ id }) => !OF_TIME.has(id)),
      [],
    );
    const report = JSON.parse(stdout) as Document;
    assert.equal(status, failed.length === 0 ? 0 : 1, stderr);
    assert.equal(report.passed, failed.length === 0);
    assert.match(stderr, /going to stand up/);
    const xml = readFileSync(join(folder, "report.xml"), "utf8");
    assert.equal(xmlProblem(xml), null);
    assert.match(xml, new RegExp(`tests="${report.findings.length}" failures="${failed.length}"`));
    assert.ok(!existsSync(lockOf(folder)), "its lock is given back");
  });
});

describe("gaitsmith check, of what is not there", () => {
  it("says what is missing and what to do, and fails", async (t) => {
    const folder = workFolder(t);
    stateIn(t, folder);
    const config = serialConfig(folder, "/dev/no-such-port", "realtime");
    const { status, stdout } = await typed(folder, "check", config);
    assert.equal(status, 1);
    assert.match(stdout, /MISS +LINK_UNAVAILABLE .*no-such-port.*\n +→ \S/);
    const json = await typed(folder, "check", config, "--json");
    assert.equal((JSON.parse(json.stdout) as { ready: boolean }).ready, false);
    const misused = await typed(folder, "check", config, "--move");
    assert.deepEqual([misused.status, /Add --protocol/.test(misused.stderr)], [2, true]);
  });

  it("--protocol is for robots on a serial line", async (t) => {
    const simulated = await typed(workFolder(t), "check", SIMULATED, "--protocol");
    assert.equal(simulated.status, 2);
    assert.match(simulated.stderr, /not on a serial line.*link\.kind.*BAD_USAGE/s);
  });
});
