/** What a stretch of telemetry says about the link and each channel. */
import { setTimeout as pause } from "node:timers/promises";
import type { ChannelLayout, ChannelSource, TelemetryFrame } from "../robot/telemetry-frame.ts";
import { quantile } from "./quantile.ts";
import type { OpenedRobot } from "./robot-claim.ts";

/** Longer than this without a frame, s of wall time, nothing more is waited for. */
const SILENCE = 3;
const LOOK_EVERY_MS = 20;
/** Between two frames a clock that is not set goes on as ours does, to within this, s. */
const CLOCK_SET = 1;

export interface CheckedChannel {
  readonly name: string;
  readonly unit: string;
  readonly source: ChannelSource;
  /** Newest plausible value, SI; null when there was none. */
  readonly value: number | null;
  /** Share of the frames in which it was plausible. */
  readonly plausible: number;
}

export interface ListeningOptions<T> {
  /** The robot's clock has to be moved. */
  readonly lockstep: boolean;
  readonly onFrame: (frame: TelemetryFrame) => T;
  readonly signal?: AbortSignal;
}

export class Listening {
  readonly #opened: OpenedRobot;
  #onFrame: (frame: TelemetryFrame) => void = () => {};
  #ages: number[] = [];
  #newest: Float64Array = new Float64Array();
  #plausible: Uint32Array = new Uint32Array();
  #first = Number.NaN;
  #last = Number.NaN;
  #heardAt = Number.NaN;
  #seq = 0;
  frames = 0;
  lost = 0;
  /** Frames lost in a row. */
  longestGap = 0;

  constructor(opened: OpenedRobot) {
    this.#opened = opened;
  }

  /** To be told every frame; those that come while nobody runs it are passed over. */
  hear(frame: TelemetryFrame): void {
    this.#onFrame(frame);
  }

  /** @returns what the last frame's listener returned; `unfinished` when no frame came */
  async run<T>(
    seconds: number,
    { lockstep, onFrame, signal }: ListeningOptions<T>,
  ): Promise<T | "unfinished"> {
    const { robot } = this.#opened;
    let last: T | "unfinished" = "unfinished";
    let heard = performance.now();
    this.#onFrame = (frame) => {
      heard = performance.now();
      this.#take(frame);
      last = onFrame(frame);
    };
    const silence = 1000 * Math.max(SILENCE, seconds);
    while (!(this.#last - this.#first >= seconds) && signal?.aborted !== true) {
      if (performance.now() - heard > silence) break;
      await (lockstep ? robot.advance() : pause(LOOK_EVERY_MS));
    }
    this.#onFrame = () => {};
    return last;
  }

  /** Robot time for which frames have been heard, s. */
  get length(): number {
    return this.frames < 2 ? 0 : this.#last - this.#first;
  }

  /** Frames a second, by the robot's clock. */
  get rate(): number {
    return (this.frames - 1) / (this.#last - this.#first);
  }

  /** From sampling to arrival, s; NaN where the link does not know. */
  get ages(): { readonly median: number; readonly high: number } {
    const sorted = this.#ages.toSorted((a, b) => a - b);
    return { median: quantile(sorted, 0.5), high: quantile(sorted, 0.99) };
  }

  channels(layout: ChannelLayout): CheckedChannel[] {
    return layout.channels.map(({ name, unit, source }, index) => {
      const count = this.#plausible[index] ?? 0;
      const value = count > 0 ? this.#newest[index]! : null;
      return { name, unit, source, value, plausible: this.frames > 0 ? count / this.frames : 0 };
    });
  }

  #take({ seq, tRobot, tArrival, delay, values }: TelemetryFrame): void {
    if (this.frames === 0) {
      this.#newest = new Float64Array(values.length);
      this.#plausible = new Uint32Array(values.length);
      this.#first = tRobot;
    } else {
      const gap = Math.max(0, ((seq - this.#seq) | 0) - 1);
      this.lost += gap;
      this.longestGap = Math.max(this.longestGap, gap);
      // By a clock that is set meanwhile it would never end, or be over at once.
      const set = tRobot - this.#last - (tArrival - this.#heardAt);
      if (Math.abs(set) > CLOCK_SET) this.#first += set;
    }
    this.frames++;
    this.#seq = seq;
    this.#last = tRobot;
    this.#heardAt = tArrival;
    if (delay !== undefined && Number.isFinite(delay)) this.#ages.push(delay);
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      if (!Number.isFinite(value)) continue;
      this.#newest[index] = value;
      this.#plausible[index]!++;
    }
  }
}
