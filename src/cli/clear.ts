/** `gaitsmith clear`: takes an e-stop's latch away, in the name of a person who says what they checked. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fail } from "../errors.ts";
import { robotStateDir } from "../paths.ts";
import { clearLatch, readLatch } from "../station/latch-file.ts";

export interface ClearOptions {
  readonly robot: string;
  readonly checked: string;
  readonly store: string;
}

export async function clear(options: ClearOptions): Promise<number> {
  const checked = options.checked.trim();
  if (checked.length < 3)
    fail("BAD_USAGE", { what: "--checked says nothing", remedy: "Name what you looked at on the robot." });
  const simulated = join(`${resolve(options.store)}-robots`, options.robot);
  const stateDir = existsSync(simulated) ? simulated : robotStateDir(options.robot);
  const latch = readLatch(stateDir);
  if (latch === null) {
    process.stdout.write(`${options.robot} is not latched\n`);
    return 0;
  }
  clearLatch(stateDir, checked);
  process.stdout.write(`${options.robot} was latched: ${latch.reason}\n  cleared, checked: ${checked}\n`);
  return 0;
}
