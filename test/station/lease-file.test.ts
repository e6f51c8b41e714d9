/** Whose robot it is: two programs, dead ones, silent ones, other computers, and a lock that is handed on. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { GaitsmithError } from "../../src/errors.ts";
import {
  holderWords,
  LeaseFile,
  type LeaseHolder,
  processStart,
  readLease,
} from "../../src/station/lease-file.ts";
import { temporaryFolder } from "./station-process.ts";

const now = new Date("2026-01-01T00:00:00Z");
const take = (folder: string) => LeaseFile.take(folder, "this test", now, { doing: 'study "trot"' });

/** A lock as another process would have left it. */
function lockOf(folder: string, holder: Partial<LeaseHolder>, age = 0): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "lock");
  const usual = { pid: 1, started: processStart(1) ?? "", host: hostname(), owner: "another", since: "then" };
  writeFileSync(path, `${JSON.stringify({ ...usual, ...holder })}\n`);
  const at = new Date(Date.now() - 1000 * age);
  utimesSync(path, at, at);
}

const isBusy = (pattern: RegExp) => (error: unknown) =>
  error instanceof GaitsmithError && error.code === "ROBOT_BUSY" && pattern.test(error.message);

describe("a robot's lease", () => {
  it("is one program's, which says what it does and since when; each lease has a higher epoch", () => {
    const folder = temporaryFolder();
    const first = take(folder);
    assert.equal(first.epoch, 1);
    assert.throws(() => take(folder), isBusy(/this test \(process \d+, study "trot", since 2026-01-01/));
    assert.deepEqual(readLease(folder)?.holder.epoch, 1);
    first.release();
    assert.equal(readLease(folder), null);
    assert.equal(take(folder).epoch, 2);
  });

  it("is free when its process is gone, or its id belongs to another one now", () => {
    for (const holder of [{ pid: 0 }, { pid: 2 ** 22 + 5 }, { pid: 1, started: "77" }]) {
      const folder = temporaryFolder();
      lockOf(folder, holder);
      if ("started" in holder && processStart(1) === null) continue;
      assert.equal(readLease(folder)?.alive, false);
      take(folder).release();
    }
  });

  it("is not taken from a living process that is silent, but it is said for how long", () => {
    const folder = temporaryFolder();
    lockOf(folder, { pid: 1 }, 12);
    assert.throws(() => take(folder), isBusy(/silent for 12 s/));
  });

  it("on another computer lasts while it is touched", () => {
    const folder = temporaryFolder();
    lockOf(folder, { host: "another-computer", pid: 999_999 }, 20);
    assert.throws(
      () => take(folder),
      isBusy(/process 999999 on another-computer, since then, silent for 20 s/),
    );
    lockOf(folder, { host: "another-computer", pid: process.pid }, 90);
    assert.equal(take(folder).epoch, 1);
  });

  it("is touched by its holder, at most once a second, and given back by nobody else", async () => {
    const folder = temporaryFolder();
    const lease = take(folder);
    const old = new Date(Date.now() - 60_000);
    const silent = () => readLease(folder)?.silent ?? Number.NaN;
    const touched = async (at: number): Promise<boolean> => {
      utimesSync(join(folder, "lock"), old, old);
      lease.touch(at);
      for (let k = 0; k < 20 && silent() > 30; k++) await pause(10);
      return silent() < 30;
    };
    assert.equal(await touched(0), true);
    assert.equal(await touched(900), false);
    assert.equal(await touched(1100), true);
    lockOf(folder, {});
    lease.release();
    assert.match(holderWords(readLease(folder)!), /another/);
  });

  it("that a parent holds is handed on to its child, and to no other process", async () => {
    const folder = temporaryFolder();
    take(folder);
    const script = `
      const { LeaseFile } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/station/lease-file.ts"))});
      try { console.log(LeaseFile.take(${JSON.stringify(folder)}, "the child", new Date(0)).epoch); }
      catch (error) { console.log(error.code); }`;
    const said = (command: string, args: readonly string[]): Promise<string> =>
      new Promise((resolve) => {
        const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
        let text = "";
        child.stdout.on("data", (data) => (text += data));
        child.on("close", () => resolve(text.trim()));
      });
    const node = ["--input-type=module", "-e", script];
    const grandchild = `require("child_process").spawnSync(process.execPath, ${JSON.stringify(node)}, { stdio: "inherit" })`;
    assert.equal(await said(process.execPath, ["-e", grandchild]), "ROBOT_BUSY");
    assert.equal(await said(process.execPath, node), "2");
    assert.match(readFileSync(join(folder, "lock"), "utf8"), /"the child"/);
  });
});
