/** `gaitsmith clear`: which robot is meant, and by whose word. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readLatch, writeLatch } from "../../src/station/latch-file.ts";
import { run, workFolder } from "./gaitsmith.ts";

const LATCH = { id: "1", code: "operator-stop", words: "e-stop by Ctrl-C", at: "2026-01-01T00:00:00.000Z" };

describe("gaitsmith clear", { concurrency: 2 }, () => {
  it("does not know a robot that was never driven, and lists those that are latched", async (t) => {
    const folder = workFolder(t);
    const known = join(folder, "studies.db-robots");
    const before = await run(folder, "clear", "--robot", "nobody", "--checked", "all");
    assert.equal(before.status, 2, before.stderr);
    assert.match(before.stderr, /none is latched.*ROBOT_UNKNOWN/s);
    writeLatch(join(known, "first"), LATCH);
    writeLatch(join(known, "second"), LATCH);
    mkdirSync(join(known, "free"));
    const after = await run(folder, "clear", "--robot", "nobody", "--checked", "all");
    assert.equal(after.status, 2, after.stderr);
    assert.match(after.stderr, /"nobody".*latched: first, second\b/);
    assert.doesNotMatch(after.stderr, /free/);
    const free = await run(folder, "clear", "--robot", "free", "--checked", "all");
    assert.deepEqual([free.status, free.stdout], [0, "free is not latched\n"]);
  });

  it("stays latched for whoever checked nothing, and says what to type", async (t) => {
    const folder = workFolder(t);
    const stateDir = join(folder, "studies.db-robots", "one");
    writeLatch(stateDir, LATCH);
    const { status, stderr } = await run(folder, "clear", "--robot", "one", "--checked", "");
    assert.equal(status, 2, stderr);
    assert.match(stderr, /gaitsmith clear --robot one --checked "what you checked"/);
    assert.doesNotMatch(stderr, /yourself/);
    assert.notEqual(readLatch(stateDir), null);
    assert.equal((await run(folder, "clear", "--robot", "one", "--checked", "all legs free")).status, 0);
    assert.equal(readLatch(stateDir), null);
  });
});
