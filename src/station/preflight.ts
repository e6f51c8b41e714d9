/** What must hold before the robot is armed. Looks at a stretch of telemetry and says everything that refuses. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { GaitsmithError } from "../errors.ts";
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { LimitName } from "../safety/limit.ts";
import { type Cooling, type PreflightItem, preflightPlace } from "./messages.ts";

/** Telemetry is looked at for this long, s of robot time. */
const PREFLIGHT_SECONDS = 0.2;
/** What cannot mend in this time (telemetry that needs a moment, a robot being set down) refuses, s of robot time. */
const PREFLIGHT_PATIENCE = 3;
/** Motors that were too hot cool by this much more before the walk, K: a hair below the limit the next look refuses again. */
const COOL_DOWN_MARGIN = 5;
/** How often it is said that a robot waits for its motors to cool, s of robot time. */
const COOLING_TOLD = 2;

interface Refusal {
  readonly item: PreflightItem;
  readonly words: string;
  /** What to do about it. */
  readonly remedy: string;
}

export class Preflight {
  readonly #config: HardwareConfig;
  readonly #layout: ChannelLayout;
  readonly #rate: number;
  readonly #needed: readonly { readonly index: number; readonly joint: string }[];
  /** What the robot lacks is not asked for. */
  readonly #battery: boolean;
  readonly #temperatures: boolean;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;
  /** How long motors that are too hot are given to cool, s of robot time. */
  readonly #coolDownWithin: number;
  /** Robot time of the first look, s. */
  #began = Number.NaN;
  /** Robot time since which something refuses that does not mend by waiting, s; NaN: nothing does. */
  #refusedSince = Number.NaN;
  #cooling: Cooling | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #frames = 0;
  #first = Number.NaN;
  #last = Number.NaN;

  /** @param rate nominal telemetry rate, Hz */
  constructor(
    config: HardwareConfig,
    layout: ChannelLayout,
    rate: number,
    coolDownWithin = config.preflight.coolDownWithin,
  ) {
    this.#coolDownWithin = coolDownWithin;
    this.#config = config;
    this.#layout = layout;
    this.#rate = rate;
    const watched = (limit: LimitName): boolean => config.envelope[limit].unwatched === undefined;
    this.#battery = watched("battery-voltage");
    this.#temperatures = watched("motor-temperature");
    this.#needed = config.robot.joints.flatMap((joint) =>
      [
        ...(watched("joint-position") ? [channelName.jointPosition(joint)] : []),
        ...(this.#temperatures ? [channelName.motorTemperature(joint)] : []),
      ].map((name) => ({ index: layout.indexOf(name), joint })),
    );
    this.#sums = new Float64Array(layout.length);
    this.#counts = new Uint32Array(layout.length);
  }

  /**
   * Looks at one more frame.
   *
   * @param breached what the monitor holds against telemetry, in words, or null
   * @returns `wait` for more; `again`: something refused, and the look has started anew, so that what mends by itself
   * may; `cooling`: the same, nothing refuses but hot motors, and it is to be told; `ready` to arm; or PREFLIGHT_REFUSED with
   * everything that still refuses
   */
  look(
    frame: TelemetryFrame,
    breached: string | null,
  ): "wait" | "again" | "cooling" | "ready" | GaitsmithError {
    if (Number.isNaN(this.#began)) this.#began = frame.tRobot;
    this.#add(frame);
    if (!(this.#last - this.#first >= PREFLIGHT_SECONDS)) return "wait";
    const refusals = this.#refusals();
    if (breached !== null)
      refusals.push({ item: "telemetry", words: breached, remedy: "Check the link to the robot." });
    if (refusals.length === 0) return "ready";
    if (refusals.every(({ item }) => item === "motor-temperature")) this.#refusedSince = Number.NaN;
    else if (Number.isNaN(this.#refusedSince)) this.#refusedSince = this.#first;
    const waited = this.#last - this.#began;
    const patient = Number.isNaN(this.#refusedSince)
      ? waited < Math.max(PREFLIGHT_PATIENCE, this.#coolDownWithin)
      : this.#last - this.#refusedSince < PREFLIGHT_PATIENCE;
    if (patient) {
      const cools = Number.isNaN(this.#refusedSince) && this.#last - this.#toldAt >= COOLING_TOLD;
      if (cools) this.#toldAt = this.#last;
      this.#reset();
      return cools && waited < this.#coolDownWithin ? "cooling" : "again";
    }
    return new GaitsmithError("PREFLIGHT_REFUSED", {
      what: `preflight refuses to arm: ${refusals.map(({ words }) => words).join("; ")}`,
      where: preflightPlace(refusals[0]!.item),
      remedy: refusals[0]!.remedy,
    });
  }

  /** How the motors are cooling; null where they were never too hot. */
  get cooling(): Cooling | null {
    return this.#cooling;
  }

  #reset(): void {
    this.#sums.fill(0);
    this.#counts.fill(0);
    this.#frames = 0;
    this.#first = Number.NaN;
  }

  #add(frame: TelemetryFrame): void {
    if (this.#frames === 0) this.#first = frame.tRobot;
    this.#last = frame.tRobot;
    this.#frames++;
    for (let index = 0; index < this.#sums.length; index++) {
      const value = frame.values[index]!;
      if (!Number.isFinite(value)) continue;
      this.#sums[index]! += value;
      this.#counts[index]!++;
    }
  }

  /** Everything that refuses; empty when the robot may be armed. */
  #refusals(): Refusal[] {
    const { preflight, robot } = this.#config;
    const refusals: Refusal[] = [];
    const refuse = (item: PreflightItem, words: string, remedy: string): void => {
      refusals.push({ item, words, remedy });
    };
    const silent = robot.joints.filter((joint) =>
      this.#needed.some((one) => one.joint === joint && !(this.#counts[one.index]! > 0)),
    );
    if (silent.length > 0)
      refuse(
        "joints",
        `no plausible answer from ${silent.join(", ")}`,
        "Check the joint's cable and supply.",
      );
    const voltage = this.#mean(channelName.batteryVoltage);
    const least = this.#battery ? preflight.minimumBattery : null;
    if (least !== null && !(voltage >= least))
      refuse(
        "battery",
        `the battery is at ${format(voltage)} V, below ${format(least)} V`,
        "Change or charge the battery.",
      );
    const temperatures = robot.joints.map((joint) => this.#mean(channelName.motorTemperature(joint)));
    const hottest = temperatures.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const limit = this.#temperatures ? preflight.maximumMotorTemperature : null;
    const most = limit === null || this.#cooling === null ? limit : limit - COOL_DOWN_MARGIN;
    if (most !== null && !(hottest <= most)) {
      // What is not known does not cool.
      if (Number.isFinite(hottest))
        this.#cooling = {
          hottest,
          wanted: limit! - COOL_DOWN_MARGIN,
          waited: this.#last - this.#began,
          within: this.#coolDownWithin,
        };
      refuse(
        "motor-temperature",
        `the hottest motor is at ${format(hottest)} °C, above ${format(most)} °C`,
        "Let the motors cool down.",
      );
    }
    const tilt = Math.acos(Math.cos(this.#mean(channelName.roll)) * Math.cos(this.#mean(channelName.pitch)));
    if (!(tilt <= preflight.maximumTilt))
      refuse(
        "posture",
        `the trunk is tilted by ${format((180 / Math.PI) * tilt)} degrees`,
        "Put the robot on its feet, on level ground.",
      );
    const rate = (this.#frames - 1) / (this.#last - this.#first);
    if (!(rate >= preflight.minimumTelemetryRate * this.#rate))
      refuse(
        "telemetry",
        `telemetry comes at ${format(rate)} Hz instead of ${format(this.#rate)} Hz`,
        "Check the link: distance, interference, baud rate, what else uses it.",
      );
    return refusals;
  }

  #mean(name: string): number {
    const index = this.#layout.indexOf(name);
    return this.#sums[index]! / this.#counts[index]!;
  }
}

function format(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : "an unknown number of";
}
