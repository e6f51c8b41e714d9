/** What was found, as a person reads it. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { Finding } from "./finding.ts";
import type { FirstRunRecord, StepRecord, Verdict } from "./record.ts";
import { STEPS } from "./steps.ts";

const MARKS: Readonly<Record<Finding["result"], string>> = { ok: "ok  ", warning: "note", missing: "MISS" };
const VERDICTS: Readonly<Record<Verdict, string>> = {
  passed: "PASSED",
  failed: "FAILED",
  skipped: "SKIPPED",
  "not-possible": "NOT POSSIBLE",
  stopped: "STOPPED",
};

/** Every finding, and the verdict. */
export function resultLines({
  verdict,
  words,
  findings,
}: Pick<StepRecord, "verdict" | "words" | "findings">): string[] {
  const width = Math.max(0, ...findings.map(({ item }) => item.length));
  const lines = findings.flatMap((one) => {
    const line = `  ${MARKS[one.result]}  ${one.item.padEnd(width)}  ${one.words}`;
    return one.remedy === "" ? [line] : [line, `  ${" ".repeat(width + 6)}  → ${one.remedy}`];
  });
  return [...lines, `  ${VERDICTS[verdict]}: ${words}`];
}

/** The whole report. */
export function reportText({ robot }: HardwareConfig, record: FirstRunRecord): string {
  const lines = [`First run of ${robot.name}, begun ${record.started.slice(0, 10)}`, ""];
  for (const [index, { name, title }] of STEPS.entries()) {
    const step = record.steps[name];
    lines.push(
      `${index + 1}. ${title}: ${step === undefined ? "not done" : `${VERDICTS[step.verdict]}, ${step.words}`}`,
    );
    if (step === undefined) continue;
    if (step.note !== "") lines.push(`   note: ${step.note}`);
    for (const one of step.findings)
      if (one.result !== "ok") lines.push(`   ${MARKS[one.result]}  ${one.item}: ${one.words}`);
    for (const [limit, why] of Object.entries(step.relaxed ?? {}))
      lines.push(`   not watched: ${limit}, ${why}`);
    if (step.odometry?.ok === true && step.odometry.line !== undefined)
      lines.push(`   telemetry:  ${step.odometry.line}`);
  }
  return `${lines.join("\n")}\n`;
}
