/** What must hold before the robot is armed. Looks at a stretch of telemetry and says everything that refuses. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { GaitsmithError } from "../errors.ts";
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";
import type { LimitName } from "../safety/limit.ts";
import { type CheckItem, itemsOf, type Measured } from "./check-items/check-item.ts";
import { type Cooling, type PreflightItem, preflightPlace } from "./messages.ts";

/** Telemetry is looked at for this long, s of robot time. */
const PREFLIGHT_SECONDS = 0.2;
/** What cannot mend in this time (telemetry that needs a moment, a robot being set down) refuses, s of robot time. */
export const PREFLIGHT_PATIENCE = 3;
/** Motors that were too hot cool by this much more before the walk, K: a hair below the limit the next look refuses again. */
const COOL_DOWN_MARGIN = 5;
/** How often it is said that a robot waits for its motors to cool, s of robot time. */
const COOLING_TOLD = 2;

const itemOf = itemsOf("robot");

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
  #items: readonly CheckItem[] = [];

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
    this.#items = this.#judge(breached);
    const refusals = this.#items.filter(({ result }) => result === "missing");
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
      where: preflightPlace(refusals[0]!.item as PreflightItem),
      remedy: refusals[0]!.remedy,
    });
  }

  /** The robot's clock was set: everything is looked at once more, with all the time that there is. */
  beginAnew(): void {
    this.#began = Number.NaN;
    this.#refusedSince = Number.NaN;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.#reset();
  }

  /** How the motors are cooling; null where they were never too hot. */
  get cooling(): Cooling | null {
    return this.#cooling;
  }

  /** What the last whole look found, item by item, and its figures; empty before. */
  get items(): readonly CheckItem[] {
    return this.#items;
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

  /** One item each of what the robot can tell. */
  #judge(breached: string | null): CheckItem[] {
    const { preflight, robot } = this.#config;
    const items: CheckItem[] = [];
    const judge = (
      item: PreflightItem,
      holds: boolean,
      words: { readonly ok: string; readonly refused: string },
      remedy: string,
      measured?: Measured,
    ): void => {
      if (holds) items.push(itemOf(item, "ok", words.ok, "", measured));
      else items.push(itemOf(item, "missing", words.refused, remedy, measured));
    };
    const silent = robot.joints.filter((joint) =>
      this.#needed.some((one) => one.joint === joint && !(this.#counts[one.index]! > 0)),
    );
    if (this.#needed.length > 0)
      judge(
        "joints",
        silent.length === 0,
        { ok: `all ${robot.joints.length} answer`, refused: `no plausible answer from ${silent.join(", ")}` },
        "Check the joint's cable and supply.",
        { value: robot.joints.length - silent.length, limit: robot.joints.length },
      );
    const least = this.#battery ? preflight.minimumBattery : null;
    if (least !== null) {
      const voltage = this.#mean(channelName.batteryVoltage);
      judge(
        "battery",
        voltage >= least,
        {
          ok: `${format(voltage)} V, at least ${format(least)} V`,
          refused: `the battery is at ${format(voltage)} V, below ${format(least)} V`,
        },
        "Change or charge the battery.",
        { value: voltage, unit: "V", limit: least },
      );
    }
    const limit = this.#temperatures ? preflight.maximumMotorTemperature : null;
    if (limit !== null) {
      const { joint, value } = this.#hottest();
      const most = this.#cooling === null ? limit : limit - COOL_DOWN_MARGIN;
      // What is not known does not cool.
      if (value > most && this.#coolDownWithin > 0)
        this.#cooling = {
          hottest: value,
          wanted: limit - COOL_DOWN_MARGIN,
          waited: this.#last - this.#began,
          within: this.#coolDownWithin,
        };
      judge(
        "motor-temperature",
        value <= most,
        {
          ok: `${joint} is hottest at ${format(value)} °C, at most ${format(most)} °C`,
          refused: `the hottest motor is at ${format(value)} °C (${joint}), above ${format(most)} °C`,
        },
        "Let the motors cool down.",
        { value, unit: "°C", limit: most },
      );
    }
    const tilt = Math.acos(Math.cos(this.#mean(channelName.roll)) * Math.cos(this.#mean(channelName.pitch)));
    judge(
      "posture",
      tilt <= preflight.maximumTilt,
      {
        ok: `tilted by ${format(DEGREES * tilt)} degrees, at most ${format(DEGREES * preflight.maximumTilt)}`,
        refused: `the trunk is tilted by ${format(DEGREES * tilt)} degrees`,
      },
      "Put the robot on its feet, on level ground.",
      { value: DEGREES * tilt, unit: "deg", limit: DEGREES * preflight.maximumTilt },
    );
    const rate = (this.#frames - 1) / (this.#last - this.#first);
    const wanted = preflight.minimumTelemetryRate * this.#rate;
    judge(
      "telemetry",
      rate >= wanted,
      {
        ok: `${format(rate)} Hz of ${format(this.#rate)} Hz`,
        refused: `telemetry comes at ${format(rate)} Hz instead of ${format(this.#rate)} Hz`,
      },
      "Check the link: distance, interference, baud rate, what else uses it.",
      { value: rate, unit: "Hz", limit: wanted },
    );
    if (breached !== null)
      items.push(itemOf("telemetry", "missing", breached, "Check the link to the robot."));
    return items;
  }

  /** One that says nothing counts as the hottest. */
  #hottest(): { readonly joint: string; readonly value: number } {
    return this.#config.robot.joints
      .map((joint) => ({ joint, value: this.#mean(channelName.motorTemperature(joint)) }))
      .reduce((a, b) => (Number.isNaN(a.value) || a.value >= b.value ? a : b));
  }

  #mean(name: string): number {
    const index = this.#layout.indexOf(name);
    return this.#sums[index]! / this.#counts[index]!;
  }
}

const DEGREES = 180 / Math.PI;

function format(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : "an unknown number of";
}
