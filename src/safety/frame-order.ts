/** Where a frame belongs in the stream, and how old what we know is. Nothing is allocated after construction. */
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";

/** Sequence numbers count modulo 2³²; a difference in the upper half is a step back. */
const HALF_TURN = 2 ** 31;

export class FrameOrder {
  /** Frames lost just before the newest one. */
  lost = 0;
  /**
   * Seconds: the longest of the step in arrival time, the step in robot time, and the time that the newest frame was
   * underway. That is its delay where the link knows it; at least it is how much longer the frame was underway than the
   * quickest one since the start (the clocks need not agree).
   */
  age = 0;
  /** Robot time between the two newest frames, s. */
  dt = 0;
  /** A frame has arrived. */
  known = false;
  #seq = 0;
  #tRobot = 0;
  #tArrival = 0;
  #quickest = Number.POSITIVE_INFINITY;
  /** Of the newest frame, s; 0 where the link does not know. */
  #delay = 0;

  /**
   * Takes in the next frame.
   *
   * @returns false for a frame that tells nothing new: repeated, overtaken, or stamped with a time that does not move
   * on. Such a frame does not make the robot less silent.
   */
  accept(frame: TelemetryFrame): boolean {
    const { seq, tRobot, tArrival } = frame;
    // Neither NaN nor undefined is one, and what arrived before it was sampled is none.
    const delay = Math.max(0, frame.delay || 0);
    const underway = tArrival - tRobot;
    if (!Number.isFinite(underway)) {
      this.tick(tArrival);
      return false;
    }
    if (this.known) {
      const step = (seq - this.#seq) >>> 0;
      if (step === 0 || step >= HALF_TURN || !(tRobot > this.#tRobot)) {
        this.tick(tArrival);
        return false;
      }
      this.lost = step - 1;
      this.dt = tRobot - this.#tRobot;
      this.#quickest = Math.min(this.#quickest, underway);
      this.age = Math.max(tArrival - this.#tArrival, this.dt, underway - this.#quickest, delay);
    } else {
      this.known = true;
      this.#quickest = underway;
      this.age = delay;
    }
    this.#seq = seq;
    this.#tRobot = tRobot;
    this.#tArrival = tArrival;
    this.#delay = delay;
    return true;
  }

  /** Nothing new has come until `now`, station clock, s. Says something only when a frame is known. */
  tick(now: number): void {
    // A time that is none, or lies before the newest frame, tells nothing.
    if (now >= this.#tArrival) this.age = now - this.#tArrival + this.#delay;
  }

  /** Seconds since the newest frame arrived; Infinity when none has. */
  silence(now: number): number {
    return this.known ? now - this.#tArrival : Number.POSITIVE_INFINITY;
  }

  reset(): void {
    this.lost = 0;
    this.age = 0;
    this.dt = 0;
    this.known = false;
    this.#quickest = Number.POSITIVE_INFINITY;
  }
}
