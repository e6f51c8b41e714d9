/** Whether this computer could keep what a study brings, without a study: a probe is recorded, and the disk is asked. */
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Capabilities } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { CheckItem } from "./check-items/check-item.ts";
import { diskItem, recorderItem } from "./check-items/computer-items.ts";
import { placeOf } from "./disk-space.ts";
import { Recorder } from "./recorder.ts";
import { RecorderProbe } from "./recorder-probe.ts";

export class ComputerCheck {
  readonly #config: HardwareConfig;
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #recorder: Recorder;
  readonly #probe: RecorderProbe;

  /** @param clock the station's. @param folder where a study would write */
  constructor(config: HardwareConfig, { layout, joints }: Capabilities, clock: Clock, folder: string) {
    this.#config = config;
    this.#clock = clock;
    this.#folder = folder;
    this.#recorder = new Recorder(layout.length, joints.length, {
      onFailure: (words) => this.#probe.failed(words),
      onOverrun: () => {},
    });
    this.#probe = new RecorderProbe(this.#recorder, join(folder, `preflight-${process.pid}.mcap`), {
      robotId: config.robot.id,
      envelope: config.envelope,
      configHash: config.source.hash,
      channels: layout.channels,
      joints: config.robot.joints,
      wallStart: clock.date().getTime(),
      stationStart: clock.now(),
    });
  }

  hear(frame: TelemetryFrame): void {
    this.#recorder.frame(frame);
  }

  /** @param recorded robot time that was listened to, s */
  async end(recorded: number): Promise<CheckItem[]> {
    const probe = await this.#probe.end(recorded, this.#clock.now());
    const place = await placeOf("", this.#folder);
    return [recorderItem(probe, this.#folder), diskItem(place, 0, "", this.#config.preflight)];
  }

  async close(): Promise<void> {
    await this.#recorder.close();
    await this.#probe.remove();
  }
}
