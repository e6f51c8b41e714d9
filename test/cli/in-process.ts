/** What the commands do, done in this process, for what is not about the command line: only stations are processes of their own. */
import { AsyncLocalStorage } from "node:async_hooks";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { documentOf, nameOf } from "../../src/cli/show.ts";
import { applyOverrides, type Overrides } from "../../src/config/overrides.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import {
  type ApplyReport,
  type ApplyRequest,
  applyToRobot,
  type RevertReport,
  revertRobot,
} from "../../src/processes/apply.ts";
import { openService, type ServiceOptions } from "../../src/processes/service.ts";
import { openSqliteStorage } from "../../src/study/sqlite-storage.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import type { Finished } from "./gaitsmith.ts";

let commands = 0;
/** Tells what a command says from what the test runner reports meanwhile. */
const command = new AsyncLocalStorage<number>();

/** The command as it is typed where nobody can answer, of which nothing but words is expected: one at a time. */
export async function typed(folder: string, ...args: string[]): Promise<Omit<Finished, "signal">> {
  const { argv, stdin } = process;
  const { isTTY } = stdin;
  const cwd = process.cwd();
  const said = { stdout: "", stderr: "" };
  const [out, err] = [process.stdout.write, process.stderr.write];
  const number = commands++;
  const errors = console.error;
  process.argv = [process.execPath, "gaitsmith", ...args];
  process.chdir(folder);
  stdin.isTTY = false;
  const keep = (name: keyof typeof said, stream: NodeJS.WriteStream, write: typeof out): typeof out =>
    function (this: unknown, ...args: unknown[]): boolean {
      if (command.getStore() !== number) return Reflect.apply(write, stream, args);
      said[name] += args[0];
      return true;
    };
  process.stdout.write = keep("stdout", process.stdout, out);
  process.stderr.write = keep("stderr", process.stderr, err);
  console.error = (...words) => void process.stderr.write(`${words.join(" ")}\n`);
  try {
    // Another address is another module: it reads the arguments once.
    await command.run(number, () => import(`../../src/cli/main.ts?${number}`));
    return { status: Number(process.exitCode ?? 0), ...said };
  } finally {
    process.exitCode = 0;
    process.chdir(cwd);
    Object.assign(process, { argv });
    stdin.isTTY = isTTY;
    process.stdout.write = out;
    process.stderr.write = err;
    console.error = errors;
  }
}

const storeIn = (folder: string): string => join(folder, "studies.db");

/** Locks, latches and backups of real links are in the folder until the test ends: one such test at a time. */
export function stateIn(t: TestContext, folder: string): void {
  process.env["GAITSMITH_STATE_DIR"] = join(folder, "state");
  t.after(() => {
    delete process.env["GAITSMITH_STATE_DIR"];
  });
}

/** `gaitsmith tune` without page, recordings and keys, to its end. @throws what keeps a study from being run */
export async function tuned(
  folder: string,
  file: string,
  overrides: Overrides = {},
  more: Partial<ServiceOptions> = {},
): Promise<StudyDocument> {
  const config = applyOverrides(readHardwareConfig(file), overrides);
  const running = await openService({
    config,
    study: config.study!,
    store: storeIn(folder),
    recording: false,
    dashboard: null,
    operator: null,
    ...more,
  });
  try {
    await running.run();
    return running.service.current;
  } finally {
    await running.close();
  }
}

/** `gaitsmith show --json`, without conclusions. */
export async function stored(folder: string): Promise<StudyDocument> {
  const storage = await openSqliteStorage(storeIn(folder), { mode: "read" });
  try {
    return await documentOf(storage, await nameOf(storage, undefined));
  } finally {
    await storage.close();
  }
}

/** `gaitsmith apply --yes`. */
export function applied(
  folder: string,
  file: string,
  change: Partial<ApplyRequest> = {},
): Promise<ApplyReport> {
  return applyToRobot({
    config: readHardwareConfig(file),
    store: storeIn(folder),
    ...{ study: null, trial: null, params: null, fromAnotherRobot: null },
    ...{ dryRun: false, testWalk: true },
    person: { name: "ann", say: () => {}, ask: async (_, signal) => !signal.aborted },
    onProposal: () => {},
    onMessage: () => {},
    ...change,
  });
}

/** `gaitsmith revert`. */
export function reverted(folder: string, file: string): Promise<RevertReport> {
  return revertRobot({
    config: readHardwareConfig(file),
    store: storeIn(folder),
    to: null,
    person: { name: "ann", say: () => {} },
    onMessage: () => {},
  });
}
