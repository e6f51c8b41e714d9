/**
 * Frames on the wire: `COBS(header ‖ payload ‖ CRC-32C) 0x00`, little endian. What cannot be a frame is dropped up to
 * the next 0x00 and counted, never guessed at.
 */
import { fail } from "../../src/errors.ts";
import { cobsDecodeInPlace, cobsEncodeInPlace, indexOfZero, LOOK_AHEAD, longestEncoding } from "./cobs.ts";
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

/** What a frame's header says beside the message's id. */
export interface Envelope {
  readonly flags: number;
  /** Counts the requests of one direction, modulo 256; a reply carries that of its request. */
  readonly seq: number;
  /** Low 16 bits of the lease's epoch, 0 without one. */
  readonly session: number;
  /** The sender's monotonic clock when it sent this, µs modulo 2³². */
  readonly time: number;
}

export interface Frame extends Envelope {
  /** Message id, see `messages.yaml`. */
  readonly type: number;
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
  const at = beginFrame();
  outgoing.bytes.set(payload, at);
  return endFrame(frame.type, frame, at + payload.length);
}

/** Where frames are put together. */
export const outgoing = new Slab();

/** @returns where in {@link outgoing} the payload belongs */
export function beginFrame(): number {
  outgoing.reserve(LONGEST_BLOCK + 1 + LOOK_AHEAD);
  return outgoing.at + 1 + HEADER_LENGTH;
}

/**
 * @param payloadEnd where in {@link outgoing} the payload ends that has been written there
 * @returns the bytes to write, delimiter included
 */
export function endFrame(type: number, envelope: Envelope, payloadEnd: number): Uint8Array {
  const { bytes, view, at: start } = outgoing;
  const header = start + 1;
  bytes[header] = FRAMING_VERSION;
  bytes[header + 1] = type;
  bytes[header + 2] = envelope.flags;
  bytes[header + 3] = envelope.seq;
  view.setUint16(header + 4, envelope.session, true);
  view.setUint32(header + 6, envelope.time, true);
  view.setUint32(payloadEnd, crc32c(bytes, header, payloadEnd, view), true);
  const delimiter = cobsEncodeInPlace(bytes, view, start, payloadEnd + CRC_LENGTH);
  bytes[delimiter] = 0;
  return outgoing.cut(delimiter + 1);
}

/** Why a block was no frame. */
export type FrameError = "too-long" | "cobs" | "too-short" | "crc" | "version" | "flags";

/** @param block what stood between two delimiters, not empty */
export function decodeFrame(block: Uint8Array): Frame | FrameError {
  if (block.length > LONGEST_BLOCK) return "too-long";
  if (block.includes(0)) return "cobs";
  incoming.reserve(block.length);
  const { bytes, view, at } = incoming;
  bytes.set(block, at);
  incoming.at += block.length;
  return decodeBlock(bytes, view, at, incoming.at);
}

/** What has been read, decoded in place. */
const incoming = new Slab();

/**
 * Decodes a block in place.
 *
 * @param bytes hold it from `from` to `to`, without any 0x00; the payload is a part of them
 * @param view of the same bytes
 */
function decodeBlock(bytes: Uint8Array, view: DataView, from: number, to: number): Frame | FrameError {
  if (to - from > LONGEST_BLOCK) return "too-long";
  const start = cobsDecodeInPlace(bytes, from, to);
  if (start < 0) return "cobs";
  const payloadAt = start + HEADER_LENGTH;
  const crcAt = to - CRC_LENGTH;
  if (crcAt < payloadAt) return "too-short";
  if (view.getUint32(crcAt, true) !== crc32c(bytes, start, crcAt, view)) return "crc";
  if (crcAt - payloadAt > LONGEST_PAYLOAD) return "too-long";
  if (bytes[start] !== FRAMING_VERSION) return "version";
  const flags = bytes[start + 2]!;
  if ((flags & ~KNOWN_FLAGS) !== 0) return "flags";
  return {
    type: bytes[start + 1]!,
    flags,
    seq: bytes[start + 3]!,
    session: view.getUint16(start + 4, true),
    time: view.getUint32(start + 6, true),
    payload: new Uint8Array(bytes.buffer, payloadAt, crcAt - payloadAt),
  };
}

/**
 * Finds frames in a stream of bytes that may start, break or be corrupted anywhere. What it remembers from one piece to the
 * next is at most one block.
 */
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

  /** @param bytes are left as they are */
  push(bytes: Uint8Array): void {
    if (!bytes.includes(0)) {
      this.#append(bytes, 0);
      return;
    }
    // All at once, behind what there is of the first block: frames are decoded where they lie in the copy.
    incoming.reserve(LONGEST_BLOCK + bytes.length + LOOK_AHEAD);
    const { bytes: copy, view, at } = incoming;
    const offset = at + this.#length;
    const end = offset + bytes.length;
    if (this.#length > 0) copy.set(this.#block, at);
    copy.set(bytes, offset);
    incoming.at = end;
    this.#length = 0;
    let start = at;
    for (let zero = indexOfZero(view, offset, end); zero < end; zero = indexOfZero(view, start, end)) {
      this.#judge(copy, view, start, zero);
      start = zero + 1;
    }
    this.#append(bytes, start - offset);
  }

  #append(bytes: Uint8Array, from: number): void {
    const room = LONGEST_BLOCK - this.#length;
    if (bytes.length - from > room) this.#skipping = true;
    const end = Math.min(bytes.length, from + room);
    for (let at = from; at < end; at++) this.#block[this.#length++] = bytes[at]!;
  }

  #judge(bytes: Uint8Array, view: DataView, from: number, to: number): void {
    if (from === to) return;
    const frame = this.#skipping ? "too-long" : decodeBlock(bytes, view, from, to);
    this.#skipping = false;
    if (typeof frame === "string") this.#dropped[frame]++;
    else this.#onFrame(frame);
  }
}
