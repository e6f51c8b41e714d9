/** The records between the C program and its body: `firmware-protocol/c/host/body.h`, little endian as every machine we know. */
import type { DriveMode } from "../plant.ts";

export const SENSES = 1;
export const PLACED = 2;
export const CARRIED = 3;
export const RESET = 4;

export const FLAG_SILENT = 1;
export const FLAG_BUTTON = 2;
export const FLAG_HOT = 4;
export const FLAG_EMPTY = 8;
export const FLAG_BROWN_OUT = 16;

const JOINTS = 8;
const MOST_CHANNELS = 116;
const MOST_PARAMETERS = 26;
const TEXT = 496;
const FROM_BODY = 24 + 8 * JOINTS + 4 * MOST_CHANNELS + TEXT;
const TO_BODY = 24 + 8 * MOST_PARAMETERS + TEXT;
const DRIVES: readonly DriveMode[] = ["off", "damp", "follow"];

/** What the body says. */
export interface BodyRecord {
  readonly kind: number;
  /** Counts control periods. */
  readonly tick: number;
  readonly flags: number;
  /** s */
  readonly time: number;
  /** Joint angles as the motors hold them, rad. */
  readonly joints: ArrayLike<number>;
  /** In the order of the layout. */
  readonly channels: ArrayLike<number>;
  readonly text: string;
}

/** @throws RangeError when the text or the channels are too many */
export function encodeBodyRecord(record: BodyRecord): Uint8Array {
  const text = new TextEncoder().encode(record.text);
  if (text.length >= TEXT || record.channels.length > MOST_CHANNELS)
    throw new RangeError("a record for the C program holds no more");
  const bytes = new Uint8Array(FROM_BODY);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, record.kind, true);
  view.setUint32(4, record.tick >>> 0, true);
  view.setUint32(8, record.flags, true);
  view.setBigUint64(16, BigInt(Math.round(record.time * 1e6)), true);
  for (let joint = 0; joint < JOINTS; joint++)
    view.setFloat64(24 + 8 * joint, record.joints[joint] ?? Number.NaN, true);
  for (let channel = 0; channel < record.channels.length; channel++)
    view.setFloat32(24 + 8 * JOINTS + 4 * channel, record.channels[channel]!, true);
  bytes.set(text, FROM_BODY - TEXT);
  return bytes;
}

/** What the C program asks of the body or tells it. */
export type ProgramRecord =
  | {
      /** `drive`: from now on. `step`: and let one control period pass. */
      readonly kind: "drive" | "step";
      readonly tick: number;
      readonly mode: DriveMode;
      /** rad */
      readonly targets: Float64Array;
    }
  | {
      readonly kind: "place";
      readonly seed: number;
      readonly suggestion: number;
      readonly carryOver: string;
    }
  | { readonly kind: "carry-over" }
  | {
      /** Another parameter set is active. */
      readonly kind: "active";
      readonly gait: string;
      readonly hash: number;
      readonly values: Float64Array;
    };

/** Cuts a stream of bytes into records. */
export class ProgramRecords {
  readonly #onRecord: (record: ProgramRecord) => void;
  readonly #bytes = new Uint8Array(TO_BODY);
  #length = 0;

  constructor(onRecord: (record: ProgramRecord) => void) {
    this.#onRecord = onRecord;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + TO_BODY - this.#length);
      this.#bytes.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      if (this.#length < TO_BODY) return;
      this.#length = 0;
      this.#onRecord(decode(this.#bytes));
    }
  }
}

function decode(bytes: Uint8Array): ProgramRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (index: number): number => view.getUint32(4 * index, true);
  const numbers = (count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, index) => view.getFloat64(24 + 8 * index, true));
  const text = (): string => {
    const tail = bytes.subarray(TO_BODY - TEXT);
    return new TextDecoder().decode(tail.subarray(0, tail.indexOf(0)));
  };
  switch (word(0)) {
    case 1:
    case 2:
      return {
        kind: word(0) === 1 ? "drive" : "step",
        tick: word(1),
        mode: DRIVES[word(2)] ?? "off",
        targets: numbers(JOINTS),
      };
    case 3:
      return { kind: "place", seed: word(3), suggestion: word(4), carryOver: text() };
    case 4:
      return { kind: "carry-over" };
    case 5:
      return { kind: "active", gait: text(), hash: word(5), values: numbers(MOST_PARAMETERS) };
    default:
      throw new RangeError(`the C program wrote a record of kind ${word(0)}`);
  }
}
