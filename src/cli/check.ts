/**
 * `gaitsmith check`: whether a study could start with this robot; with `--protocol` whether its firmware keeps the serial
 * protocol, clause by clause.
 */
import { writeFileSync } from "node:fs";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { readHardwareConfig } from "../config/read-hardware-config.ts";
import { describeError, fail } from "../errors.ts";
import { checkRobot } from "../processes/check-protocol.ts";
import { checkStart } from "../processes/check-robot.ts";
import { documentOf, junitOf, textOf } from "./check-report.ts";
import { startText } from "./start-report.ts";

export interface CheckCommandOptions {
  readonly protocol?: boolean;
  readonly move?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
}

/** @returns the exit status: 0 all passed, 1 something is missing or a clause failed, 130 interrupted by a person */
export async function check(file: string, options: CheckCommandOptions): Promise<number> {
  const config = readHardwareConfig(file);
  if (options.protocol === true) return untilInterrupted((signal) => protocol(config, options, signal));
  for (const option of ["move", "junit"] as const)
    if (options[option] !== undefined)
      fail("BAD_USAGE", {
        what: `--${option} belongs to the check of a protocol`,
        remedy: "Add --protocol.",
      });
  return untilInterrupted(async (signal) => {
    if (process.stderr.isTTY) process.stderr.write(`Listening to ${config.robot.name}; nothing moves.\n`);
    const found = await checkStart(config, signal);
    process.stdout.write(
      options.json === true ? `${JSON.stringify(found)}\n` : startText(config.robot.name, found),
    );
    if (signal.aborted) return 130;
    return found.ready ? 0 : 1;
  });
}

async function untilInterrupted(run: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await run(interruption.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

async function protocol(
  config: HardwareConfig,
  options: CheckCommandOptions,
  signal: AbortSignal,
): Promise<number> {
  const { move = false, json = false, junit } = options;
  if (move)
    process.stderr.write(`${config.robot.name} is going to stand up, several times. Ctrl-C stops it.\n`);
  let walked = 0;
  const progress = process.stderr.isTTY && !json;
  const report = await checkRobot(config, {
    move,
    signal,
    onFinding: ({ id }) => {
      if (progress) process.stderr.write(`\r\x1b[K${++walked} ${id}`);
    },
  });
  if (progress) process.stderr.write("\r\x1b[K");
  process.stdout.write(json ? `${JSON.stringify(documentOf(report))}\n` : textOf(report));
  if (junit !== undefined) writeReport(junit, junitOf(report));
  if (report.interrupted) return 130;
  return documentOf(report).passed ? 0 : 1;
}

/** @throws REPORT_FAILED */
function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    fail("REPORT_FAILED", {
      what: `the JUnit report cannot be written: ${describeError(error)}`,
      where: file,
      remedy: "Give --junit a file in a folder that exists and may be written to.",
      cause: error,
    });
  }
}
