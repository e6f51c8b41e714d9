/** Telemetry: what a robot says about itself, many times a second. */

/** Where a channel's number comes from. `commanded` values are wishes and may never be scored. */
export type ChannelSource = "measured" | "commanded";

export interface Channel {
  /** Stable name, see {@link channelName}. */
  readonly name: string;
  /** SI unit, "" for a ratio or a flag. */
  readonly unit: string;
  readonly source: ChannelSource;
  /** The joint it belongs to, when it belongs to one. */
  readonly joint?: string;
}

/**
 * Channel names every room agrees on. A robot that lacks a quantity has no such channel in its layout.
 *
 * Frames: x forward, y left, z up; angles in rad; the pose is relative to the start line.
 */
export const channelName = {
  roll: "imu.roll",
  pitch: "imu.pitch",
  yaw: "imu.yaw",
  angularVelocity: (axis: "x" | "y" | "z") => `imu.angular_velocity.${axis}`,
  acceleration: (axis: "x" | "y" | "z") => `imu.acceleration.${axis}`,
  /** Trunk height above the ground, m. */
  height: "trunk.height",
  /** External pose: motion capture, tags. */
  poseX: "pose.x",
  poseY: "pose.y",
  poseYaw: "pose.yaw",
  /** Leg odometry from link-side encoders. */
  odometryX: "odometry.x",
  odometryY: "odometry.y",
  odometryYaw: "odometry.yaw",
  /** Link side: the leg itself, beyond the spring. */
  jointPosition: (joint: string) => `joint.${joint}.position`,
  jointVelocity: (joint: string) => `joint.${joint}.velocity`,
  /** Motor side: before the spring. */
  motorPosition: (joint: string) => `motor.${joint}.position`,
  motorVelocity: (joint: string) => `motor.${joint}.velocity`,
  motorTarget: (joint: string) => `motor.${joint}.target`,
  motorTorque: (joint: string) => `motor.${joint}.torque`,
  motorCurrent: (joint: string) => `motor.${joint}.current`,
  motorTemperature: (joint: string) => `motor.${joint}.temperature`,
  /** 1 in contact, 0 not. */
  contact: (leg: string) => `contact.${leg}`,
  batteryVoltage: "battery.voltage",
  batteryCurrent: "battery.current",
  /** 1 while the robot's own stop button is pressed. */
  stopButton: "stop_button",
} as const;

/** The order of the values in a robot's frames. Immutable. */
export class ChannelLayout {
  readonly channels: readonly Channel[];
  readonly #index: ReadonlyMap<string, number>;

  constructor(channels: readonly Channel[]) {
    this.channels = Object.freeze(channels.map((channel) => Object.freeze({ ...channel })));
    this.#index = new Map(channels.map((channel, index) => [channel.name, index]));
    if (this.#index.size !== channels.length) throw new RangeError("a channel name occurs twice");
  }

  get length(): number {
    return this.channels.length;
  }

  /** Index of a channel in `values`, or −1 when the robot lacks it. */
  indexOf(name: string): number {
    return this.#index.get(name) ?? -1;
  }

  has(name: string): boolean {
    return this.#index.has(name);
  }
}

/**
 * One time-stamped sample of all channels. Frames are recycled by the link: whoever keeps one copies it before
 * returning from the listener. An implausible value is NaN.
 */
export interface TelemetryFrame {
  /** Counts the robot's frames, modulo 2³²; a gap is a lost frame. */
  seq: number;
  /** The robot's monotonic clock, s: the time in a trial. */
  tRobot: number;
  /** When the frame arrived here, station clock, s. */
  tArrival: number;
  /**
   * From sampling to arrival, s, where the link keeps the two clocks synchronised; right to within half a round trip. NaN
   * or absent where it does not know.
   */
  delay?: number;
  /** Indexed by the robot's {@link ChannelLayout}. */
  readonly values: Float64Array;
}
