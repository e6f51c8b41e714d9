/** A robot that was put together wrongly: what a first day with a robot must find. */
import { fail } from "../src/errors.ts";
import { type ChannelLayout, channelName } from "../src/robot/telemetry-frame.ts";

export type Miswiring =
  /** Two joints are wired as each other, both encoders and motors: the order in the config is wrong. */
  | { readonly kind: "swapped-joints"; readonly joints: readonly [string, string] }
  | { readonly kind: "swapped-encoders"; readonly joints: readonly [string, string] }
  | { readonly kind: "swapped-motors"; readonly joints: readonly [string, string] }
  /** A joint counts the other way, encoders and motor. */
  | { readonly kind: "reversed-joint"; readonly joint: string }
  | { readonly kind: "reversed-encoder"; readonly joint: string }
  | { readonly kind: "reversed-motor"; readonly joint: string }
  /** Its motor has no torque. */
  | { readonly kind: "dead-motor"; readonly joint: string }
  /** Its encoder repeats the same value. */
  | { readonly kind: "dead-encoder"; readonly joint: string }
  /** The inertial unit counts this axis the other way: angle, rate and acceleration. */
  | { readonly kind: "reversed-imu"; readonly axis: "roll" | "pitch" | "yaw" }
  /** It is turned by a quarter about the vertical: roll and pitch are exchanged. */
  | { readonly kind: "swapped-imu" }
  /** Odometry says so many metres for one. */
  | { readonly kind: "odometry"; readonly scale: number };

/** From the robot as it is to what its computer believes, and back to its motors. */
export class Wiring {
  readonly #faults: readonly Miswiring[];
  readonly #layout: ChannelLayout;
  readonly #joints: readonly string[];
  readonly #held = new Map<number, number>();
  /** Motors without torque. */
  readonly dead: readonly number[];

  /** @throws RangeError when there is no such joint */
  constructor(faults: readonly Miswiring[], layout: ChannelLayout, joints: readonly string[]) {
    this.#faults = faults;
    this.#layout = layout;
    this.#joints = joints;
    for (const fault of faults)
      for (const joint of "joints" in fault ? fault.joints : "joint" in fault ? [fault.joint] : [])
        if (!joints.includes(joint)) throw new RangeError(`there is no joint ${joint}`);
    this.dead = faults.flatMap((fault) => (fault.kind === "dead-motor" ? [joints.indexOf(fault.joint)] : []));
  }

  /** Changes what a frame says. */
  misread(values: Float64Array): void {
    for (const fault of this.#faults) {
      switch (fault.kind) {
        case "swapped-joints":
        case "swapped-encoders":
          this.#swap(values, ...fault.joints);
          break;
        case "reversed-joint":
        case "reversed-encoder":
          this.#negate(values, this.#encoders(fault.joint));
          break;
        case "dead-encoder":
          for (const channel of this.#encoders(fault.joint)) {
            if (!this.#held.has(channel)) this.#held.set(channel, values[channel]!);
            values[channel] = this.#held.get(channel)!;
          }
          break;
        case "reversed-imu":
          this.#negate(
            values,
            IMU[fault.axis].map((name) => this.#layout.indexOf(name)),
          );
          break;
        case "swapped-imu":
          for (const [one, other] of QUARTER) this.#exchange(values, one, other);
          break;
        case "odometry":
          for (const name of [channelName.odometryX, channelName.odometryY])
            values[this.#layout.indexOf(name)]! *= fault.scale;
      }
    }
  }

  /** The joint angles that the motors are really told. @param targets rad, joint by joint; a new array */
  misdrive(targets: Float64Array): Float64Array {
    const told = targets.slice();
    for (const fault of this.#faults) {
      if (fault.kind === "swapped-joints" || fault.kind === "swapped-motors") {
        const [one, other] = fault.joints.map((joint) => this.#joints.indexOf(joint)) as [number, number];
        [told[one], told[other]] = [told[other]!, told[one]!];
      } else if (fault.kind === "reversed-joint" || fault.kind === "reversed-motor")
        told[this.#joints.indexOf(fault.joint)]! *= -1;
    }
    return told;
  }

  get isSound(): boolean {
    return this.#faults.length === 0;
  }

  #encoders(joint: string): number[] {
    return [channelName.jointPosition(joint), channelName.jointVelocity(joint)].map((name) =>
      this.#layout.indexOf(name),
    );
  }

  #swap(values: Float64Array, one: string, other: string): void {
    const [mine, yours] = [this.#encoders(one), this.#encoders(other)];
    mine.forEach((channel, index) => {
      [values[channel], values[yours[index]!]] = [values[yours[index]!]!, values[channel]!];
    });
  }

  #exchange(values: Float64Array, one: string, other: string): void {
    const [a, b] = [this.#layout.indexOf(one), this.#layout.indexOf(other)];
    [values[a], values[b]] = [values[b]!, values[a]!];
  }

  #negate(values: Float64Array, channels: readonly number[]): void {
    for (const channel of channels) if (channel >= 0) values[channel] = -values[channel]!;
  }
}

/** What turns round with an axis. Nose down shows in the acceleration along x, left side down in that along y. */
const IMU: Readonly<Record<"roll" | "pitch" | "yaw", readonly string[]>> = {
  roll: [channelName.roll, channelName.angularVelocity("x"), channelName.acceleration("y")],
  pitch: [channelName.pitch, channelName.angularVelocity("y"), channelName.acceleration("x")],
  yaw: [channelName.yaw, channelName.angularVelocity("z")],
};

const QUARTER = [
  [channelName.roll, channelName.pitch],
  [channelName.angularVelocity("x"), channelName.angularVelocity("y")],
  [channelName.acceleration("x"), channelName.acceleration("y")],
] as const;

/**
 * `swap=FR_hip:FL_hip,reverse=RR_knee,dead=RL_hip,imu=pitch,imu=swapped,odometry=1.3`; `swap-encoders`, `swap-motors`,
 * `reverse-encoder`, `reverse-motor` and `dead-encoder` for one side alone.
 *
 * @throws BAD_USAGE
 */
export function parseMiswiring(text: string): Miswiring[] {
  return text.split(",").map((entry) => {
    const [name = "", value = ""] = entry.trim().split("=");
    const [one = "", other = ""] = value.split(":");
    const kinds = {
      swap: "swapped-joints",
      "swap-encoders": "swapped-encoders",
      "swap-motors": "swapped-motors",
      reverse: "reversed-joint",
      "reverse-encoder": "reversed-encoder",
      "reverse-motor": "reversed-motor",
      dead: "dead-motor",
      "dead-encoder": "dead-encoder",
    } as const;
    const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : null;
    if (kind === "swapped-joints" || kind === "swapped-encoders" || kind === "swapped-motors") {
      if (one !== "" && other !== "") return { kind, joints: [one, other] };
    } else if (kind !== null) {
      if (value !== "") return { kind, joint: value };
    } else if (name === "imu" && value === "swapped") return { kind: "swapped-imu" };
    else if (name === "imu" && (value === "roll" || value === "pitch" || value === "yaw"))
      return { kind: "reversed-imu", axis: value };
    else if (name === "odometry" && Number(value) > 0) return { kind: "odometry", scale: Number(value) };
    return fail("BAD_USAGE", {
      what: `\`${entry}\` is no way to wire the simulated robot wrongly`,
      where: "--miswired",
      remedy: "Write for example swap=FR_hip:FL_hip,reverse=RR_knee,dead=RL_hip,imu=pitch,odometry=1.3.",
    });
  });
}
