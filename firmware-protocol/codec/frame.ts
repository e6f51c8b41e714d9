/**
 * Frames on the wire: `COBS(header ‖ payload ‖ CRC-32C) 0x00`, little endian. What cannot be a frame is dropped up to
 * the next 0x00 and counted, never guessed at.
 */
import { fail } from "../../src/errors.ts";
import { cobsDecodeInto, cobsEncodeInto, longestEncoding } from "./cobs.ts";
import { crc32c } from "./crc32c.ts";
import { Slab } from "./slab.ts";

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
  plainView.setUint8(0, FRAMING_VERSION);
  plainView.setUint8(1, frame.type);
  plainView.setUint8(2, frame.flags);
  plainView.setUint8(3, frame.seq);
  plainView.setUint16(4, frame.session, true);
  plainView.setUint32(6, frame.time, true);
  plain.set(payload, HEADER_LENGTH);
  const end = HEADER_LENGTH + payload.length;
  plainView.setUint32(end, crc32c(plain, 0, end), true);
  encoded.reserve(LONGEST_BLOCK + 1);
  const delimiter = cobsEncodeInto(plain, end + CRC_LENGTH, encoded.bytes, encoded.at);
  encoded.bytes[delimiter] = 0;
  return encoded.cut(delimiter + 1);
}

/** The frame that is being encoded, before stuffing. */
const plain = new Uint8Array(HEADER_LENGTH + LONGEST_PAYLOAD + CRC_LENGTH);
const plainView = new DataView(plain.buffer);
const encoded = new Slab();
const decoded = new Slab();

/** Why a block was no frame. */
export type FrameError = "too-long" | "cobs" | "too-short" | "crc" | "version" | "flags";

/** @param block what stood between two delimiters, not empty */
export function decodeFrame(block: Uint8Array): Frame | FrameError {
  return decodeBlock(block, 0, block.length);
}

/** The block from `from` to `to`. */
function decodeBlock(bytes: Uint8Array, from: number, to: number): Frame | FrameError {
  if (to - from > LONGEST_BLOCK) return "too-long";
  decoded.reserve(LONGEST_BLOCK);
  const { at: start, bytes: block, view } = decoded;
  const end = cobsDecodeInto(bytes, from, to, block, start);
  if (end < 0) return "cobs";
  if (end - start < HEADER_LENGTH + CRC_LENGTH) return "too-short";
  const crcAt = end - CRC_LENGTH;
  if (view.getUint32(crcAt, true) !== crc32c(block, start, crcAt)) return "crc";
  const payloadAt = start + HEADER_LENGTH;
  if (crcAt - payloadAt > LONGEST_PAYLOAD) return "too-long";
  if (block[start] !== FRAMING_VERSION) return "version";
  const flags = block[start + 2]!;
  if ((flags & ~KNOWN_FLAGS) !== 0) return "flags";
  decoded.at = payloadAt;
  return {
    type: block[start + 1]!,
    flags,
    seq: block[start + 3]!,
    session: view.getUint16(start + 4, true),
    time: view.getUint32(start + 6, true),
    payload: decoded.cut(crcAt),
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
    let start = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
      if (this.#length === 0 && !this.#skipping) this.#judge(bytes, start, end);
      else {
        this.#append(bytes, start, end);
        this.#endOfBlock();
      }
      start = end + 1;
    }
    this.#append(bytes, start, bytes.length);
  }

  #append(bytes: Uint8Array, from: number, to: number): void {
    const room = LONGEST_BLOCK - this.#length;
    if (to - from > room) this.#skipping = true;
    const end = Math.min(to, from + room);
    for (let at = from; at < end; at++) this.#block[this.#length++] = bytes[at]!;
  }

  #endOfBlock(): void {
    const length = this.#length;
    this.#length = 0;
    if (this.#skipping) {
      this.#skipping = false;
      this.#dropped["too-long"]++;
    } else this.#judge(this.#block, 0, length);
  }

  #judge(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) return;
    const frame = decodeBlock(bytes, from, to);
    if (typeof frame === "string") this.#dropped[frame]++;
    else this.#onFrame(frame);
  }
}
