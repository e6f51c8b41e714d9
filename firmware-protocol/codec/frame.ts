/**
 * Frames on the wire: `COBS(header ‖ payload ‖ CRC-32C) 0x00`, little endian. What cannot be a frame is dropped up to
 * the next 0x00 and counted, never guessed at.
 */
import { fail } from "../../src/errors.ts";
import { cobsDecode, cobsEncode, longestEncoding } from "./cobs.ts";
import { crc32c } from "./crc32c.ts";

/** Version of the framing; another one is not parsed any further. `hello` agrees on that of the messages. */
export const FRAMING_VERSION = 1;
export const HEADER_LENGTH = 10;
export const CRC_LENGTH = 4;
/** Longest payload, bytes. */
export const LONGEST_PAYLOAD = 480;
/** Longest block between two delimiters, bytes. */
export const LONGEST_BLOCK = longestEncoding(HEADER_LENGTH + LONGEST_PAYLOAD + CRC_LENGTH);

/** Bits of the header's flags; those not named here must be 0. */
export const FLAG = {
  /** The sender waits for a reply. */
  replyWanted: 0x01,
  /** Answers the request with the same `seq`. */
  reply: 0x02,
  /** Sent before with this `seq`; to be carried out once, and answered as before. */
  retry: 0x08,
} as const;
const KNOWN_FLAGS = FLAG.replyWanted | FLAG.reply | FLAG.retry;

export interface Frame {
  /** Message id, see `messages.yaml`. */
  readonly type: number;
  readonly flags: number;
  /** Counts the requests of one direction, modulo 256; a reply carries that of its request. */
  readonly seq: number;
  /** Low 16 bits of the lease's epoch, 0 without one. */
  readonly session: number;
  /** The sender's monotonic clock when it sent this, µs modulo 2³². */
  readonly time: number;
  readonly payload: Uint8Array;
}

/** @returns the bytes to write, delimiter included; @throws PROTOCOL_VIOLATION when the payload is too long */
export function encodeFrame(frame: Frame): Uint8Array {
  const { payload } = frame;
  if (payload.length > LONGEST_PAYLOAD) {
    fail("PROTOCOL_VIOLATION", {
      what: `a payload of ${payload.length} bytes does not fit a frame (at most ${LONGEST_PAYLOAD})`,
      remedy: "Send it in parts.",
    });
  }
  const bytes = new Uint8Array(HEADER_LENGTH + payload.length + CRC_LENGTH);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FRAMING_VERSION);
  view.setUint8(1, frame.type);
  view.setUint8(2, frame.flags);
  view.setUint8(3, frame.seq);
  view.setUint16(4, frame.session, true);
  view.setUint32(6, frame.time, true);
  bytes.set(payload, HEADER_LENGTH);
  const end = bytes.length - CRC_LENGTH;
  view.setUint32(end, crc32c(bytes.subarray(0, end)), true);
  const encoded = cobsEncode(bytes);
  const wire = new Uint8Array(encoded.length + 1);
  wire.set(encoded);
  return wire;
}

/** Why a block was no frame. */
export type FrameError = "too-long" | "cobs" | "too-short" | "crc" | "version" | "flags";

/** @param block what stood between two delimiters, not empty */
export function decodeFrame(block: Uint8Array): Frame | FrameError {
  if (block.length > LONGEST_BLOCK) return "too-long";
  const bytes = cobsDecode(block);
  if (bytes === null) return "cobs";
  if (bytes.length < HEADER_LENGTH + CRC_LENGTH) return "too-short";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length - CRC_LENGTH;
  if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end))) return "crc";
  if (end - HEADER_LENGTH > LONGEST_PAYLOAD) return "too-long";
  if (view.getUint8(0) !== FRAMING_VERSION) return "version";
  const flags = view.getUint8(2);
  if ((flags & ~KNOWN_FLAGS) !== 0) return "flags";
  return {
    type: view.getUint8(1),
    flags,
    seq: view.getUint8(3),
    session: view.getUint16(4, true),
    time: view.getUint32(6, true),
    payload: bytes.subarray(HEADER_LENGTH, end),
  };
}

/** Finds frames in a stream of bytes that may start, break or be corrupted anywhere. Its memory is one block. */
export class FrameReader {
  readonly #block = new Uint8Array(LONGEST_BLOCK);
  #length = 0;
  /** The block outgrew any frame: skip to the next delimiter. */
  #skipping = false;
  readonly #onFrame: (frame: Frame) => void;
  readonly #dropped: Record<FrameError, number> = {
    "too-long": 0,
    cobs: 0,
    "too-short": 0,
    crc: 0,
    version: 0,
    flags: 0,
  };

  /** @param onFrame called synchronously; the payload is its own to keep */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  /** Blocks that were no frames, by cause. */
  get dropped(): Readonly<Record<FrameError, number>> {
    return this.#dropped;
  }

  /** Bytes of an unfinished block. */
  get pending(): number {
    return this.#length;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0) this.#endOfBlock();
      else if (this.#length < LONGEST_BLOCK) this.#block[this.#length++] = byte;
      else this.#skipping = true;
    }
  }

  #endOfBlock(): void {
    const length = this.#length;
    this.#length = 0;
    if (this.#skipping) {
      this.#skipping = false;
      this.#dropped["too-long"]++;
    } else if (length > 0) {
      const frame = decodeFrame(this.#block.subarray(0, length));
      if (typeof frame === "string") this.#dropped[frame]++;
      else this.#onFrame(frame);
    }
  }
}
