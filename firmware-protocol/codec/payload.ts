/** Messages to payloads and back, field by field as the table says. */
import { fail } from "../../src/errors.ts";
import { beginFrame, type Envelope, endFrame, LONGEST_PAYLOAD, outgoing } from "./frame.ts";
import {
  type FieldType,
  MESSAGES,
  type Message,
  type MessageName,
  type MessageSpec,
  type Side,
} from "./message-table.ts";
import { Slab } from "./slab.ts";

const NAMES: ReadonlyMap<number, MessageName> = new Map(
  (Object.keys(MESSAGES) as MessageName[]).map((name) => [MESSAGES[name].id, name]),
);

/** The table, laid out for going through it once per message. */
interface Layout {
  readonly id: number;
  readonly name: MessageName;
  readonly from: Side;
  readonly fields: readonly { readonly name: string; readonly type: FieldType }[];
  /** Its kind, and every field to be filled in: copying it is quicker than adding fields one by one. */
  readonly blank: Readonly<Record<string, unknown>>;
}

const LAYOUTS = Object.fromEntries(
  (Object.keys(MESSAGES) as MessageName[]).map((name): [MessageName, Layout] => {
    const { id, from, fields }: MessageSpec = MESSAGES[name];
    const blank = Object.fromEntries([["kind", name], ...Object.keys(fields).map((field) => [field, null])]);
    return [
      name,
      {
        id,
        name,
        from,
        fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
        blank,
      },
    ];
  }),
) as Readonly<Record<MessageName, Layout>>;

const BY_ID: readonly (Layout | undefined)[] = Array.from({ length: 256 }, (_, id) => {
  const name = NAMES.get(id);
  return name === undefined ? undefined : LAYOUTS[name];
});

/** µs; a time beyond this is not a whole number of microseconds any more. */
const LONGEST_TIME = Number.MAX_SAFE_INTEGER;

/** The one NaN that is sent, so that both sides write the same bytes. */
const NAN_F32 = 0x7fc00000;
const NAN_F64 = 0x7ff8000000000000n;

/** @returns the name of the message with this id when that side may send it, else undefined */
export function messageName(type: number, from: Side): MessageName | undefined {
  const name = NAMES.get(type);
  return name !== undefined && MESSAGES[name].from === from ? name : undefined;
}

/** @throws PROTOCOL_VIOLATION when a field cannot be written as the table says or the payload is too long */
export function encodeMessage(message: Message): { readonly type: number; readonly payload: Uint8Array } {
  payloads.reserve(LONGEST_PAYLOAD);
  const { id } = LAYOUTS[message.kind];
  return { type: id, payload: payloads.cut(write(message, payloads, payloads.at)) };
}

/**
 * Message and frame in one, which saves a copy.
 *
 * @returns the bytes to write, delimiter included
 * @throws PROTOCOL_VIOLATION when a field cannot be written as the table says or the payload is too long
 */
export function encodeMessageFrame(message: Message, envelope: Envelope): Uint8Array {
  const end = write(message, outgoing, beginFrame());
  return endFrame(LAYOUTS[message.kind].id, envelope, end);
}

const payloads = new Slab();

/** @param at where the payload begins, with room for the longest. @returns where it ends */
function write(message: Message, { bytes, view }: Slab, at: number): number {
  const { fields } = LAYOUTS[message.kind];
  const values: Readonly<Record<string, unknown>> = message;
  writer.begin(message.kind, bytes, view, at);
  for (let index = 0; index < fields.length; index++) {
    const { name, type } = fields[index]!;
    writer.field(name, type, values[name]);
  }
  return writer.end;
}

/**
 * @param from the side that sent it; the other side's messages are refused
 * @returns null when it is no message of that side: unknown id, truncated, trailing bytes, bad text, number or word
 */
export function decodeMessage(type: number, payload: Uint8Array, from: Side): Message | null {
  const layout = BY_ID[type];
  if (layout === undefined || layout.from !== from) return null;
  reader.begin(payload);
  const { fields } = layout;
  const message: Record<string, unknown> = { ...layout.blank };
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]!;
    message[field.name] = reader.field(field.type);
    if (reader.failed) return null;
  }
  return reader.finished ? (message as unknown as Message) : null;
}

class Writer {
  #bytes: Uint8Array = payloads.bytes;
  #view: DataView = payloads.view;
  #message = "";
  #start = 0;
  #at = 0;

  begin(message: string, bytes: Uint8Array, view: DataView, at: number): void {
    this.#bytes = bytes;
    this.#view = view;
    this.#message = message;
    this.#start = at;
    this.#at = at;
  }

  get end(): number {
    return this.#at;
  }

  field(name: string, type: FieldType, value: unknown): void {
    if (typeof type !== "string") {
      const index = type.indexOf(value as string);
      if (index < 0) this.#refuse(name, `${value} is none of ${type.join(", ")}`);
      this.#view.setUint8(this.#room(1), index);
      return;
    }
    switch (type) {
      case "u8":
        this.#view.setUint8(this.#room(1), this.#integer(name, value, 0xff));
        return;
      case "u16":
        this.#view.setUint16(this.#room(2), this.#integer(name, value, 0xffff), true);
        return;
      case "u32":
        this.#view.setUint32(this.#room(4), this.#integer(name, value, 0xffffffff), true);
        return;
      case "f32":
        this.#f32(value as number);
        return;
      case "f64":
        this.#f64(value as number);
        return;
      case "bool":
        this.#view.setUint8(this.#room(1), value === true ? 1 : 0);
        return;
      case "time": {
        const seconds = value as number;
        if (!(seconds >= 0 && seconds <= LONGEST_TIME / 1e6))
          this.#refuse(name, `${seconds} s is not a time`);
        const micros = Math.min(Math.round(seconds * 1e6), LONGEST_TIME);
        const at = this.#room(8);
        // The remainder of 2³², without the division.
        this.#view.setUint32(at, micros >>> 0, true);
        this.#view.setUint32(at + 4, Math.floor(micros / 2 ** 32), true);
        return;
      }
      case "string":
        this.#text(name, value as string, 1);
        return;
      case "text":
        this.#text(name, value as string, 2);
        return;
      case "bytes": {
        const bytes = value as Uint8Array;
        this.#view.setUint16(this.#room(2), bytes.length, true);
        this.#bytes.set(bytes, this.#room(bytes.length));
        return;
      }
      case "floats": {
        const floats = value as Float64Array;
        this.#view.setUint16(this.#room(2), floats.length, true);
        for (const float of floats) this.#f32(float);
        return;
      }
      case "values": {
        const pairs = value as readonly (readonly [string, number])[];
        if (pairs.length > 0xff) this.#refuse(name, "more than 255 entries");
        this.#view.setUint8(this.#room(1), pairs.length);
        for (const [key, number] of pairs) {
          this.#text(name, key, 1);
          this.#f64(number);
        }
      }
    }
  }

  #integer(name: string, value: unknown, limit: number): number {
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= limit)
      return value as number;
    return this.#refuse(name, `${value} is not a whole number from 0 to ${limit}`);
  }

  #f32(value: number): void {
    const at = this.#room(4);
    if (Number.isNaN(value)) this.#view.setUint32(at, NAN_F32, true);
    else this.#view.setFloat32(at, value, true);
  }

  #f64(value: number): void {
    const at = this.#room(8);
    if (Number.isNaN(value)) this.#view.setBigUint64(at, NAN_F64, true);
    else this.#view.setFloat64(at, value, true);
  }

  #text(name: string, text: string, lengthBytes: 1 | 2): void {
    const bytes = ENCODER.encode(text);
    if (lengthBytes === 1) {
      if (bytes.length > 0xff) this.#refuse(name, `${bytes.length} bytes of text are more than 255`);
      this.#view.setUint8(this.#room(1), bytes.length);
    } else this.#view.setUint16(this.#room(2), bytes.length, true);
    this.#bytes.set(bytes, this.#room(bytes.length));
  }

  #room(length: number): number {
    const at = this.#at;
    this.#at += length;
    if (this.#at - this.#start > LONGEST_PAYLOAD) {
      fail("PROTOCOL_VIOLATION", {
        what: `the message ${this.#message} does not fit a frame of ${LONGEST_PAYLOAD} bytes`,
        remedy: "Send fewer or shorter values.",
      });
    }
    return at;
  }

  #refuse(field: string, what: string): never {
    return fail("PROTOCOL_VIOLATION", {
      what,
      where: `${this.#message}.${field}`,
      remedy: "Send what messages.yaml says.",
    });
  }
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

class Reader {
  #bytes: Uint8Array = new Uint8Array();
  /** Of the bytes; made when a field needs it. */
  #view: DataView | null = null;
  #at = 0;
  #failed = false;

  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = null;
    this.#at = 0;
    this.#failed = false;
  }

  get failed(): boolean {
    return this.#failed;
  }

  get finished(): boolean {
    return !this.#failed && this.#at === this.#bytes.length;
  }

  field(type: FieldType): unknown {
    if (typeof type !== "string") return type[this.#u8()] ?? this.#fail("");
    switch (type) {
      case "u8":
        return this.#u8();
      case "u16":
        return this.#u16();
      case "u32":
        return this.#u32();
      case "f32":
        return this.#f32();
      case "f64":
        return this.#f64();
      case "bool": {
        const byte = this.#u8();
        return byte > 1 ? this.#fail(false) : byte === 1;
      }
      case "time": {
        const low = this.#u32();
        const high = this.#u32();
        // Up to 2^53 - 1 a number is exact.
        return high >= 2 ** 21 ? this.#fail(0) : (high * 2 ** 32 + low) / 1e6;
      }
      case "string":
        return this.#text(this.#u8());
      case "text":
        return this.#text(this.#u16());
      case "bytes": {
        const length = this.#u16();
        return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : null;
      }
      case "floats": {
        const count = this.#u16();
        if (this.#at + 4 * count > this.#bytes.length) return this.#fail(null);
        return Float64Array.from({ length: count }, () => this.#f32());
      }
      case "values": {
        const pairs: [string, number][] = [];
        for (let left = this.#u8(); left > 0 && !this.#failed; left--) {
          pairs.push([this.#text(this.#u8()), this.#f64()]);
        }
        return pairs;
      }
    }
  }

  #u8(): number {
    return this.#take(1) ? this.#bytes[this.#at - 1]! : 0;
  }

  #u16(): number {
    return this.#take(2) ? this.#bytes[this.#at - 2]! | (this.#bytes[this.#at - 1]! << 8) : 0;
  }

  #u32(): number {
    const low = this.#u16();
    return (low | (this.#u16() << 16)) >>> 0;
  }

  #f32(): number {
    return this.#take(4) ? this.#floats().getFloat32(this.#at - 4, true) : 0;
  }

  #f64(): number {
    return this.#take(8) ? this.#floats().getFloat64(this.#at - 8, true) : 0;
  }

  #floats(): DataView {
    const { buffer, byteOffset, length } = this.#bytes;
    this.#view ??= new DataView(buffer, byteOffset, length);
    return this.#view;
  }

  #text(length: number): string {
    if (!this.#take(length)) return "";
    try {
      return DECODER.decode(this.#bytes.subarray(this.#at - length, this.#at));
    } catch {
      return this.#fail("");
    }
  }

  #take(length: number): boolean {
    if (this.#failed || this.#at + length > this.#bytes.length) return this.#fail(false);
    this.#at += length;
    return true;
  }

  #fail<T>(value: T): T {
    this.#failed = true;
    return value;
  }
}

const writer = new Writer();
const reader = new Reader();
