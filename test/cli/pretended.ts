/** Robots people own, pretended in another terminal, and their shipped configs made short enough for a test. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { hardwareConfigPath } from "../../src/paths.ts";
import { start } from "./gaitsmith.ts";

export type Change = readonly [from: RegExp, to: string];

/** The shipped config with one baseline walk and none to confirm, and changed where a pretended robot needs it. */
export function shortConfig(folder: string, file: string, ...changes: readonly Change[]): string {
  let text = readFileSync(hardwareConfigPath(file), "utf8");
  for (const [from, to] of [
    ...changes,
    [/baseline_walks: \d+/, "baseline_walks: 1"],
    [/confirm: \{.*\}/, "confirm: { walks: 0, candidates: 1 }"],
  ] as const) {
    assert.match(text, from);
    text = text.replace(from, to);
  }
  const path = join(folder, file);
  writeFileSync(path, text);
  return path;
}

/** `gaitsmith sim`: where the pretended robot says that it is, and what it has said to stderr since. */
export async function pretended(t: TestContext, folder: string, ...args: string[]) {
  const { process: child, saw } = start(folder, "sim", ...args, "--json");
  let [out, err] = ["", ""];
  child.stdout!.on("data", (text) => {
    out += text;
  });
  child.stderr!.on("data", (text) => {
    err += text;
  });
  t.after(() => child.kill("SIGINT"));
  await saw(/Ctrl-C ends it/);
  while (!out.includes("\n")) await pause(10);
  return { introduction: JSON.parse(out) as Record<string, string>, said: () => err };
}
