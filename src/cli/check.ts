/** `gaitsmith check --protocol`: walks the serial protocol against a robot's firmware, clause by clause. */
import { writeFileSync } from "node:fs";
import { readHardwareConfig } from "../config/read-hardware-config.ts";
import { describeError, fail } from "../errors.ts";
import { checkRobot } from "../processes/check-protocol.ts";
import { documentOf, junitOf, textOf } from "./check-report.ts";

export interface CheckCommandOptions {
  readonly protocol?: boolean;
  readonly move?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
}

/** @returns the exit status: 0 all passed, 1 a clause failed, 130 interrupted by a person */
export async function check(file: string, options: CheckCommandOptions): Promise<number> {
  const { move = false, json = false, junit } = options;
  const config = readHardwareConfig(file);
  if (options.protocol !== true)
    return fail("BAD_USAGE", { what: "there is nothing to check", remedy: "Add --protocol." });
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    if (move)
      process.stderr.write(`${config.robot.name} is going to stand up, several times. Ctrl-C stops it.\n`);
    let walked = 0;
    const progress = process.stderr.isTTY && !json;
    const report = await checkRobot(config, {
      move,
      signal: interruption.signal,
      onFinding: ({ id }) => {
        if (progress) process.stderr.write(`\r\x1b[K${++walked} ${id}`);
      },
    });
    if (progress) process.stderr.write("\r\x1b[K");
    process.stdout.write(json ? `${JSON.stringify(documentOf(report))}\n` : textOf(report));
    if (junit !== undefined) writeReport(junit, junitOf(report));
    if (report.interrupted) return 130;
    return documentOf(report).passed ? 0 : 1;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
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
