/**
 * What the control program of an mjbots quad answers: its whole state as JSON (mjbots/quad, `mech/quadruped_control.h` and
 * `mech/quadruped_state.h`), and which channels that fills.
 *
 * Its axes are x forward, y right, z down; ours are x forward, y left, z up.
 */
import { type Channel, channelName } from "../../robot/telemetry-frame.ts";

const SERVOS = 12;
const RADIANS = Math.PI / 180;

type Vector = readonly [number, number, number];

interface Joint {
  readonly id: number;
  readonly angle_deg: number;
  readonly velocity_dps: number;
  readonly torque_Nm: number;
  readonly temperature_C: number;
}

interface Leg {
  readonly position: Vector;
  readonly velocity: Vector;
  readonly stance: number;
}

/** As far as it is used. A number that was none comes as null. */
export interface QuadStatus {
  readonly timestamp: string;
  readonly mode: string;
  readonly fault: string;
  readonly state: {
    readonly joints: readonly Joint[];
    readonly legs_B: readonly Leg[];
    readonly robot: {
      readonly frame_AB: {
        readonly pose: {
          readonly so3: { readonly w: number; readonly x: number; readonly y: number; readonly z: number };
        };
        readonly w: Vector;
      };
      readonly tf_TA: { readonly translation: Vector };
      readonly voltage: number;
    };
    readonly rest: { readonly done: boolean };
  };
  readonly missing_replies: number;
}

/** @returns null when it is no such answer */
export function readStatus(text: string): QuadStatus | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  return isStatus(read) ? read : null;
}

function isStatus(read: unknown): read is QuadStatus {
  const status = read as QuadStatus | null;
  const robot = status?.state?.robot;
  return (
    typeof status?.mode === "string" &&
    typeof status.fault === "string" &&
    typeof status.timestamp === "string" &&
    Array.isArray(status.state?.joints) &&
    Array.isArray(status.state.legs_B) &&
    status.state.legs_B.every((leg) => Array.isArray(leg?.position) && Array.isArray(leg.velocity)) &&
    typeof status.state.rest?.done === "boolean" &&
    typeof robot?.frame_AB?.pose?.so3 === "object" &&
    robot.frame_AB.pose.so3 !== null &&
    Array.isArray(robot.frame_AB.w) &&
    Array.isArray(robot.tf_TA?.translation)
  );
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `2026-Nov-25 19:59:27.123456`, as Boost writes times. @returns s; NaN when it is none */
export function secondsOf(timestamp: string): number {
  const parts = /^(\d{4})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(\.\d+)?$/.exec(timestamp);
  if (parts === null) return Number.NaN;
  const [, year, month = "", day, hour, minute, second, fraction = "0"] = parts;
  const at = MONTHS.indexOf(month);
  if (at < 0) return Number.NaN;
  const whole = Date.UTC(Number(year), at, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
  return whole + Number(fraction);
}

/** Channels in the order in which {@link readChannels} writes them. @param joints names of servos 1 to 12 */
export function quadChannels(joints: readonly string[]): Channel[] {
  const of = (name: string, unit: string): Channel => ({ name, unit, source: "measured" });
  const { angularVelocity } = channelName;
  return [
    of(channelName.roll, "rad"),
    of(channelName.pitch, "rad"),
    of(channelName.yaw, "rad"),
    of(angularVelocity("x"), "rad/s"),
    of(angularVelocity("y"), "rad/s"),
    of(angularVelocity("z"), "rad/s"),
    of(channelName.height, "m"),
    of(channelName.odometryX, "m"),
    of(channelName.odometryY, "m"),
    of(channelName.odometryYaw, "rad"),
    of(channelName.batteryVoltage, "V"),
    ...joints.flatMap((joint): Channel[] => [
      { ...of(channelName.jointPosition(joint), "rad"), joint },
      { ...of(channelName.jointVelocity(joint), "rad/s"), joint },
      // Motor and joint are one: there is no spring between them.
      { ...of(channelName.motorVelocity(joint), "rad/s"), joint },
      { ...of(channelName.motorTorque(joint), "N·m"), joint },
      { ...of(channelName.motorTemperature(joint), "°C"), joint },
    ]),
  ];
}

/**
 * Distance by the legs: while a foot stands, the trunk moves the other way. Measured, by the encoders of motors without
 * springs; which foot stands is what the gait says, and a foot that slips deceives it.
 */
export class QuadOdometry {
  x = 0;
  y = 0;
  yaw = 0;
  #start = Number.NaN;
  #time = Number.NaN;

  /** Here is the start line, and straight ahead is forward. */
  restart(): void {
    this.x = 0;
    this.y = 0;
    this.yaw = 0;
    this.#start = Number.NaN;
    this.#time = Number.NaN;
  }

  /** @param heading rad, anticlockwise. @param time of the robot, s */
  add({ state }: QuadStatus, heading: number, time: number): void {
    if (Number.isNaN(this.#start)) this.#start = heading;
    const dt = time - this.#time;
    this.#time = time;
    this.yaw = wrapped(heading - this.#start);
    const standing = state.legs_B.filter(({ stance }) => stance === 1);
    if (standing.length === 0 || !(dt > 0)) return;
    const [wx, wy, wz] = state.robot.frame_AB.w;
    let forward = 0;
    let right = 0;
    for (const { position, velocity } of standing) {
      const [px, py, pz] = position;
      forward -= (velocity[0] + wy * pz - wz * py) / standing.length;
      right -= (velocity[1] + wz * px - wx * pz) / standing.length;
    }
    this.x += dt * (forward * Math.cos(this.yaw) + right * Math.sin(this.yaw));
    this.y += dt * (forward * Math.sin(this.yaw) - right * Math.cos(this.yaw));
  }
}

/** Writes the values of a status; what is missing or null is NaN. */
export function readChannels(
  status: QuadStatus,
  time: number,
  odometry: QuadOdometry,
  out: Float64Array,
): void {
  const { robot, joints } = status.state;
  const { w, x, y, z } = robot.frame_AB.pose.so3;
  const roll = Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y));
  const pitch = Math.asin(Math.max(-1, Math.min(1, 2 * (w * y - z * x))));
  const yaw = Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
  odometry.add(status, -yaw, time);
  const [wx, wy, wz] = robot.frame_AB.w;
  const [, , ground] = robot.tf_TA.translation;
  out.fill(Number.NaN);
  const known = [w, x, y, z].every((part) => typeof part === "number");
  const trunk = [
    known ? roll : null,
    known ? -pitch : null,
    known ? -yaw : null,
    wx,
    negative(wy),
    negative(wz),
  ];
  const rest = [negative(ground), odometry.x, odometry.y, odometry.yaw, robot.voltage];
  [...trunk, ...rest].forEach((value, index) => {
    out[index] = value ?? Number.NaN;
  });
  const first = trunk.length + rest.length;
  for (const joint of joints) {
    if (!(joint.id >= 1 && joint.id <= SERVOS)) continue;
    const velocity = scaled(joint.velocity_dps);
    const values = [scaled(joint.angle_deg), velocity, velocity, joint.torque_Nm, joint.temperature_C];
    values.forEach((value, index) => {
      out[first + values.length * (joint.id - 1) + index] = value ?? Number.NaN;
    });
  }
}

/** null times a number would be 0. */
function scaled(degrees: number | null): number | null {
  return degrees === null ? null : RADIANS * degrees;
}

function negative(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : -value;
}

function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
