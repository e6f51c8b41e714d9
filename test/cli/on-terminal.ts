/** The real command on a real terminal, as a person has it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import * as pty from "@lydell/node-pty";
import { packageRoot } from "../../src/paths.ts";

export const COMMAND = join(packageRoot, "bin", "gaitsmith.js");

export interface OnTerminal {
  /** The exit status. */
  readonly ended: Promise<number>;
  /** All that has been shown so far. */
  said(): string;
  /** Resolves once what was shown has matched. */
  saw(pattern: RegExp): Promise<void>;
  type(text: string): void;
  /** Types once the prompt is there, later than what is taken for typed before. */
  answer(prompt: RegExp, text: string): Promise<void>;
}

export function onTerminal(t: TestContext, folder: string, ...args: string[]): OnTerminal {
  return programOnTerminal(t, folder, process.execPath, [COMMAND, ...args]);
}

export function programOnTerminal(
  t: TestContext,
  folder: string,
  program: string,
  args: readonly string[],
  cols = 120,
): OnTerminal {
  const terminal = pty.spawn(program, [...args], {
    cwd: folder,
    cols,
    env: { GAITSMITH_STATE_DIR: join(folder, "state"), ...process.env },
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
    said: () => said,
    saw,
    type: (text) => terminal.write(text),
    answer: async (prompt, text) => {
      await saw(prompt);
      await pause(500);
      terminal.write(text);
    },
  };
}
