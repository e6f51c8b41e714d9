/**
 * Looks at the actuators while the robot stands, before and after each walk, without moving anything: the "shimmy" of QuadraTot (J.
 * Yosinski et al., ECAL 2011), which read four commanded poses back, with the stances that a walk has anyway. A servo that overheats
 * or slips is found after the walk that did it, not three gaits later. Only what the robot reports is looked at; nothing is
 * allocated per frame.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import { neutralStance } from "../gait/neutral-stance.ts";
import { type ChannelLayout, channelName, type TelemetryFrame } from "../robot/telemetry-frame.ts";

/** It must have stood this long, s of robot time; what is compared are means over the newest frames. */
const STANDING_SECONDS = 0.2;
/** Weight of the newest frame in those means. */
const NEWEST = 0.2;
/** Standing takes less than this share of the torque limit. */
const STANDING_TORQUE = 0.6;
/** A joint whose target moves by this much in a walk, rad, moves itself by this share of it at least: motor and leg. */
const TARGET_MOVES = 0.1;
const MOTOR_FOLLOWS = 0.1;
const LEG_FOLLOWS = 0.05;
/** Standing after the walk, a leg is where it stood before within this share of the sag that is allowed. */
const SAME_STANCE = 0.5;

interface JointChannels {
  readonly name: string;
  readonly target: number;
  readonly motor: number;
  readonly leg: number;
  readonly torque: number;
  readonly temperature: number;
  /** rad, where the leg is in the neutral stance; NaN where that is not known. */
  readonly neutral: number;
}

export class ActuatorCheck {
  readonly #config: HardwareConfig;
  readonly #joints: readonly JointChannels[];
  /** N·m; infinite where the limit is not watched. */
  readonly #mostTorque: number;
  readonly #error: Float64Array;
  readonly #leg: Float64Array;
  readonly #torque: Float64Array;
  readonly #temperature: Float64Array;
  readonly #legBefore: Float64Array;
  readonly #temperatureBefore: Float64Array;
  readonly #targetRange: Range;
  readonly #motorRange: Range;
  readonly #legRange: Range;
  #since = Number.NaN;
  #now = Number.NaN;

  constructor(config: HardwareConfig, layout: ChannelLayout) {
    const { robot, gait, envelope } = config;
    const neutral = gait.body === null ? null : neutralStance(gait.body);
    this.#config = config;
    this.#joints = robot.joints.map((name, index) => ({
      name,
      target: layout.indexOf(channelName.motorTarget(name)),
      motor: layout.indexOf(channelName.motorPosition(name)),
      leg: layout.indexOf(channelName.jointPosition(name)),
      torque: layout.indexOf(channelName.motorTorque(name)),
      temperature: layout.indexOf(channelName.motorTemperature(name)),
      neutral: neutral?.[index] ?? Number.NaN,
    }));
    const { unwatched, high } = envelope["motor-torque"];
    this.#mostTorque = unwatched === undefined ? STANDING_TORQUE * high : Number.POSITIVE_INFINITY;
    const count = robot.joints.length;
    const unknown = (): Float64Array => new Float64Array(count).fill(Number.NaN);
    this.#error = unknown();
    this.#leg = unknown();
    this.#torque = unknown();
    this.#temperature = unknown();
    this.#legBefore = unknown();
    this.#temperatureBefore = unknown();
    this.#targetRange = new Range(count);
    this.#motorRange = new Range(count);
    this.#legRange = new Range(count);
  }

  /** A stance begins: before the walk, or after it. */
  begin(): void {
    this.#since = Number.NaN;
    this.#error.fill(Number.NaN);
    this.#leg.fill(Number.NaN);
    this.#torque.fill(Number.NaN);
  }

  /** Takes in a frame while the robot stands. */
  stand({ values, tRobot }: TelemetryFrame): void {
    if (Number.isNaN(this.#since)) this.#since = tRobot;
    this.#now = tRobot;
    for (let index = 0; index < this.#joints.length; index++) {
      const { target, motor, leg, torque, temperature } = this.#joints[index]!;
      smooth(this.#error, index, values[motor]! - values[target]!);
      smooth(this.#leg, index, values[leg]!);
      smooth(this.#torque, index, values[torque]!);
      smooth(this.#temperature, index, values[temperature]!);
    }
  }

  /** Takes in a frame of the walk. */
  walk({ values }: TelemetryFrame): void {
    for (let index = 0; index < this.#joints.length; index++) {
      const { target, motor, leg } = this.#joints[index]!;
      this.#targetRange.add(index, values[target]!);
      this.#motorRange.add(index, values[motor]!);
      this.#legRange.add(index, values[leg]!);
    }
  }

  /** What is wrong before the walk, in words; null where the robot has not stood long enough to say. */
  before(): string[] | null {
    const findings = this.#standing();
    if (findings === null) return null;
    this.#legBefore.set(this.#leg);
    this.#temperatureBefore.set(this.#temperature);
    return findings;
  }

  /** What is wrong after it. */
  after(): string[] | null {
    const findings = this.#standing();
    if (findings === null) return null;
    const { health } = this.#config;
    for (let index = 0; index < this.#joints.length; index++) {
      const { name } = this.#joints[index]!;
      const asked = this.#targetRange.width(index);
      const moved = this.#motorRange.width(index);
      const legMoved = this.#legRange.width(index);
      const shift = this.#leg[index]! - this.#legBefore[index]!;
      const rise = this.#temperature[index]! - this.#temperatureBefore[index]!;
      if (asked >= TARGET_MOVES && moved < MOTOR_FOLLOWS * asked)
        findings.push(`${name} did not move with its target: ${figure(moved)} of ${figure(asked)} rad`);
      else if (asked >= TARGET_MOVES && legMoved < LEG_FOLLOWS * asked)
        findings.push(
          `the leg at ${name} did not move with its motor: ${figure(legMoved)} of ${figure(asked)} rad`,
        );
      if (Math.abs(shift) > SAME_STANCE * health.sagTolerance)
        findings.push(`${name} stands ${figure(shift)} rad from where it stood before the walk`);
      if (rise > health.temperatureRise)
        findings.push(`the motor of ${name} is ${figure(rise)} K hotter than before the walk`);
    }
    return findings;
  }

  #standing(): string[] | null {
    if (!(this.#now - this.#since >= STANDING_SECONDS)) return null;
    const { health } = this.#config;
    const findings: string[] = [];
    for (let index = 0; index < this.#joints.length; index++) {
      const { name, neutral } = this.#joints[index]!;
      const error = this.#error[index]!;
      const sag = this.#leg[index]! - neutral;
      const torque = this.#torque[index]!;
      if (Math.abs(error) > health.actuatorTolerance)
        findings.push(`${name} does not hold its target: it is ${figure(error)} rad off`);
      else if (Number.isNaN(error) && Math.abs(sag) > health.sagTolerance)
        findings.push(`${name} is ${figure(sag)} rad from the neutral stance`);
      if (Math.abs(torque) > this.#mostTorque) findings.push(`${name} needs ${figure(torque)} N·m to stand`);
    }
    return findings;
  }
}

/** Smallest and largest value of each joint. */
class Range {
  readonly #low: Float64Array;
  readonly #high: Float64Array;

  constructor(count: number) {
    this.#low = new Float64Array(count).fill(Number.NaN);
    this.#high = new Float64Array(count).fill(Number.NaN);
  }

  add(index: number, value: number): void {
    if (!Number.isFinite(value)) return;
    if (!(value >= this.#low[index]!)) this.#low[index] = value;
    if (!(value <= this.#high[index]!)) this.#high[index] = value;
  }

  /** NaN when nothing is known. */
  width(index: number): number {
    return this.#high[index]! - this.#low[index]!;
  }
}

function smooth(means: Float64Array, index: number, value: number): void {
  if (!Number.isFinite(value)) return;
  const before = means[index]!;
  means[index] = Number.isNaN(before) ? value : before + NEWEST * (value - before);
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
