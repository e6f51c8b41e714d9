/** Telemetry as it comes in: of the channels that are planned, with the time it took, and what is missing counted. */
import type { Frame } from "../../../firmware-protocol/codec/frame.ts";
import type { MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import { decodeSamples, samplesLength } from "../../../firmware-protocol/codec/samples.ts";
import { type Clock, ManualClock } from "../../clock.ts";
import type { TelemetryFrame } from "../../robot/telemetry-frame.ts";
import type { ClockSync } from "../clock-sync.ts";
import { Durations } from "../durations.ts";
import type { TelemetryPlan } from "./telemetry-plan.ts";

/** A robot's clock that goes back this much, s, may have started anew. */
const CLOCK_SET_BACK = 0.5;
/** Of frame numbers a difference in the upper half is a step back. */
const HALF_TURN = 2 ** 31;

export class TelemetryReceiver {
  readonly counts = { telemetry: 0, telemetryMissed: 0, malformed: 0 };
  /** From sampling to arrival, where the clocks have been compared. */
  readonly delays = new Durations();
  /** The robot has agreed to the plan. */
  agreed = false;
  /** The newest frame's time lies well before that of the one before it. */
  setBack = false;
  /** Station clock minus robot clock, s; lockstep only. */
  clockOffset = 0;
  readonly #clock: Clock;
  readonly #sync: ClockSync;
  readonly #plan: TelemetryPlan;
  /** Step of each channel's 16-bit samples, 0 where they are binary32. */
  readonly #resolutions: Float64Array;
  /** Recycled. */
  readonly #frame: TelemetryFrame;

  constructor(plan: TelemetryPlan, clock: Clock, sync: ClockSync) {
    this.#plan = plan;
    this.#clock = clock;
    this.#sync = sync;
    this.#resolutions = Float64Array.from(plan.channels, ({ resolution }) => resolution);
    this.#frame = {
      seq: 0,
      tRobot: Number.NEGATIVE_INFINITY,
      tArrival: 0,
      delay: Number.NaN,
      values: new Float64Array(plan.channels.length),
    };
  }

  /** Of the samples of a frame. */
  get bytes(): number {
    return samplesLength(this.#resolutions);
  }

  /**
   * @param heardAt when its bytes came, station clock, s
   * @returns the frame, which is overwritten by the next one; null for samples of other channels
   */
  take(
    header: Frame,
    { seq, time, samples }: MessageOf<"telemetry">,
    heardAt: number,
  ): TelemetryFrame | null {
    const frame = this.#frame;
    if (!decodeSamples(samples, this.#resolutions, frame.values)) {
      // Until the plan is agreed on the robot sends what it likes.
      if (this.agreed || this.#plan.isDefault) this.counts.malformed++;
      return null;
    }
    const step = (seq - frame.seq) >>> 0;
    if (this.counts.telemetry > 0 && step > 0 && step < HALF_TURN) this.counts.telemetryMissed += step - 1;
    this.counts.telemetry++;
    this.setBack = time < frame.tRobot - CLOCK_SET_BACK;
    frame.seq = seq;
    frame.tRobot = time;
    if (this.#clock instanceof ManualClock) this.#moveClock(this.#clock, header);
    else {
      frame.tArrival = heardAt;
      frame.delay = heardAt - this.#sync.toOurs(time);
      if (!Number.isNaN(frame.delay)) this.delays.add(frame.delay);
    }
    return frame;
  }

  /** The frame's own stamp is when it was sent; in lockstep the line takes no time. */
  #moveClock(clock: ManualClock, header: Frame): void {
    const frame = this.#frame;
    const age = (header.time - (Math.round(frame.tRobot * 1e6) % 2 ** 32) + 2 ** 32) % 2 ** 32;
    frame.tArrival = this.clockOffset + frame.tRobot + (age < HALF_TURN ? age / 1e6 : 0);
    clock.advance(Math.max(0, frame.tArrival - clock.now()));
  }
}
