/** What the robot reports of itself: its tilt as the firmware prints it, and the voltage it last said. */
import type { Clock } from "../../clock.ts";
import { ChannelLayout, channelName, type TelemetryFrame } from "../../robot/telemetry-frame.ts";
import { countedFrame, countFrame } from "../counted-frame.ts";
import type { ImuReading } from "./text.ts";

const CHANNELS = [
  [channelName.roll, "rad"],
  [channelName.pitch, "rad"],
  [channelName.yaw, "rad"],
  [channelName.acceleration("x"), "m/s²"],
  [channelName.acceleration("y"), "m/s²"],
  [channelName.acceleration("z"), "m/s²"],
  [channelName.batteryVoltage, "V"],
] as const;

export const PETOI_LAYOUT = new ChannelLayout(
  CHANNELS.map(([name, unit]) => ({ name, unit, source: "measured" })),
);

export class PetoiTelemetry {
  /** V; NaN until it was said. */
  voltage = Number.NaN;
  /** Of the IMU, also those that made no frame. */
  readings = 0;
  readonly #frame = countedFrame(CHANNELS.length);
  readonly #rate: number;
  readonly #clock: Clock;
  readonly #onFrame: (frame: TelemetryFrame) => void;
  #onReading: () => void = () => {};

  /** @param rate of frames at the most, Hz */
  constructor(rate: number, clock: Clock, onFrame: (frame: TelemetryFrame) => void) {
    this.#rate = rate;
    this.#clock = clock;
    this.#onFrame = onFrame;
  }

  /** Resolves with the next reading. */
  get nextReading(): Promise<true> {
    return new Promise((resolve) => {
      this.#onReading = () => resolve(true);
    });
  }

  /** The firmware prints as fast as the line carries while it stands, and once a cycle while it walks. */
  take({ roll, pitch, yaw, acceleration }: ImuReading): void {
    this.readings++;
    this.#onReading();
    const frame = this.#frame;
    const now = this.#clock.now();
    if (now - frame.tRobot < 0.9 / this.#rate) return;
    // It has no clock of its own: a reading is as old as it took to arrive.
    countFrame(frame, now, now);
    frame.values.set([roll, pitch, yaw, ...acceleration, this.voltage]);
    this.#onFrame(frame);
  }
}
