/** What a crash costs: the whole process is killed in the middle of a recording. */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { packageRoot } from "../../src/paths.ts";
import { readRecording } from "../../src/station/recording-reader.ts";
import { temporaryFolder } from "./station-process.ts";

/** Twice the time a chunk may wait, and a busy machine on top. */
const PROMISE_MS = 500;

for (const rate of [1000, 50])
  it(`kill -9 at ${rate} Hz loses at most half a second of a recording`, async (t: TestContext) => {
    const file = join(temporaryFolder(), "walk.mcap");
    const script = join(packageRoot, "test", "station", "recorder-at-rate.ts");
    const child = fork(script, [file, String(rate)], { detached: true });
    let overrun = false;
    child.on("message", (message) => {
      overrun ||= message === "overrun";
    });
    await once(child, "message");
    // Somewhere between two chunks.
    await pause(1500 + Math.random() * 300);
    const killed = Date.now();
    process.kill(-child.pid!, "SIGKILL");
    await once(child, "exit");
    let newest = 0;
    let frames = 0;
    for await (const item of readRecording(file, ["frame"])) {
      if (item.kind !== "frame") continue;
      assert.equal(item.seq, frames++);
      newest = item.values[0]!;
    }
    const lost = killed - newest;
    t.diagnostic(`lost at ${rate} Hz: ${lost} ms, ${frames} frames recovered`);
    assert.ok(!overrun);
    assert.ok(lost <= PROMISE_MS, `${lost} ms`);
  });
