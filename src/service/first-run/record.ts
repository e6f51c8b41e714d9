/** What a first day has found so far, kept beside the robot's lock and latch, so that it goes on the next day. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, fail } from "../../errors.ts";
import { makeFolder } from "../../paths.ts";
import type { Finding } from "./finding.ts";
import type { OdometryFit } from "./odometry-fit.ts";

/** In the order in which they are done: each relies on those before it. */
export const STEP_NAMES = ["link", "encoders", "jog", "imu", "air", "ground", "odometry"] as const;
export type StepName = (typeof STEP_NAMES)[number];

/**
 * `passed`, perhaps with warnings; `failed`; `skipped` by a person; `not-possible` with this robot; `stopped` before it was over.
 */
export type Verdict = "passed" | "failed" | "skipped" | "not-possible" | "stopped";

export interface StepRecord {
  readonly verdict: Verdict;
  /** What came of it, in a sentence. */
  readonly words: string;
  readonly findings: readonly Finding[];
  /** What the person had to say: why it was skipped, or why it was gone on after a failure; "" for nothing. */
  readonly note: string;
  /** Wall time, ISO 8601. */
  readonly at: string;
  /** Hash of the config it was done with. */
  readonly config: string;
  /** Limits that were left out for this step alone, and why. */
  readonly relaxed?: Readonly<Record<string, string>>;
  /** Recordings of its walks. */
  readonly recordings?: readonly string[];
  /** Distances by odometry and as measured, m, of walks of this step. */
  readonly distances?: readonly { readonly odometry: number; readonly measured: number }[];
  /** Scale that the walks' odometry already had. */
  readonly odometryScale?: number | null;
  readonly odometry?: OdometryFit & { readonly line?: string };
}

export interface FirstRunRecord {
  readonly version: 1;
  readonly robot: string;
  /** Wall time of its beginning, ISO 8601. */
  readonly started: string;
  readonly updated: string;
  readonly config: { readonly file: string; readonly hash: string };
  readonly steps: Readonly<Partial<Record<StepName, StepRecord>>>;
}

export function recordPath(stateDir: string): string {
  return join(stateDir, "first-run.json");
}

/** @returns null when there is none, or none that can be read */
export function readRecord(stateDir: string): FirstRunRecord | null {
  try {
    const record = JSON.parse(readFileSync(recordPath(stateDir), "utf8")) as FirstRunRecord;
    return record.version === 1 && typeof record.steps === "object" && record.steps !== null ? record : null;
  } catch {
    return null;
  }
}

/** Whole or not at all. @throws REPORT_FAILED */
export function writeRecord(stateDir: string, record: FirstRunRecord): void {
  const path = recordPath(stateDir);
  try {
    makeFolder(stateDir);
    writeFileSync(`${path}.part`, `${JSON.stringify(record, null, 2)}\n`);
    renameSync(`${path}.part`, path);
  } catch (error) {
    fail("REPORT_FAILED", {
      what: `what the first run has found cannot be kept: ${describeError(error)}`,
      where: path,
      remedy: "See that there is room on the disk and that you may write to the folder.",
      cause: error,
    });
  }
}

/** A step that needs no more doing. */
export function isSettled(step: StepRecord | undefined): boolean {
  if (step === undefined || step.verdict === "stopped") return false;
  return step.verdict !== "failed" || step.note !== "";
}
