/** The JSON objects of the node conversation, version 1 (docs/rosbridge.md), and how they are read. */
import type { StopLevel } from "../../src/robot/robot.ts";

export const CONVERSATION_VERSION = 1;

/** What a station asks for. Fields of single kinds are unchecked. */
export interface NodeCommand {
  /** null, like the number: a stop that does not say whose it is. */
  readonly owner: string | null;
  readonly epoch: number;
  readonly number: number | null;
  /** Robot's clock, s, as the station knows it. */
  readonly sent: number | null;
  /** s; NaN when there is none */
  readonly valid: number;
  readonly kind: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Keepalive {
  readonly owner: string;
  readonly epoch: number;
  readonly number: number;
  readonly sent: number | null;
  /** s; NaN when there is none */
  readonly valid: number;
  /** Stamp of the newest frame the station has dealt with, robot's clock, s. */
  readonly seen: number | null;
}

export type RefusalCode =
  | "lease"
  | "old"
  | "late"
  | "order"
  | "unknown"
  | "range"
  | "busy"
  | "hash"
  | "failed";

export interface NodeAnswer {
  readonly v: 1;
  readonly owner: string | null;
  readonly number: number | null;
  readonly accepted: boolean;
  readonly code: "" | RefusalCode;
  readonly reason: string;
  readonly [field: string]: unknown;
}

export interface NodeEvent {
  readonly v: 1;
  readonly number: number;
  readonly event: "fault" | "rebooted";
  readonly code: string;
  readonly reason: string;
  /** Robot's clock, s. */
  readonly time: number;
}

/** What the conversation knows about itself; whoever publishes it adds `state` and `hash`, which the robot knows. */
export interface ConversationState {
  readonly v: 1;
  readonly boot: string;
  readonly time: number;
  readonly holder: string | null;
  readonly epoch: number;
  readonly armed: boolean;
  /** The last thing the dead-man did since the robot was armed. */
  readonly dead: StopLevel | null;
  readonly fed: number;
  readonly ignored: number;
}

/** @returns null for what is no command of this version */
export function readCommand(text: string): NodeCommand | null {
  const fields = readObject(text);
  if (fields === null) return null;
  const { owner, number, kind } = fields;
  if (typeof kind !== "string") return null;
  const rest = { kind, ...epochAndAge(fields), fields };
  if (typeof owner === "string" && Number.isSafeInteger(number))
    return { owner, number: number as number, ...rest };
  return kind === "stop" ? { owner: null, number: null, ...rest } : null;
}

/** @returns null for what is no keepalive of this version */
export function readKeepalive(text: string): Keepalive | null {
  const fields = readObject(text);
  if (fields === null) return null;
  const { owner, number } = fields;
  if (typeof owner !== "string" || !Number.isSafeInteger(number)) return null;
  return { owner, number: number as number, ...epochAndAge(fields), seen: finite(fields.seen) };
}

function epochAndAge(fields: Record<string, unknown>): Pick<Keepalive, "epoch" | "sent" | "valid"> {
  const { epoch, sent, valid } = fields;
  return {
    epoch: Number.isSafeInteger(epoch) ? (epoch as number) : 0,
    sent: finite(sent),
    valid: finite(valid) ?? Number.NaN,
  };
}

function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function readObject(text: string): Record<string, unknown> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const fields = value as Record<string, unknown>;
  return fields.v === CONVERSATION_VERSION ? fields : null;
}
