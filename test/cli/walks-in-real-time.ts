/** A command whose robot walks in real time, for tests that meddle with it while it walks. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";

/** Changes of the shipped config: quickly under way and at rest, and patience with what a busy machine trips over. */
export const QUICKLY: readonly (readonly [RegExp, string])[] = [
  [/ {2}stand: 0.5 s/, "  stand: 0.2 s"],
  [/ramp_in: 0.5 s/, "ramp_in: 0.3 s"],
  [/ {2}settle: 0.5 s/, "  settle: 0.2 s"],
  [/report_interval: 1 s/, "report_interval: 0.2 s"],
  [/ramp_out: 0.5 s/, "ramp_out: 0.3 s"],
  [/frame-age: \{ high: 150 ms/, "frame-age: { high: 2 s"],
  [/frame-gap: \{ high: 8/, "frame-gap: { high: 60"],
  [/not-a-number: \{ high: 5/, "not-a-number: { high: 20"],
  [/minimum_telemetry_rate: 90 %/, "minimum_telemetry_rate: 30 %"],
];

/** The simulated robot in process, with such walks. */
export const IN_REAL_TIME = [[/clock: lockstep/, "clock: realtime"], ...QUICKLY] as const;

/** Until its first walk has got as far as a report. @param folder of the study file @throws after half a minute */
export async function walks(folder: string): Promise<void> {
  const store = join(folder, "studies.db");
  for (let k = 0; k < 1200; k++) {
    if (reportsIn(store) > 0) return;
    await pause(25);
  }
  throw new Error("the robot did not begin to walk");
}

/** How many are stored; 0 before there is such a file. */
export function reportsIn(store: string): number {
  if (!existsSync(store)) return 0;
  const database = new DatabaseSync(store, { readOnly: true });
  try {
    return Number(database.prepare("SELECT COUNT(*) AS count FROM gaitsmith_reports").get()?.["count"]);
  } catch {
    // Its tables are being made.
    return 0;
  } finally {
    database.close();
  }
}
