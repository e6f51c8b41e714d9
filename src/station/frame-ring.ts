/**
 * A ring of telemetry frames in shared memory, from one writer to one reader. The writer never waits: when the ring is full
 * the frame is dropped and counted.
 */
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";

/** Frames; a power of two. 40 s at 100 Hz. */
const CAPACITY = 4096;
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

  push(frame: TelemetryFrame): void {
    const written = this.written;
    if (((written - this.read) | 0) >= CAPACITY) {
      this.dropped++;
      return;
    }
    const offset = (written & (CAPACITY - 1)) * this.#slot;
    this.#slots[offset] = frame.seq;
    this.#slots[offset + 1] = frame.tRobot;
    this.#slots[offset + 2] = frame.tArrival;
    this.#slots.set(frame.values, offset + STAMPS);
    // Published only now that the slot is whole.
    Atomics.store(this.#counters, WRITTEN, (written + 1) | 0);
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
