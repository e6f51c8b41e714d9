/** One step of the first day: what it says beforehand, and what doing it finds. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { Finding } from "./finding.ts";
import type { FirstRunPorts } from "./ports.ts";
import type { FirstRunRecord, StepName, StepRecord } from "./record.ts";

/** What a step leaves; note, time and config are added by whoever ran it. */
export type StepResult = Omit<StepRecord, "note" | "at" | "config">;

export interface Step {
  readonly name: StepName;
  readonly title: string;
  /** What the person has to do first, and what is going to happen. */
  readonly instructions: string;
  /** What has to be typed before it begins, where Enter is not enough. */
  readonly confirmation?: string;
  /** Why this robot cannot do it, in words; null: it can. Asked before the person is. */
  impossible?(ports: FirstRunPorts): Promise<string | null>;
  run(ports: FirstRunPorts, record: FirstRunRecord): Promise<StepResult>;
}

/** Passed unless something is missing. */
export function judged(
  findings: readonly Finding[],
  passed: string,
  more: Partial<StepResult> = {},
): StepResult {
  const missing = findings.filter(({ result }) => result === "missing");
  const warnings = findings.filter(({ result }) => result === "warning").length;
  const words =
    missing.length > 0
      ? missing.map(({ item, words }) => `${item} ${words}`).join("; ")
      : `${passed}${warnings === 0 ? "" : `; ${warnings} ${warnings === 1 ? "thing is" : "things are"} worth knowing`}`;
  return { verdict: missing.length > 0 ? "failed" : "passed", words, findings, ...more };
}

export const STOPPED: StepResult = { verdict: "stopped", words: "stopped by the operator", findings: [] };

/** Where this link's config or its robot says which joint is which and how it counts. */
export function jointFields({ link, source }: HardwareConfig): {
  readonly order: string;
  readonly sign: string;
} {
  const file = source.file;
  switch (link.kind) {
    case "rosbridge":
      return {
        order: `robot.joints and the names in link.telemetry and link.control.targets of ${file}`,
        sign: `sign: of the joint in link.telemetry and link.control.targets of ${file}`,
      };
    case "serial":
      return {
        order: `robot.joints of ${file} or the joint order of the firmware's driver`,
        sign: "the firmware's driver (direction of the joint's encoder and motor)",
      };
    default:
      return { order: `robot.joints of ${file}`, sign: "the robot's own program (direction of the joint)" };
  }
}
