/** Latches and clears of a study, as its attribute `gaitsmith:safety_events` holds them. */
import type { JsonValue } from "../optimizer/trial.ts";
import type { Storage } from "./storage.ts";

const KEY = "safety_events";

export interface SafetyEvent {
  readonly kind: "latch" | "clear";
  /** ISO 8601, wall time. */
  readonly time: string;
  /** The latch that was closed or opened. */
  readonly id: string;
  /** Why it was closed: `operator-stop`, `stop-button`, a limit's name, … */
  readonly code: string;
  readonly words: string;
  /** How hard the robot was stopped; null where nobody knows. */
  readonly level: "neutral" | "settle" | "cut" | null;
  /** Who opened it, and what they looked at; null of a latch. */
  readonly by: string | null;
  readonly checked: string | null;
}

/** Oldest first. */
export async function readSafetyEvents(storage: Storage, study: string): Promise<readonly SafetyEvent[]> {
  const stored = await storage.attribute(study, KEY);
  return Array.isArray(stored) ? (stored as unknown as SafetyEvent[]) : [];
}

export async function writeSafetyEvents(
  storage: Storage,
  study: string,
  events: readonly SafetyEvent[],
): Promise<void> {
  await storage.setAttribute(study, KEY, events as unknown as JsonValue);
}
