/** Paths that are no serial line to be had, and what a person is told. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PseudoTerminal } from "../../sim/serial/pseudo-terminal.ts";
import { openDevice } from "../../src/links/serial/device.ts";

const LISTENER = { onBytes: () => {}, onLost: () => {} };

function told(path: string): Promise<string> {
  return openDevice(path, 115_200, LISTENER).then(
    () => "open",
    (error: { code: string; describe(): string }) => {
      assert.equal(error.code, "LINK_UNAVAILABLE");
      return error.describe();
    },
  );
}

test("a file or a folder is called no serial device", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "notes.txt");
  writeFileSync(file, "");
  for (const path of [file, folder])
    assert.ok((await told(path)).startsWith(`that is not a serial device (${path})`), await told(path));
});

test("a device that is not there is named once", async () => {
  const words = await told("/dev/ttyNOPE");
  assert.match(words, /^there is no such device; .*seen.* \(\/dev\/ttyNOPE\)$/m);
  assert.equal(words.split("ttyNOPE").length, 2);
});

test("a port that is open elsewhere is said to be", async () => {
  const terminal = await PseudoTerminal.open(() => {});
  const line = await openDevice(terminal.path, 115_200, LISTENER);
  try {
    const words = await told(terminal.path);
    assert.ok(words.startsWith(`another program has the serial port open (${terminal.path})`), words);
  } finally {
    await line.close();
    terminal.close();
  }
});
