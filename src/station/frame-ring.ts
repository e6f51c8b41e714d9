/**
 * A ring of time-stamped rows of numbers (telemetry frames, joint targets) in shared memory, from one writer to one reader. The
 * writer never waits: when the ring is full the row is dropped and counted.
 */
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";

/** Rows; a power of two. 4 s at 1 kHz. */
export const RING_CAPACITY = 4096;
const CAPACITY = RING_CAPACITY;
/** Int32 counters before the slots: written, read. */
const HEADER_BYTES = 64;
const WRITTEN = 0;
const READ = 1;
/** seq, tRobot, tArrival */
const STAMPS = 3;

export class FrameRing {
  readonly buffer: SharedArrayBuffer;
  readonly channels: number;
  /** Frames that found no room, on the writer's side. */
  dropped = 0;
  readonly #counters: Int32Array;
  readonly #slots: Float64Array;
  readonly #slot: number;

  /** @param channels values per frame; @param buffer of the other side, to join it */
  constructor(channels: number, buffer?: SharedArrayBuffer) {
    this.channels = channels;
    this.#slot = STAMPS + channels;
    this.buffer = buffer ?? new SharedArrayBuffer(HEADER_BYTES + CAPACITY * this.#slot * 8);
    this.#counters = new Int32Array(this.buffer, 0, 2);
    this.#slots = new Float64Array(this.buffer, HEADER_BYTES);
  }

  /** Frames ever pushed, modulo 2³². */
  get written(): number {
    return Atomics.load(this.#counters, WRITTEN);
  }

  get read(): number {
    return Atomics.load(this.#counters, READ);
  }

  /** @returns whether there was room */
  push(frame: TelemetryFrame): boolean {
    return this.pushRow(frame.seq, frame.tRobot, frame.tArrival, frame.values);
  }

  pushRow(seq: number, tRobot: number, tArrival: number, values: Float64Array): boolean {
    const written = this.written;
    if (((written - this.read) | 0) >= CAPACITY) {
      this.dropped++;
      return false;
    }
    const offset = (written & (CAPACITY - 1)) * this.#slot;
    this.#slots[offset] = seq;
    this.#slots[offset + 1] = tRobot;
    this.#slots[offset + 2] = tArrival;
    this.#slots.set(values, offset + STAMPS);
    // Published only now that the slot is whole.
    Atomics.store(this.#counters, WRITTEN, (written + 1) | 0);
    return true;
  }

  /**
   * Takes the oldest frame.
   *
   * @param until take none from this count of written frames on
   * @returns false when there is none
   */
  take(
    frame: { seq: number; tRobot: number; tArrival: number; values: Float64Array },
    until: number,
  ): boolean {
    const read = this.read;
    if (((until - read) | 0) <= 0) return false;
    const offset = (read & (CAPACITY - 1)) * this.#slot;
    frame.seq = this.#slots[offset]!;
    frame.tRobot = this.#slots[offset + 1]!;
    frame.tArrival = this.#slots[offset + 2]!;
    frame.values.set(this.#slots.subarray(offset + STAMPS, offset + this.#slot));
    Atomics.store(this.#counters, READ, (read + 1) | 0);
    return true;
  }
}
