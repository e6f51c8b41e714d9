/** What a trial learns of the robot's health on its way: its covariates, and whether its actuators are what they were. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { TrialHealth } from "../config/trial-health.ts";
import type { ChannelLayout, TelemetryFrame } from "../robot/telemetry-frame.ts";
import { ActuatorCheck } from "./actuator-check.ts";
import { HealthMeter } from "./health-meter.ts";
import type { TrialPhase } from "./messages.ts";

export class TrialCare {
  readonly #meter: HealthMeter;
  readonly #actuators: ActuatorCheck;
  #before: string[] | null = null;
  #after: string[] | null = null;
  /** s of robot time */
  #cooled = 0;

  constructor(config: HardwareConfig, layout: ChannelLayout) {
    this.#meter = new HealthMeter(layout, config.robot.joints);
    this.#actuators = new ActuatorCheck(config, layout);
  }

  onFrame(frame: TelemetryFrame, phase: TrialPhase): void {
    switch (phase) {
      case "preflight":
        this.#meter.rest(frame);
        return;
      case "stand":
        this.#actuators.stand(frame);
        return;
      case "ramp-in":
      case "settle":
      case "measure":
      case "ramp-out":
        this.#meter.load(frame);
        this.#actuators.walk(frame);
        return;
      case "stand-down":
        this.#meter.after(frame);
        this.#actuators.stand(frame);
    }
  }

  onPhase(phase: TrialPhase): void {
    if (phase === "stand" || phase === "stand-down") this.#actuators.begin();
  }

  /** It waits for its motors to cool: how it rests now is not how it rests before its walk. */
  restAgain(): void {
    this.#meter.restAgain();
  }

  /** @param seconds it waited for its motors to cool, robot time */
  cooled(seconds: number): void {
    this.#cooled = seconds;
  }

  /** Standing before the walk. @returns what is wrong, in words */
  before(): readonly string[] {
    this.#before = this.#actuators.before();
    return this.#before ?? [];
  }

  /** Standing after it. */
  after(): readonly string[] {
    this.#after = this.#actuators.after();
    return this.#after ?? [];
  }

  read(): TrialHealth {
    return {
      ...this.#meter.read(),
      ...(this.#cooled === 0 ? {} : { cool_down: this.#cooled }),
      ...(this.#before === null ? {} : { actuators_before: this.#before }),
      ...(this.#after === null ? {} : { actuators_after: this.#after }),
    };
  }
}
