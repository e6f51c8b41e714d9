/** One direction of a serial line: bytes take their time, a bounded buffer drops what finds no room, and frames meet faults. */
import { FaultyFrames, isFaultless, type LineFaults } from "./line-faults.ts";

/** Start bit, eight data bits, stop bit. */
const BITS_PER_BYTE = 10;
/** What waits in front of a UART, bytes: the usual DMA ring of a microcontroller. */
export const UART_BUFFER = 4096;
/** A block this long without a zero is no frame: it is passed on as it is. */
const LONGEST_FRAME = 1024;

export interface WireOptions {
  /** Bits per second; Infinity takes no time. */
  readonly baud: number;
  readonly faults: LineFaults;
  /** Names the direction's stream of faults. */
  readonly direction: string;
  /** Bytes that may wait to be sent. */
  readonly buffer?: number;
}

interface Chunk {
  readonly bytes: Uint8Array;
  /** When its first byte begins, s. */
  readonly start: number;
}

/** Pure: time comes in with every call, s, and never goes back. */
export class Wire {
  readonly #options: Required<WireOptions>;
  #frames: FaultyFrames;
  #faultless: boolean;
  /** s */
  #delay: number;
  readonly #secondsPerByte: number;
  readonly #queue: Chunk[] = [];
  /** Bytes of the first chunk that have arrived. */
  #arrived = 0;
  /** Until when the line is taken, s. */
  #busyUntil = Number.NEGATIVE_INFINITY;
  /** A frame that has not ended. */
  #begun: number[] = [];
  /** Bytes thrown away because the buffer was full. */
  dropped = 0;

  constructor(options: WireOptions) {
    this.#options = { buffer: UART_BUFFER, ...options };
    this.#secondsPerByte = BITS_PER_BYTE / options.baud;
    this.#faultless = isFaultless(options.faults);
    this.#delay = options.faults.delay;
    this.#frames = new FaultyFrames(options.faults, options.direction);
  }

  /** Other faults from now on; what is counted begins anew. */
  change(faults: LineFaults): void {
    this.#faultless = isFaultless(faults);
    this.#delay = faults.delay;
    this.#frames = new FaultyFrames(faults, this.#options.direction);
  }

  /** Frames that went in and those that met a fault; without faults none are counted. */
  get faults(): FaultyFrames["counts"] {
    return this.#frames.counts;
  }

  /** Hands bytes to the sender's UART. */
  push(bytes: Uint8Array, now: number): void {
    if (this.#faultless) {
      this.#send(Uint8Array.from(bytes), now);
      return;
    }
    for (const byte of bytes) {
      this.#begun.push(byte);
      if (byte !== 0 && this.#begun.length < LONGEST_FRAME) continue;
      const block = Uint8Array.from(this.#begun);
      this.#begun = [];
      // Zeros in a row are no frames: nothing befalls them.
      if (block.length === 1) this.#send(block, now);
      else for (const frame of this.#frames.pass(block)) this.#send(frame, now);
    }
  }

  /** When the next byte arrives, s; Infinity when none is underway. */
  get nextArrival(): number {
    const first = this.#queue[0];
    if (first === undefined) return Number.POSITIVE_INFINITY;
    return first.start + (this.#arrived + 1) * this.#secondsPerByte;
  }

  /** @returns the bytes that have arrived since the last call, in order */
  take(now: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const { bytes, start } = first;
      // Rounding must not leave a byte behind whose time has been waited for.
      const due =
        this.#secondsPerByte === 0
          ? now >= start - 1e-9
            ? bytes.length
            : 0
          : Math.floor((now - start) / this.#secondsPerByte + 1e-6);
      const end = Math.min(bytes.length, Math.max(this.#arrived, due));
      if (end > this.#arrived) parts.push(bytes.subarray(this.#arrived, end));
      if (end < bytes.length) {
        this.#arrived = end;
        break;
      }
      this.#queue.shift();
      this.#arrived = 0;
    }
    return parts.length === 1 ? parts[0]! : Uint8Array.from(Buffer.concat(parts));
  }

  /** The cable is pulled: what is underway is lost. */
  cut(): void {
    this.#queue.length = 0;
    this.#arrived = 0;
    this.#begun = [];
    this.#busyUntil = Number.NEGATIVE_INFINITY;
    this.#frames.forget();
  }

  #send(bytes: Uint8Array, now: number): void {
    const ready = now + this.#delay;
    const start = Math.max(ready, this.#busyUntil);
    const waiting = this.#secondsPerByte === 0 ? 0 : Math.floor((start - ready) / this.#secondsPerByte);
    const room = this.#secondsPerByte === 0 ? bytes.length : Math.max(0, this.#options.buffer - waiting);
    const sent = bytes.subarray(0, room);
    this.dropped += bytes.length - sent.length;
    if (sent.length === 0) return;
    this.#queue.push({ bytes: sent, start });
    this.#busyUntil = start + sent.length * this.#secondsPerByte;
  }
}
