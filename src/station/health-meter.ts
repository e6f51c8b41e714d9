/** Measures a walk's covariates from telemetry; judges nothing. Nothing is allocated per frame. */
import type { TrialHealth } from "../config/trial-health.ts";
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";

/** The lowest voltage is that of a mean over this long, s: single samples are noise. */
const SAG_SECONDS = 0.1;

export class HealthMeter {
  readonly #voltage: number;
  readonly #current: number;
  /** Channels of the motors' temperatures; empty where there are none. */
  readonly #temperatures: Int32Array;
  /** °C, newest plausible value of each motor. */
  readonly #newest: Float64Array;
  readonly #before: Float64Array;
  #restSum = 0;
  #restCount = 0;
  #loadSum = 0;
  #loadCount = 0;
  #sagSum = 0;
  #sagCount = 0;
  #sagSince = Number.NaN;
  #lowest = Number.NaN;
  #last = Number.NaN;
  #charge = 0;
  #energy = 0;

  constructor(layout: ChannelLayout, joints: readonly string[]) {
    this.#voltage = layout.indexOf(channelName.batteryVoltage);
    this.#current = layout.indexOf(channelName.batteryCurrent);
    const channels = joints.map((joint) => layout.indexOf(channelName.motorTemperature(joint)));
    this.#temperatures = Int32Array.from(channels.filter((channel) => channel >= 0));
    this.#newest = new Float64Array(this.#temperatures.length).fill(Number.NaN);
    this.#before = new Float64Array(this.#temperatures.length).fill(Number.NaN);
  }

  /** Takes in a frame before the motors have power. */
  rest({ values }: TelemetryFrame): void {
    const voltage = values[this.#voltage]!;
    if (Number.isFinite(voltage)) {
      this.#restSum += voltage;
      this.#restCount++;
    }
    this.#takeTemperatures(values);
    this.#before.set(this.#newest);
  }

  /** Begins the rest anew: the robot waited, and is not what it was. */
  restAgain(): void {
    this.#restSum = 0;
    this.#restCount = 0;
  }

  /** Takes in a frame from the start of ramp-in to the end of ramp-out. */
  load({ values, tRobot }: TelemetryFrame): void {
    const dt = Number.isNaN(this.#last) ? 0 : tRobot - this.#last;
    this.#last = tRobot;
    this.#takeTemperatures(values);
    const voltage = values[this.#voltage]!;
    const current = values[this.#current]!;
    if (Number.isFinite(current)) {
      this.#charge += current * dt;
      if (Number.isFinite(voltage)) this.#energy += voltage * current * dt;
    }
    if (!Number.isFinite(voltage)) return;
    this.#loadSum += voltage;
    this.#loadCount++;
    if (Number.isNaN(this.#sagSince)) this.#sagSince = tRobot;
    this.#sagSum += voltage;
    this.#sagCount++;
    if (tRobot - this.#sagSince < SAG_SECONDS) return;
    const mean = this.#sagSum / this.#sagCount;
    if (!(mean >= this.#lowest)) this.#lowest = mean;
    this.#sagSum = 0;
    this.#sagCount = 0;
    this.#sagSince = tRobot;
  }

  /** Takes in a frame after the walk. */
  after({ values }: TelemetryFrame): void {
    this.#takeTemperatures(values);
  }

  read(): TrialHealth {
    const loaded = !Number.isNaN(this.#last);
    const known = {
      battery_rest: this.#restSum / this.#restCount,
      battery_lowest: this.#lowest,
      battery_mean: this.#loadSum / this.#loadCount,
      charge_used: loaded && this.#current >= 0 ? this.#charge : Number.NaN,
      energy_used: loaded && this.#current >= 0 && this.#voltage >= 0 ? this.#energy : Number.NaN,
      motor_temperature_before: hottest(this.#before),
      motor_temperature_before_mean: mean(this.#before),
      motor_temperature_after: loaded ? hottest(this.#newest) : Number.NaN,
      motor_temperature_after_mean: loaded ? mean(this.#newest) : Number.NaN,
    };
    return Object.fromEntries(Object.entries(known).filter(([, value]) => Number.isFinite(value)));
  }

  #takeTemperatures(values: Float64Array): void {
    for (let motor = 0; motor < this.#temperatures.length; motor++) {
      const value = values[this.#temperatures[motor]!]!;
      if (Number.isFinite(value)) this.#newest[motor] = value;
    }
  }
}

/** NaN when nothing is known. */
function hottest(temperatures: Float64Array): number {
  let found = Number.NaN;
  for (const one of temperatures) if (!Number.isNaN(one) && !(one <= found)) found = one;
  return found;
}

function mean(temperatures: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const one of temperatures) {
    if (Number.isNaN(one)) continue;
    sum += one;
    count++;
  }
  return sum / count;
}
