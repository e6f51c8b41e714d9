/**
 * Whether telemetry can be believed, channel by channel: implausible values in a row, and noisy channels that repeat the
 * very same value. Nothing is allocated after construction.
 */
import { type ChannelLayout, channelName } from "../robot/telemetry-frame.ts";

/** A link that moves this many times faster than its speed limit between two frames is a broken sensor, not a leg. */
const IMPOSSIBLE_SPEED_FACTOR = 4;
/** A joint's encoder must move when its target moves at least this much between two frames, rad. */
const MOVING_TARGET = 1e-3;

/** Which repetition is suspicious. */
const NEVER = 0;
/** Inertial sensors are never still. */
const ALWAYS = 1;
/** Poses and heights change while the robot walks. */
const WALKING = 2;
/** Encoders change while their target moves. */
const WITH_TARGET = 3;

export class TelemetryTrust {
  /** Implausible values in a row, in the worst channel. */
  implausible = 0;
  implausibleChannel = -1;
  /** Seconds that a noisy channel has repeated the very same value, in the worst channel. */
  frozen = 0;
  frozenChannel = -1;
  readonly #inertial: readonly number[];
  readonly #rule: Uint8Array;
  readonly #target: Int32Array;
  /** Fastest believable change, 1/s; Infinity where any is. */
  readonly #fastest: Float64Array;
  readonly #previous: Float64Array;
  readonly #run: Uint32Array;
  readonly #still: Float64Array;

  /** @param jointSpeed the limit of link-side speed, rad/s */
  constructor(layout: ChannelLayout, jointSpeed: number) {
    const { length } = layout;
    this.#rule = new Uint8Array(length).fill(NEVER);
    this.#target = new Int32Array(length).fill(-1);
    this.#fastest = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.#previous = new Float64Array(length).fill(Number.NaN);
    this.#run = new Uint32Array(length);
    this.#still = new Float64Array(length);
    const inertial = [
      channelName.roll,
      channelName.pitch,
      ...(["x", "y", "z"] as const).flatMap((axis) => [
        channelName.angularVelocity(axis),
        channelName.acceleration(axis),
      ]),
    ];
    this.#inertial = inertial.map((name) => layout.indexOf(name)).filter((index) => index >= 0);
    for (const index of this.#inertial) this.#rule[index] = ALWAYS;
    for (const name of [channelName.poseX, channelName.poseY, channelName.poseYaw, channelName.height])
      if (layout.has(name)) this.#rule[layout.indexOf(name)] = WALKING;
    layout.channels.forEach(({ name, joint }, index) => {
      if (joint === undefined) return;
      const ofLink = name === channelName.jointPosition(joint);
      if (ofLink) this.#fastest[index] = IMPOSSIBLE_SPEED_FACTOR * jointSpeed;
      const target = layout.indexOf(channelName.motorTarget(joint));
      if (target < 0 || !(ofLink || name === channelName.motorPosition(joint))) return;
      this.#rule[index] = WITH_TARGET;
      this.#target[index] = target;
    });
  }

  /**
   * @param dt s since the previous frame; 0 for the first
   * @param walking the robot is meant to move
   */
  judge(values: Float64Array, dt: number, walking: boolean): void {
    this.implausible = 0;
    this.implausibleChannel = -1;
    this.frozen = 0;
    this.frozenChannel = -1;
    for (let channel = 0; channel < this.#run.length; channel++) {
      const value = values[channel]!;
      const change = Math.abs(value - this.#previous[channel]!);
      // An unknown previous value makes the change NaN, which is not too fast.
      const believable = Number.isFinite(value) && !(change > this.#fastest[channel]! * dt);
      const run = believable ? 0 : this.#run[channel]! + 1;
      this.#run[channel] = run;
      if (run > this.implausible) {
        this.implausible = run;
        this.implausibleChannel = channel;
      }
      const rule = this.#rule[channel]!;
      if (rule === NEVER) continue;
      if (change !== 0) this.#still[channel] = 0;
      else if (rule === ALWAYS || (rule === WALKING && walking) || this.#targetMoved(values, channel))
        this.#still[channel]! += dt;
      if (this.#still[channel]! > this.frozen) {
        this.frozen = this.#still[channel]!;
        this.frozenChannel = channel;
      }
    }
    this.#previous.set(values);
  }

  /** The newest value of a channel is finite and did not jump impossibly. */
  believes(channel: number): boolean {
    return this.#run[channel] === 0;
  }

  /** No inertial channel is implausible now or has stood still for longer than `patience` seconds. */
  inertialTrusted(patience: number): boolean {
    for (const channel of this.#inertial)
      if (this.#run[channel]! > 0 || this.#still[channel]! > patience) return false;
    return true;
  }

  reset(): void {
    this.implausible = 0;
    this.implausibleChannel = -1;
    this.frozen = 0;
    this.frozenChannel = -1;
    this.#previous.fill(Number.NaN);
    this.#run.fill(0);
    this.#still.fill(0);
  }

  #targetMoved(values: Float64Array, channel: number): boolean {
    const target = this.#target[channel]!;
    return target >= 0 && Math.abs(values[target]! - this.#previous[target]!) >= MOVING_TARGET;
  }
}
