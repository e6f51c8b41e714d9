/** Messages as the nodes of a simulated ROS hold them, and what is put in place of what they leave out. */
import type { Field, MessageType, Primitive } from "./message-type.ts";

/** s and ns, of stamps and durations in both versions. */
export interface RosTime {
  readonly sec: number;
  readonly nsec: number;
}

/**
 * Fields by name; what is missing has its default. Numbers are numbers (64-bit integers beyond 2⁵³ bigints), stamps
 * {@link RosTime}, lists arrays or typed arrays, bytes Uint8Arrays or arrays.
 */
export type RosMessage = { readonly [field: string]: unknown };

export const NO_TIME: RosTime = { sec: 0, nsec: 0 };

/** @param seconds since the epoch of the robot's clock */
export function rosTime(seconds: number): RosTime {
  const sec = Math.floor(seconds);
  const nsec = Math.round((seconds - sec) * 1e9);
  return nsec === 1e9 ? { sec: sec + 1, nsec: 0 } : { sec, nsec };
}

const RANGES: Partial<Record<Primitive, readonly [number | bigint, number | bigint]>> = {
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint8: [0, 2 ** 8 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0, 2n ** 64n - 1n],
};

/** @returns null for what is no integer type */
export function rangeOf(primitive: Primitive): readonly [number | bigint, number | bigint] | null {
  return RANGES[primitive] ?? null;
}

export function isFloat(primitive: Primitive): boolean {
  return primitive === "float32" || primitive === "float64";
}

export function isTime(primitive: Primitive): boolean {
  return primitive === "time" || primitive === "duration";
}

/** A list or array of bytes, which rosbridge sends as base64. */
export function isBytes({ primitive, arrayLength }: Field): boolean {
  return primitive === "uint8" && arrayLength >= 0;
}

export function defaultOf({ primitive, message, arrayLength }: Field): unknown {
  if (arrayLength === 0) return [];
  const one = message === null ? defaultPrimitive(primitive!) : defaultMessage(message);
  return arrayLength < 0 ? one : Array(arrayLength).fill(one);
}

function defaultPrimitive(primitive: Primitive): unknown {
  if (primitive === "bool") return false;
  if (primitive === "string") return "";
  return isTime(primitive) ? NO_TIME : 0;
}

export function defaultMessage({ fields }: MessageType): RosMessage {
  return Object.fromEntries(fields.map((field) => [field.name, defaultOf(field)]));
}

export function isHeader({ name }: MessageType): boolean {
  return name === "std_msgs/Header";
}
