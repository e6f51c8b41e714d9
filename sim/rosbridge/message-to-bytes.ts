/** Messages as ROS puts them on its own wires: ROS 1 serialisation, and CDR (little-endian) in ROS 2. For `cbor-raw`. */
import type { Field, MessageType, Primitive } from "./message-type.ts";
import { defaultOf, type RosMessage, type RosTime } from "./message-values.ts";

/** ROS 2: encapsulation header of little-endian CDR. */
const CDR_LE = [0, 1, 0, 0];

type Scalar = Exclude<Primitive, "string" | "time" | "duration">;
type Put = (view: DataView, at: number, value: number | bigint | boolean) => void;

/** Bytes, and how they are written. */
const SCALARS: Readonly<Record<Scalar, readonly [size: number, put: Put]>> = {
  bool: [1, (view, at, value) => view.setUint8(at, Number(value))],
  int8: [1, (view, at, value) => view.setInt8(at, Number(value))],
  uint8: [1, (view, at, value) => view.setUint8(at, Number(value))],
  int16: [2, (view, at, value) => view.setInt16(at, Number(value), true)],
  uint16: [2, (view, at, value) => view.setUint16(at, Number(value), true)],
  int32: [4, (view, at, value) => view.setInt32(at, Number(value), true)],
  uint32: [4, (view, at, value) => view.setUint32(at, Number(value), true)],
  int64: [8, (view, at, value) => view.setBigInt64(at, BigInt(value), true)],
  uint64: [8, (view, at, value) => view.setBigUint64(at, BigInt(value), true)],
  float32: [4, (view, at, value) => view.setFloat32(at, Number(value), true)],
  float64: [8, (view, at, value) => view.setFloat64(at, Number(value), true)],
};

export function messageToBytes(message: RosMessage, type: MessageType): Uint8Array {
  const writer = new Writer(type.version === 2);
  writeMessage(writer, message, type);
  return writer.bytes();
}

function writeMessage(writer: Writer, message: RosMessage, { fields }: MessageType): void {
  // CDR has no empty structures: they hold one byte.
  if (fields.length === 0 && writer.cdr) writer.number("uint8", 0);
  for (const field of fields) writeField(writer, message[field.name] ?? defaultOf(field), field);
}

function writeField(writer: Writer, value: unknown, field: Field): void {
  const { arrayLength } = field;
  if (arrayLength < 0) {
    writeItem(writer, value, field);
    return;
  }
  const list = value as ArrayLike<unknown>;
  if (arrayLength === 0) writer.number("uint32", list.length);
  for (let index = 0; index < list.length; index++) writeItem(writer, list[index], field);
}

function writeItem(writer: Writer, value: unknown, { primitive, message }: Field): void {
  if (message !== null) writeMessage(writer, value as RosMessage, message);
  else if (primitive === "string") writer.string(value as string);
  else if (primitive === "time" || primitive === "duration") {
    const { sec, nsec } = value as RosTime;
    writer.number(primitive === "duration" || writer.cdr ? "int32" : "uint32", sec);
    writer.number(primitive === "duration" && !writer.cdr ? "int32" : "uint32", nsec);
  } else writer.number(primitive!, value as number | bigint | boolean);
}

class Writer {
  /** Whether numbers are aligned to their size. */
  readonly cdr: boolean;
  #view = new DataView(new ArrayBuffer(1024));
  #length = 0;

  constructor(cdr: boolean) {
    this.cdr = cdr;
    if (cdr) for (const byte of CDR_LE) this.#view.setUint8(this.#length++, byte);
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#length);
  }

  string(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    // CDR counts the zero that ends a string.
    this.number("uint32", bytes.length + (this.cdr ? 1 : 0));
    const at = this.#reserve(bytes.length + (this.cdr ? 1 : 0), 1);
    new Uint8Array(this.#view.buffer).set(bytes, at);
  }

  number(type: Scalar, value: number | bigint | boolean): void {
    const [size, put] = SCALARS[type];
    const at = this.#reserve(size, size);
    put(this.#view, at, value);
  }

  #reserve(size: number, alignment: number): number {
    // Alignment counts from behind the encapsulation header.
    const start = this.cdr ? CDR_LE.length : 0;
    const padding = this.cdr ? (alignment - ((this.#length - start) % alignment)) % alignment : 0;
    const at = this.#length + padding;
    this.#length = at + size;
    if (this.#length > this.#view.byteLength) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(new Uint8Array(this.#view.buffer));
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
