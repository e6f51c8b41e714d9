/** Frames out of what an mjbots quad answers. */
import { ChannelLayout, type TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { countedFrame, countFrame } from "../counted-frame.ts";
import { QuadOdometry, type QuadStatus, quadChannels, readChannels, secondsOf } from "./status.ts";

export class QuadTelemetry {
  readonly layout: ChannelLayout;
  readonly odometry = new QuadOdometry();
  readonly #frame: TelemetryFrame;
  readonly #onFrame: (frame: TelemetryFrame) => void;
  /** Robot time is counted from here: a second before the first answer's stamp, s. */
  #origin = Number.NaN;

  /** @param joints names of servos 1 to 12 */
  constructor(joints: readonly string[], onFrame: (frame: TelemetryFrame) => void) {
    this.layout = new ChannelLayout(quadChannels(joints));
    this.#frame = countedFrame(this.layout.length);
    this.#onFrame = onFrame;
  }

  /** How many there were. */
  get frames(): number {
    return this.#frame.seq;
  }

  /** Of the newest frame, s. */
  get robotTime(): number {
    return this.#frame.tRobot;
  }

  /** @param now when it came, station clock, s */
  take(status: QuadStatus, now: number): void {
    const stamp = secondsOf(status.timestamp);
    if (Number.isNaN(this.#origin)) this.#origin = stamp - 1;
    const frame = this.#frame;
    const time = stamp - this.#origin;
    // Asked twice within one of its cycles.
    if (time === frame.tRobot) return;
    countFrame(frame, time, now);
    readChannels(status, time, this.odometry, frame.values);
    this.#onFrame(frame);
  }
}
