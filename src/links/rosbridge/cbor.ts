/**
 * CBOR (RFC 8949) as a rosbridge server sends it. What comes hundreds of times a second, `{op, topic, msg: {secs, nsecs,
 * bytes}}` of cbor-raw, is read here in an eighth of the time that a general decoder takes; that one gets whatever else
 * comes, and whatever is wrong.
 */
import { decode } from "cbor2";

/** Major types. */
const WHOLE = 0;
const BYTES = 2;
const TEXT = 3;
const MAP = 5;
/** Maps within maps, as far as they are read here. */
const DEEPEST = 3;

/** @throws when it is no CBOR */
export function decodeCbor(data: Buffer): unknown {
  const reader = new PlainReader(data);
  const value = reader.item(0);
  return value === undefined || !reader.atEnd ? decode(data) : value;
}

/** Reads maps, plain texts, bytes and whole numbers; undefined is anything else, which ends the reading. */
class PlainReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get atEnd(): boolean {
    return this.#at === this.#data.length;
  }

  item(depth: number): unknown {
    const data = this.#data;
    if (this.#at >= data.length) return undefined;
    const major = data[this.#at]! >> 5;
    const argument = this.#argument();
    if (Number.isNaN(argument)) return undefined;
    switch (major) {
      case WHOLE:
        return argument;
      case BYTES:
        return this.#bytes(argument);
      case TEXT:
        return this.#text(argument);
      case MAP:
        return this.#map(argument, depth);
      default:
        return undefined;
    }
  }

  #map(length: number, depth: number): Readonly<Record<string, unknown>> | undefined {
    if (depth >= DEEPEST) return undefined;
    const map: Record<string, unknown> = {};
    for (let entry = 0; entry < length; entry++) {
      const key = this.item(depth + 1);
      // The one name that would not become a field.
      if (typeof key !== "string" || key === "__proto__") return undefined;
      const value = this.item(depth + 1);
      if (value === undefined) return undefined;
      map[key] = value;
    }
    return map;
  }

  #bytes(length: number): Buffer | undefined {
    if (!this.#holds(length)) return undefined;
    this.#at += length;
    return this.#data.subarray(this.#at - length, this.#at);
  }

  /** ASCII only. */
  #text(length: number): string | undefined {
    const bytes = this.#bytes(length);
    if (bytes === undefined) return undefined;
    for (let at = 0; at < length; at++) if (bytes[at]! >= 0x80) return undefined;
    return bytes.toString("latin1");
  }

  #holds(length: number): boolean {
    return this.#at + length <= this.#data.length;
  }

  /** NaN where it is of no certain length, cut short, or beyond 32 bits. */
  #argument(): number {
    const data = this.#data;
    const short = data[this.#at++]! & 0x1f;
    if (short < 24) return short;
    const size = short === 24 ? 1 : short === 25 ? 2 : short === 26 ? 4 : Number.POSITIVE_INFINITY;
    if (!this.#holds(size)) return Number.NaN;
    const value = data.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }
}
