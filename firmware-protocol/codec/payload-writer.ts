/** Fields of a payload, written one after the other as `field-types.ts` says. */
import { fail } from "../../src/errors.ts";
import { LONGEST_PAYLOAD } from "./frame.ts";

/** µs; a time beyond this is not a whole number of microseconds any more. */
const LONGEST_TIME = Number.MAX_SAFE_INTEGER;

/** The one NaN that is sent, so that both sides write the same bytes. */
const NAN_F32 = 0x7fc00000;
const NAN_F64 = 0x7ff8000000000000n;

const ENCODER = new TextEncoder();

/** Its methods throw PROTOCOL_VIOLATION when a value is not what the field can hold or the payload becomes too long. */
export class PayloadWriter {
  #bytes = new Uint8Array() as Uint8Array;
  #view = new DataView(this.#bytes.buffer) as DataView;
  #message = "";
  #start = 0;
  #at = 0;

  /**
   * @param message its name
   * @param view of the same bytes
   * @param at where the payload begins, with room for the longest
   */
  begin(message: string, bytes: Uint8Array, view: DataView, at: number): void {
    this.#bytes = bytes;
    this.#view = view;
    this.#message = message;
    this.#start = at;
    this.#at = at;
  }

  /** Where the payload ends. */
  get end(): number {
    return this.#at;
  }

  u8(field: string, value: number): void {
    this.#view.setUint8(this.#room(1), this.#integer(field, value, 0xff));
  }

  u16(field: string, value: number): void {
    this.#view.setUint16(this.#room(2), this.#integer(field, value, 0xffff), true);
  }

  u32(field: string, value: number): void {
    this.#view.setUint32(this.#room(4), this.#integer(field, value, 0xffffffff), true);
  }

  f32(_field: string, value: number): void {
    const at = this.#room(4);
    if (Number.isNaN(value)) this.#view.setUint32(at, NAN_F32, true);
    else this.#view.setFloat32(at, value, true);
  }

  f64(_field: string, value: number): void {
    const at = this.#room(8);
    if (Number.isNaN(value)) this.#view.setBigUint64(at, NAN_F64, true);
    else this.#view.setFloat64(at, value, true);
  }

  bool(_field: string, value: boolean): void {
    this.#view.setUint8(this.#room(1), value ? 1 : 0);
  }

  /** @param seconds are rounded to microseconds */
  time(field: string, seconds: number): void {
    if (!(seconds >= 0 && seconds <= LONGEST_TIME / 1e6)) this.#refuse(field, `${seconds} s is not a time`);
    const micros = Math.min(Math.round(seconds * 1e6), LONGEST_TIME);
    const at = this.#room(8);
    // The remainder of 2³², without the division.
    this.#view.setUint32(at, micros >>> 0, true);
    this.#view.setUint32(at + 4, Math.floor(micros / 2 ** 32), true);
  }

  word<Word extends string>(field: string, words: readonly Word[], value: Word): void {
    const index = words.indexOf(value);
    if (index < 0) this.#refuse(field, `${value} is none of ${words.join(", ")}`);
    this.#view.setUint8(this.#room(1), index);
  }

  string(field: string, value: string): void {
    const bytes = ENCODER.encode(value);
    if (bytes.length > 0xff) this.#refuse(field, `${bytes.length} bytes of text are more than 255`);
    this.#view.setUint8(this.#room(1), bytes.length);
    this.#bytes.set(bytes, this.#room(bytes.length));
  }

  text(field: string, value: string): void {
    this.bytes(field, ENCODER.encode(value));
  }

  bytes(_field: string, value: Uint8Array): void {
    this.#view.setUint16(this.#room(2), value.length, true);
    this.#bytes.set(value, this.#room(value.length));
  }

  floats(field: string, value: Float64Array): void {
    this.#view.setUint16(this.#room(2), value.length, true);
    for (const float of value) this.f32(field, float);
  }

  values(field: string, pairs: readonly (readonly [name: string, value: number])[]): void {
    if (pairs.length > 0xff) this.#refuse(field, "more than 255 entries");
    this.#view.setUint8(this.#room(1), pairs.length);
    for (const [key, number] of pairs) {
      this.string(field, key);
      this.f64(field, number);
    }
  }

  #integer(field: string, value: number, limit: number): number {
    if (Number.isInteger(value) && value >= 0 && value <= limit) return value;
    return this.#refuse(field, `${value} is not a whole number from 0 to ${limit}`);
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
