/** Messages and frames as the vectors write them: JSON that holds every value a field can. */
import type { FieldType } from "../codec/field-types.ts";
import type { Frame } from "../codec/frame.ts";
import { MESSAGES, type Message, type Side } from "../codec/message-table.ts";

export interface ValidMessage {
  readonly name: string;
  readonly from: Side;
  readonly id: number;
  /** Hex; what this decodes from. */
  readonly payload: string;
  /** Hex; what it encodes to, where that differs: there is one NaN on the wire, but many are understood. */
  readonly encoded?: string;
  readonly message: Readonly<Record<string, unknown>>;
}

export interface InvalidMessage {
  readonly name: string;
  readonly from: Side;
  readonly id: number;
  readonly payload: string;
  /** `unknown`: this side sends no message with this id. `payload`: it is not what the table says. */
  readonly error: "unknown" | "payload";
}

export interface FrameJson {
  readonly type: number;
  readonly flags: number;
  readonly seq: number;
  readonly session: number;
  readonly time: number;
  /** Hex. */
  readonly payload: string;
}

export interface ValidFrame {
  readonly name: string;
  readonly frame: FrameJson;
  /** Hex, with the delimiter. */
  readonly wire: string;
}

export interface Stream {
  readonly name: string;
  /** Hex; what a receiver that has heard nothing yet hears. */
  readonly wire: string;
  readonly frames: readonly FrameJson[];
  /** Blocks that were no frames, by cause; causes that did not occur are left out. */
  readonly dropped: Readonly<Record<string, number>>;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}

export function frameToJson(frame: Frame): FrameJson {
  const { type, flags, seq, session, time, payload } = frame;
  return { type, flags, seq, session, time, payload: hex(payload) };
}

export function frameFromJson(frame: FrameJson): Frame {
  return { ...frame, payload: bytesOf(frame.payload) };
}

export function messageToJson(message: Message): Readonly<Record<string, unknown>> {
  const values: Readonly<Record<string, unknown>> = message;
  const fields = Object.entries<FieldType>(MESSAGES[message.kind].fields).map(([name, type]) => [
    name,
    fieldToJson(type, values[name]),
  ]);
  return { kind: message.kind, ...Object.fromEntries(fields) };
}

export function messageFromJson(json: Readonly<Record<string, unknown>>): Message {
  const kind = json["kind"] as Message["kind"];
  const fields = Object.entries<FieldType>(MESSAGES[kind].fields).map(([name, type]) => [
    name,
    fieldFromJson(type, json[name]),
  ]);
  return { kind, ...Object.fromEntries(fields) };
}

function fieldToJson(type: FieldType, value: unknown): unknown {
  switch (type) {
    case "f32":
    case "f64":
      return numberToJson(value as number);
    case "time":
      return Math.min(Math.round((value as number) * 1e6), Number.MAX_SAFE_INTEGER);
    case "bytes":
      return hex(value as Uint8Array);
    case "floats":
      return [...(value as Float64Array)].map(numberToJson);
    case "values":
      return (value as [string, number][]).map(([name, number]) => [name, numberToJson(number)]);
    default:
      return value;
  }
}

function fieldFromJson(type: FieldType, value: unknown): unknown {
  switch (type) {
    case "f32":
    case "f64":
      return Number(value);
    case "time":
      return (value as number) / 1e6;
    case "bytes":
      return bytesOf(value as string);
    case "floats":
      return Float64Array.from(value as unknown[], Number);
    case "values":
      return (value as [string, unknown][]).map(([name, number]) => [name, Number(number)]);
    default:
      return value;
  }
}

/** JSON has no NaN, no infinities, and loses the sign of zero: these are strings. */
function numberToJson(value: number): number | string {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}
