/** `gaitsmith clear`: takes an e-stop's latch away, in the name of a person who says what they checked. */
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { robotStateDir } from "../paths.ts";
import { openLatch, readLatch } from "../station/latch-file.ts";

export interface ClearOptions {
  readonly robot: string;
  readonly checked: string;
  readonly store: string;
}

export async function clear(options: ClearOptions): Promise<number> {
  const { checked } = options;
  const simulated = join(`${resolve(options.store)}-robots`, options.robot);
  const stateDir = existsSync(simulated) ? simulated : robotStateDir(options.robot);
  const latch = readLatch(stateDir);
  if (latch === null) {
    process.stdout.write(`${options.robot} is not latched\n`);
    return 0;
  }
  openLatch(stateDir, { id: latch.id, by: userInfo().username, checked }, systemClock.date());
  process.stdout.write(
    `${options.robot} was latched: ${latch.words} (${latch.at})\n  cleared, checked: ${checked}\n`,
  );
  return 0;
}
