/**
 * Whether telemetry can be believed, channel by channel: implausible values in a row, and noisy channels that repeat the
 * very same value. Nothing is allocated after construction.
 *
 * A jump is impossible where physics says how fast the thing itself can be: joints and motors, and where the robot is.
 * Voltages sag at once, a height that is computed from legs steps with the foot that bears, angles of the trunk and of turning
 * things wrap around: of those any change is believed.
 */
import { type ChannelLayout, channelName } from "../robot/telemetry-frame.ts";
import type { FrameOrder } from "./frame-order.ts";

/** What moves this many times faster than its speed limit between two frames is a broken sensor, not a leg or a motor. */
const IMPOSSIBLE_SPEED_FACTOR = 4;
/** Nothing on legs is faster, m/s: a camera has mixed up its markers. */
const IMPOSSIBLE_TRUNK_SPEED = 10;
/** A joint's encoder must move when its target moves at least this much between two frames, rad. */
const MOVING_TARGET = 1e-3;

const NO_CHANNEL = -1;
/** Which repetition is suspicious; without a rule none is. */
/** Inertial sensors are never still. */
const ALWAYS = 1;
/** Poses and heights change while the robot walks. */
const WALKING = 2;
/** Encoders change while their target moves. */
const WITH_TARGET = 3;

/** Speed limits by joint, rad/s; Infinity where it is not watched. */
export interface JointSpeeds {
  readonly link: (joint: string) => number;
  readonly motor: (joint: string) => number;
}

export class TelemetryTrust {
  /** Implausible values in a row, in the worst channel. */
  implausible = 0;
  implausibleChannel = NO_CHANNEL;
  /** Seconds that a noisy channel has repeated the very same value, in the worst channel. */
  frozen = 0;
  frozenChannel = NO_CHANNEL;
  /** Their indices. */
  readonly #channels: readonly number[];
  readonly #inertial: readonly number[];
  readonly #rule: Uint8Array;
  readonly #target: Int32Array;
  /** Fastest believable change, 1/s; Infinity where any is. */
  readonly #fastest: Float64Array;
  /** Measured more rarely than frames come: the same value is repeated until there is another one. */
  readonly #isHeld: Uint8Array;
  /** Since the value last changed, s. */
  readonly #unchanged: Float64Array;
  readonly #previous: Float64Array;
  readonly #run: Uint32Array;
  readonly #still: Float64Array;

  constructor(layout: ChannelLayout, speeds: JointSpeeds) {
    const { length } = layout;
    this.#channels = layout.channels.map((_, index) => index);
    this.#rule = new Uint8Array(length);
    this.#target = new Int32Array(length).fill(NO_CHANNEL);
    this.#fastest = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.#isHeld = new Uint8Array(length);
    this.#unchanged = new Float64Array(length);
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
    // A channel that is lacking has the index −1, where an array of numbers keeps nothing.
    this.#inertial = inertial.map((name) => layout.indexOf(name));
    for (const index of this.#inertial) this.#rule[index] = ALWAYS;
    for (const name of [channelName.poseX, channelName.poseY, channelName.poseYaw, channelName.height])
      this.#rule[layout.indexOf(name)] = WALKING;
    for (const name of [
      ...[channelName.poseX, channelName.poseY],
      ...[channelName.odometryX, channelName.odometryY],
    ]) {
      this.#fastest[layout.indexOf(name)] = IMPOSSIBLE_TRUNK_SPEED;
      this.#isHeld[layout.indexOf(name)] = 1;
    }
    for (const joint of new Set(layout.channels.map((channel) => String(channel.joint))))
      for (const [name, speed] of [
        [channelName.jointPosition(joint), speeds.link(joint)],
        [channelName.motorPosition(joint), speeds.motor(joint)],
      ] as const) {
        const index = layout.indexOf(name);
        this.#fastest[index] = IMPOSSIBLE_SPEED_FACTOR * speed;
        this.#rule[index] = WITH_TARGET;
        this.#target[index] = layout.indexOf(channelName.motorTarget(joint));
      }
  }

  /**
   * @param order its `dt`, s since the previous frame; 0 for the first
   * @param walking the robot is meant to move
   */
  judge(values: Float64Array, order: Readonly<Pick<FrameOrder, "dt">>, walking: boolean): void {
    const { dt } = order;
    this.implausible = 0;
    this.implausibleChannel = NO_CHANNEL;
    this.frozen = 0;
    this.frozenChannel = NO_CHANNEL;
    for (const channel of this.#channels) {
      const value = values[channel]!;
      const change = Math.abs(value - this.#previous[channel]!);
      this.#unchanged[channel]! += dt;
      const since = this.#isHeld[channel] === 1 ? this.#unchanged[channel]! : dt;
      // An unknown previous value makes the change NaN, which is not too fast.
      const believable = Number.isFinite(value) && !(change > this.#fastest[channel]! * since);
      if (change !== 0) this.#unchanged[channel] = 0;
      const run = believable ? 0 : this.#run[channel]! + 1;
      this.#run[channel] = run;
      if (run > this.implausible) {
        this.implausible = run;
        this.implausibleChannel = channel;
      }
      const rule = this.#rule[channel]!;
      if (change !== 0) this.#still[channel] = 0;
      else if (rule === ALWAYS || (rule === WALKING && walking) || this.#targetMoved(values, channel))
        this.#still[channel]! += dt;
      if (this.#still[channel]! > this.frozen) {
        this.frozen = this.#still[channel]!;
        this.frozenChannel = channel;
      }
    }
    // After an infinity any value would be a jump.
    for (const channel of this.#channels)
      this.#previous[channel] = Number.isFinite(values[channel]) ? values[channel]! : Number.NaN;
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

  /** The rest begins anew with the next frame, which repeats and changes nothing. */
  reset(): void {
    this.#previous.fill(Number.NaN);
    this.#run.fill(0);
  }

  #targetMoved(values: Float64Array, channel: number): boolean {
    const target = this.#target[channel]!;
    // Without a target it is no number, and that did not move.
    return Math.abs(values[target]! - this.#previous[target]!) >= MOVING_TARGET;
  }
}
