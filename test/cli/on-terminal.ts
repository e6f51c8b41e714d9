/** The real command on a terminal of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as pty from "@lydell/node-pty";
import { packageRoot } from "../../src/paths.ts";

/** The command on a terminal. */
export function onTerminal(t: TestContext, folder: string, ...args: string[]) {
  const terminal = pty.spawn(process.execPath, [join(packageRoot, "bin", "gaitsmith.js"), ...args], {
    cwd: folder,
    cols: 120,
    env: { ...process.env },
  });
  let said = "";
  let over = false;
  terminal.onData((text) => {
    said += text;
  });
  const ended = new Promise<number>((resolve) =>
    terminal.onExit(({ exitCode }) => {
      over = true;
      resolve(exitCode);
    }),
  );
  t.after(() => {
    if (!over) terminal.kill("SIGKILL");
  });
  const saw = async (pattern: RegExp): Promise<void> => {
    for (let k = 0; k < 600 && !pattern.test(said) && !over; k++) await pause(50);
    assert.match(said, pattern);
  };
  return {
    ended,
    saw,
    /** Types once the prompt is there, later than what is taken for typed before. */
    answer: async (prompt: RegExp, text: string): Promise<void> => {
      await saw(prompt);
      await pause(500);
      terminal.write(text);
    },
  };
}
