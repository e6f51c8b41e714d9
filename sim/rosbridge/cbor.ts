/**
 * CBOR (RFC 8949) as rosbridge writes it: floats in 64 bits, arrays of numbers as typed arrays (RFC 8746), and nothing at all
 * for a message that holds what the server's encoder stumbles over.
 */
import type { Field, MessageType } from "./message-type.ts";
import { defaultOf, isBytes, isFloat, isTime, type RosMessage, type RosTime } from "./message-values.ts";

/** What is written: floats are wrapped, since 1.0 is not 1. */
export type Cbor =
  | string
  | boolean
  | number
  | bigint
  | Uint8Array
  | CborFloat
  | CborTag
  | readonly Cbor[]
  | { readonly [key: string]: Cbor };

export class CborFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export class CborTag {
  readonly tag: number;
  readonly bytes: Uint8Array;

  constructor(tag: number, bytes: Uint8Array) {
    this.tag = tag;
    this.bytes = bytes;
  }
}

export function encodeCbor(value: Cbor): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Cbor, parts: Uint8Array[]): void {
  if (typeof value === "boolean") parts.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (typeof value === "string") {
    const bytes = Buffer.from(value, "utf8");
    parts.push(head(3, bytes.length), bytes);
  } else if (typeof value === "number" || typeof value === "bigint")
    parts.push(value < 0 ? head(1, -1n - BigInt(value)) : head(0, value));
  else if (value instanceof CborFloat) {
    const bytes = Buffer.alloc(9, 0xfb);
    bytes.writeDoubleBE(value.value, 1);
    parts.push(bytes);
  } else if (value instanceof CborTag) {
    parts.push(head(6, value.tag));
    write(value.bytes, parts);
  } else if (value instanceof Uint8Array) parts.push(head(2, value.length), value);
  else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const item of value) write(item as Cbor, parts);
  } else {
    const entries = Object.entries(value);
    parts.push(head(5, entries.length));
    for (const [key, item] of entries) {
      write(key, parts);
      write(item as Cbor, parts);
    }
  }
}

/** Major type and its argument in as few bytes as possible. */
function head(major: number, argument: number | bigint): Uint8Array {
  const first = major << 5;
  if (argument < 24) return Uint8Array.of(first | Number(argument));
  if (argument < 2 ** 8) return Uint8Array.of(first | 24, Number(argument));
  const size = argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8;
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = first | (size === 2 ? 25 : size === 4 ? 26 : 27);
  if (size === 8) bytes.writeBigUInt64BE(BigInt(argument), 1);
  else bytes.writeUIntBE(Number(argument), 1, size);
  return bytes;
}

/** Little-endian. */
const TYPED_ARRAYS: Readonly<
  Record<string, readonly [tag: number, make: (list: ArrayLike<number>) => ArrayBufferView]>
> = {
  uint16: [69, (list) => Uint16Array.from(list)],
  uint32: [70, (list) => Uint32Array.from(list)],
  uint64: [71, (list) => BigUint64Array.from(Array.from(list, BigInt))],
  int8: [72, (list) => Int8Array.from(list)],
  int16: [77, (list) => Int16Array.from(list)],
  int32: [78, (list) => Int32Array.from(list)],
  int64: [79, (list) => BigInt64Array.from(Array.from(list, BigInt))],
  float32: [85, (list) => Float32Array.from(list)],
  float64: [86, (list) => Float64Array.from(list)],
};

/** @returns null where the server fails and sends nothing: ROS 1 with texts in lists, both with arrays of fixed length */
export function messageToCbor(message: RosMessage, type: MessageType): Cbor | null {
  const fields: Record<string, Cbor> = {};
  for (const field of type.fields) {
    const value = fieldToCbor(message[field.name] ?? defaultOf(field), field, type);
    if (value === null) return null;
    fields[field.name] = value;
  }
  return fields;
}

function fieldToCbor(value: unknown, field: Field, { version }: MessageType): Cbor | null {
  const { primitive, message, arrayLength } = field;
  if (arrayLength < 0) return itemToCbor(value, field, version);
  const list = value as ArrayLike<unknown>;
  if (arrayLength > 0 && message === null) return null;
  if (isBytes(field)) return Uint8Array.from(list as ArrayLike<number>);
  const typed = primitive === null ? undefined : TYPED_ARRAYS[primitive];
  if (typed !== undefined) {
    const [tag, make] = typed;
    const { buffer, byteOffset, byteLength } = make(list as ArrayLike<number>);
    return new CborTag(tag, new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (primitive === "string" && version === 1 && list.length > 0) return null;
  const items = Array.from(list, (item) => itemToCbor(item, field, version));
  return items.includes(null) ? null : (items as Cbor[]);
}

function itemToCbor(
  value: unknown,
  { primitive, message }: Field,
  version: MessageType["version"],
): Cbor | null {
  if (message !== null) return messageToCbor(value as RosMessage, message);
  if (primitive !== null && isTime(primitive)) {
    const { sec, nsec } = value as RosTime;
    return version === 1 ? { secs: sec, nsecs: nsec } : { sec, nanosec: nsec };
  }
  if (primitive === "float32") return new CborFloat(Math.fround(value as number));
  return primitive !== null && isFloat(primitive) ? new CborFloat(value as number) : (value as Cbor);
}
