/**
 * How fast feet in contact slide over the ground, fore and aft: a foot that holds moves backward under the trunk exactly as
 * fast as the trunk moves forward. The foot's speed relative to the trunk comes from the link-side encoders and the gyro,
 * the trunk's from the external pose over the last fifth of a second (a shorter time would measure the camera's noise).
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { LegGeometry } from "../gait/gait.ts";
import { type ChannelLayout, channelName } from "../robot/telemetry-frame.ts";

const POSE_SECONDS = 0.2;
const PLAUSIBLE_RATE = 2000;

interface LegChannels {
  readonly contact: number;
  readonly hip: number;
  readonly knee: number;
  readonly hipVelocity: number;
  readonly kneeVelocity: number;
}

export class FootSlip {
  readonly #thigh: number;
  readonly #shank: number;
  readonly #legs: readonly LegChannels[];
  readonly #x: number;
  readonly #y: number;
  readonly #yaw: number;
  readonly #pitchRate: number;
  /** Poses of the last {@link POSE_SECONDS}, as a ring. */
  readonly #poses: { readonly time: Float64Array; readonly x: Float64Array; readonly y: Float64Array };
  #oldest = 0;
  #count = 0;
  #now = 0;
  #slid = 0;
  #held = 0;

  /** @returns null where contacts or an external pose are not measured, or the legs not known */
  static of(
    config: HardwareConfig,
    layout: ChannelLayout,
    speed: { readonly x: number; readonly y: number; readonly yaw: number },
  ): FootSlip | null {
    const { joints } = config.robot;
    const { body } = config.gait;
    // Leg odometry takes for granted that feet hold: it cannot tell slip.
    if (body === null || config.speedSource !== "pose" || joints.length !== 2 * body.legs.length) return null;
    const channels = body.legs.map((leg, index) => ({
      contact: layout.indexOf(channelName.contact(leg)),
      hip: layout.indexOf(channelName.jointPosition(joints[2 * index]!)),
      knee: layout.indexOf(channelName.jointPosition(joints[2 * index + 1]!)),
      hipVelocity: layout.indexOf(channelName.jointVelocity(joints[2 * index]!)),
      kneeVelocity: layout.indexOf(channelName.jointVelocity(joints[2 * index + 1]!)),
    }));
    const pitchRate = layout.indexOf(channelName.angularVelocity("y"));
    const complete =
      pitchRate >= 0 && channels.every((leg) => Object.values(leg).every((index) => index >= 0));
    return complete ? new FootSlip(body.leg, channels, speed, pitchRate) : null;
  }

  private constructor(
    geometry: LegGeometry,
    legs: readonly LegChannels[],
    speed: { readonly x: number; readonly y: number; readonly yaw: number },
    pitchRate: number,
  ) {
    const capacity = Math.ceil(POSE_SECONDS * PLAUSIBLE_RATE);
    this.#thigh = geometry.thigh;
    this.#shank = geometry.shank;
    this.#legs = legs;
    this.#x = speed.x;
    this.#y = speed.y;
    this.#yaw = speed.yaw;
    this.#pitchRate = pitchRate;
    this.#poses = {
      time: new Float64Array(capacity),
      x: new Float64Array(capacity),
      y: new Float64Array(capacity),
    };
  }

  begin(): void {
    this.#count = 0;
    this.#now = 0;
    this.#slid = 0;
    this.#held = 0;
  }

  /** @param dt s since the previous frame */
  add(values: Float64Array, dt: number): void {
    this.#now += dt;
    const forward = this.#trunkSpeed(values);
    if (!Number.isFinite(forward)) return;
    for (let index = 0; index < this.#legs.length; index++) {
      const leg = this.#legs[index]!;
      if (values[leg.contact] !== 1) continue;
      const slip = Math.abs(forward + this.#footSpeed(leg, values));
      if (!Number.isFinite(slip)) continue;
      this.#slid += slip * dt;
      this.#held += dt;
    }
  }

  /** Mean over feet in contact, m/s; NaN before any was. */
  get mean(): number {
    return this.#held > 0 ? this.#slid / this.#held : Number.NaN;
  }

  /** Speed of the foot relative to the trunk, forward, m/s, in the direction the trunk is level in. */
  #footSpeed(leg: LegChannels, values: Float64Array): number {
    const hip = values[leg.hip]!;
    const shank = hip + values[leg.knee]!;
    const pitchRate = values[this.#pitchRate]!;
    const hipSpeed = values[leg.hipVelocity]! + pitchRate;
    const shankSpeed = hipSpeed + values[leg.kneeVelocity]!;
    return -this.#thigh * Math.cos(hip) * hipSpeed - this.#shank * Math.cos(shank) * shankSpeed;
  }

  /** Along the present heading, m/s; NaN until the window is filled. */
  #trunkSpeed(values: Float64Array): number {
    const { time, x, y } = this.#poses;
    const px = values[this.#x]!;
    const py = values[this.#y]!;
    const yaw = values[this.#yaw]!;
    if (!Number.isFinite(px) || !Number.isFinite(py) || this.#count === time.length) {
      this.#count = 0;
      return Number.NaN;
    }
    const place = (this.#oldest + this.#count) % time.length;
    time[place] = this.#now;
    x[place] = px;
    y[place] = py;
    this.#count++;
    let speed = Number.NaN;
    while (this.#count > 1 && this.#now - time[this.#oldest]! >= POSE_SECONDS) {
      const elapsed = this.#now - time[this.#oldest]!;
      speed = ((px - x[this.#oldest]!) * Math.cos(yaw) + (py - y[this.#oldest]!) * Math.sin(yaw)) / elapsed;
      this.#oldest = (this.#oldest + 1) % time.length;
      this.#count--;
    }
    return speed;
  }
}
