/** The topics of a recording: what they are called, what they carry, and which robots have them. */
import { quaternionOf } from "../robot/orientation.ts";
import { channelName } from "../robot/telemetry-frame.ts";

export const TOPICS = {
  trial: { topic: "/gaitsmith/trial", type: "gaitsmith_msgs/Trial" },
  limits: { topic: "/gaitsmith/limits", type: "gaitsmith_msgs/Limits" },
  frame: { topic: "/gaitsmith/frame", type: "gaitsmith_msgs/Frame" },
  margins: { topic: "/gaitsmith/margins", type: "gaitsmith_msgs/Margins" },
  command: { topic: "/gaitsmith/commands", type: "gaitsmith_msgs/Command" },
  acknowledgement: { topic: "/gaitsmith/acknowledgements", type: "gaitsmith_msgs/Acknowledgement" },
  report: { topic: "/gaitsmith/reports", type: "gaitsmith_msgs/Report" },
  decision: { topic: "/gaitsmith/decisions", type: "gaitsmith_msgs/Decision" },
  outcome: { topic: "/gaitsmith/outcome", type: "gaitsmith_msgs/Outcome" },
  event: { topic: "/diagnostics", type: "diagnostic_msgs/DiagnosticArray" },
  targets: { topic: "/joint_targets", type: "sensor_msgs/JointState" },
} as const;

export type TopicName = keyof typeof TOPICS;

/** A ROS header. `stamp` is the robot's time, `frame_id` where the values hold. */
export interface RosHeader {
  readonly seq: number;
  readonly stamp: { readonly sec: number; readonly nsec: number };
  readonly frame_id: string;
}

/** A topic made from telemetry frames, as the ROS messages that viewers know. */
export interface TelemetryTopic {
  readonly topic: string;
  readonly type: string;
  /** At most so many messages a second; absent: one per frame. */
  readonly rate?: number;
  readonly message: (header: RosHeader, values: Float64Array) => unknown;
}

/** What changes slowly is not told with every frame, Hz. */
const BATTERY_RATE = 10;
const TEMPERATURE_RATE = 2;
const UNKNOWN_COVARIANCE = [-1, 0, 0, 0, 0, 0, 0, 0, 0];

/**
 * The topics that this robot's channels fill.
 *
 * @param indexOf index of a channel in a frame's values; −1: the robot lacks it
 */
export function telemetryTopics(
  joints: readonly string[],
  indexOf: (channel: string) => number,
): TelemetryTopic[] {
  const has = (...names: string[]): boolean => names.some((name) => indexOf(name) >= 0);
  const reader = (name: string): ((values: Float64Array) => number) => {
    const index = indexOf(name);
    return index < 0 ? () => Number.NaN : (values) => values[index]!;
  };
  const perJoint = (name: (joint: string) => string): ((values: Float64Array) => number[]) => {
    if (!has(...joints.map(name))) return () => [];
    const readers = joints.map((joint) => reader(name(joint)));
    return (values) => readers.map((read) => read(values));
  };
  const jointState = (
    topic: string,
    position: (joint: string) => string,
    velocity: (joint: string) => string,
    effort: (joint: string) => string,
  ): TelemetryTopic[] => {
    if (!has(...joints.flatMap((joint) => [position(joint), velocity(joint)]))) return [];
    const [positions, velocities, efforts] = [perJoint(position), perJoint(velocity), perJoint(effort)];
    const message = (header: RosHeader, values: Float64Array) => ({
      header,
      name: joints,
      position: positions(values),
      velocity: velocities(values),
      effort: efforts(values),
    });
    return [{ topic, type: "sensor_msgs/JointState", message }];
  };
  const { jointPosition, jointVelocity, motorPosition, motorVelocity, motorTorque, motorTarget } =
    channelName;
  const none = (): string => "";
  return [
    ...jointState("/joint_states", jointPosition, jointVelocity, motorTorque),
    ...jointState("/motor_states", motorPosition, motorVelocity, motorTorque),
    ...jointState("/motor_targets", motorTarget, none, none),
    ...(has(channelName.roll, channelName.angularVelocity("x")) ? [imu(reader)] : []),
    ...(has(channelName.poseX, channelName.height) ? [pose(reader)] : []),
    ...(has(channelName.batteryVoltage) ? [battery(reader)] : []),
    ...joints
      .filter((joint) => has(channelName.motorTemperature(joint)))
      .map((joint) => temperature(joint, reader)),
  ];
}

type Reader = (name: string) => (values: Float64Array) => number;

function imu(reader: Reader): TelemetryTopic {
  const [roll, pitch, yaw] = [
    reader(channelName.roll),
    reader(channelName.pitch),
    reader(channelName.yaw),
  ] as const;
  const vector = (name: (axis: "x" | "y" | "z") => string) => {
    const [x, y, z] = [reader(name("x")), reader(name("y")), reader(name("z"))] as const;
    return (values: Float64Array) => ({ x: x(values), y: y(values), z: z(values) });
  };
  const [angular, linear] = [vector(channelName.angularVelocity), vector(channelName.acceleration)];
  return {
    topic: "/imu",
    type: "sensor_msgs/Imu",
    message: (header, values) => ({
      header,
      orientation: quaternionOf(roll(values), pitch(values), yaw(values)),
      orientation_covariance: UNKNOWN_COVARIANCE,
      angular_velocity: angular(values),
      angular_velocity_covariance: UNKNOWN_COVARIANCE,
      linear_acceleration: linear(values),
      linear_acceleration_covariance: UNKNOWN_COVARIANCE,
    }),
  };
}

/** Relative to the start line. */
function pose(reader: Reader): TelemetryTopic {
  const { poseX, poseY, poseYaw, height } = channelName;
  const [x, y, z, yaw] = [reader(poseX), reader(poseY), reader(height), reader(poseYaw)] as const;
  const [roll, pitch] = [reader(channelName.roll), reader(channelName.pitch)] as const;
  return {
    topic: "/pose",
    type: "geometry_msgs/PoseStamped",
    message: (header, values) => ({
      header: { ...header, frame_id: "start_line" },
      pose: {
        position: { x: x(values), y: y(values), z: z(values) },
        orientation: quaternionOf(roll(values), pitch(values), yaw(values)),
      },
    }),
  };
}

function battery(reader: Reader): TelemetryTopic {
  const [voltage, current] = [
    reader(channelName.batteryVoltage),
    reader(channelName.batteryCurrent),
  ] as const;
  return {
    topic: "/battery",
    type: "sensor_msgs/BatteryState",
    rate: BATTERY_RATE,
    message: (header, values) => ({
      header,
      voltage: voltage(values),
      // ROS counts the discharge as negative.
      current: -current(values),
      charge: Number.NaN,
      capacity: Number.NaN,
      design_capacity: Number.NaN,
      percentage: Number.NaN,
      power_supply_status: 0,
      power_supply_health: 0,
      power_supply_technology: 0,
      present: true,
      temperature: Number.NaN,
      cell_voltage: [],
      cell_temperature: [],
      location: "",
      serial_number: "",
    }),
  };
}

function temperature(joint: string, reader: Reader): TelemetryTopic {
  const read = reader(channelName.motorTemperature(joint));
  return {
    // A name of ROS holds letters, digits and underscores.
    topic: `/motor_temperature/${joint.replaceAll(/\W/g, "_")}`,
    type: "sensor_msgs/Temperature",
    rate: TEMPERATURE_RATE,
    message: (header, values) => ({
      header: { ...header, frame_id: joint },
      temperature: read(values),
      variance: 0,
    }),
  };
}
