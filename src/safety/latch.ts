/**
 * The e-stop latch, as pure state: once closed it stays closed over reconnects, restarts and crashes, until a person who
 * names what they checked opens it. Where it is kept is the station's business.
 */
import type { StopLevel } from "../robot/robot.ts";

/** Why the robot is latched. */
export interface LatchRecord {
  /** Quoted by whoever opens the latch, so that nobody opens another latch than the one they looked at. */
  readonly id: string;
  /** Stable code: `operator-stop`, `stop-button`, a limit's name, … */
  readonly code: string;
  readonly words: string;
  /** Wall time, ISO 8601. */
  readonly at: string;
}

export interface StopFacts {
  /** A person asked for it, by whatever means. */
  readonly eStop: boolean;
  /** The level that the stop began with. */
  readonly level: StopLevel;
  /** The robot itself confirmed that it has stopped driving. */
  readonly confirmed: boolean;
  /** The link itself is gone: a confirmation cannot come, and the robot stops by its own dead-man. */
  readonly linkLost: boolean;
  /** It gets back to its start line without a person. */
  readonly returnsByItself: boolean;
}

/**
 * Whether a stop leaves the robot latched:
 *
 * 1. an e-stop does, always;
 * 2. a stop that the robot did not confirm does, while the link was up: it was silent, torque was cut blindly, nobody
 *    knows what it does. (When the link is gone the robot stops by its own dead-man, and opening the link anew, lease,
 *    capabilities and preflight, is what stands between it and its next walk.)
 * 3. a cut does, on a robot that a person has to pick up anyway.
 *
 * Any other breach of a limit is a safe stop and no more: the robot stands or lies without torque, its walk is aborted, and
 * the study goes on.
 */
export function stopLatches(stop: StopFacts): boolean {
  if (stop.eStop) return true;
  if (stop.linkLost) return false;
  return !stop.confirmed || (stop.level === "cut" && !stop.returnsByItself);
}

/** The first reason is kept: what came later is mostly its consequence. */
export function closeLatch(present: LatchRecord | null, record: LatchRecord): LatchRecord {
  return present ?? record;
}

/** A person's leave to move the robot again. */
export interface LatchRelease {
  readonly id: string;
  readonly by: string;
  /** What the person looked at, in their words. */
  readonly checked: string;
}

/** @returns null when the latch may be opened, else why not */
export function releaseProblem(present: LatchRecord, release: LatchRelease): string | null {
  if (release.id !== present.id) return `the latch is ${present.id}, not ${release.id}`;
  if (release.by.trim() === "") return "nobody said who they are";
  if (release.checked.trim() === "") return "nobody said what they checked";
  return null;
}

/**
 * Reads a stored latch. What cannot be read is a closed latch: a damaged file must not set a robot free.
 */
export function parseLatch(text: string): LatchRecord {
  const stored = fieldsOf(text);
  const field = (name: keyof LatchRecord, unreadable: string): string => {
    const value = stored[name];
    return typeof value === "string" && value !== "" ? value : unreadable;
  };
  return {
    id: field("id", "unreadable"),
    code: field("code", "latch-unreadable"),
    words: field("words", "the latch cannot be read"),
    at: field("at", ""),
  };
}

/** Of a JSON object; none of anything else. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export function formatLatch(record: LatchRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}
