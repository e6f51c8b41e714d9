/**
 * Lockstep: the way of joint targets to the robot. A stream is steady whatever telemetry's way back does to its frames, but
 * in lockstep every target answers a frame. So a target takes effect a fixed time after its frame was sampled: as long as
 * telemetry mostly takes. One whose frame took longer takes effect at once.
 */
import type { TelemetryModel } from "./sensor-model.ts";

/** Frames that are later than this many mean jitters (one in twenty) make their target late as well. */
const JITTERS = 3;

interface Underway {
  /** Robot time at which it takes effect, s. */
  readonly due: number;
  readonly positions: Float64Array;
}

export class TargetLine {
  readonly #delay: number;
  #underway: Underway[] = [];

  /** @param period control period, s */
  constructor({ latency, jitter }: TelemetryModel, period: number) {
    this.#delay = period * Math.ceil((latency + JITTERS * jitter) / period - 1e-9);
  }

  /** @param sampled robot time of the frame it answers, s. @param positions rad; copied */
  send(sampled: number, positions: Float64Array): void {
    this.#underway.push({ due: sampled + this.#delay, positions: positions.slice() });
  }

  /** @returns the newest target due, rad, or null. @param now robot time at which a control period begins, s */
  take(now: number): Float64Array | null {
    const due = this.#underway.filter((one) => one.due <= now + 1e-5);
    this.#underway = this.#underway.slice(due.length);
    return due.at(-1)?.positions ?? null;
  }

  clear(): void {
    this.#underway = [];
  }
}
