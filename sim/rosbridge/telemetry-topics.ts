/** The simulated robot's topics: what of a telemetry frame goes where. All carry the frame's stamp; joint states come last. */
import { quaternionOf } from "../../src/robot/orientation.ts";
import type { Capabilities } from "../../src/robot/robot.ts";
import { type ChannelLayout, channelName, type TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import { type RosMessage, rosTime } from "./message-values.ts";
import type { RosGraph } from "./ros-graph.ts";

const LEGS = ["FR", "FL", "RR", "RL"];
const AXES = ["x", "y", "z"] as const;

/** One topic: its type, and its message from a frame's values. */
interface Source {
  readonly topic: string;
  readonly type: string;
  readonly message: (values: Float64Array, header: RosMessage) => RosMessage;
}

/** Advertises the topics. @returns publishes a frame on all of them */
export function telemetryTopics(
  graph: RosGraph,
  node: string,
  { layout, joints }: Capabilities,
): (frame: TelemetryFrame) => void {
  const topics = sources(layout, joints).map(({ topic, type, message }) => ({
    message,
    publisher: graph.advertise(node, topic, type),
  }));
  return ({ tRobot, values }) => {
    const header = { stamp: rosTime(tRobot) };
    for (const { publisher, message } of topics) publisher.publish(message(values, header));
  };
}

function sources(layout: ChannelLayout, joints: readonly string[]): readonly Source[] {
  /** NaN where the robot has no such channel. */
  const one = (name: string): ((values: Float64Array) => number) => {
    const index = layout.indexOf(name);
    return (values) => values[index] ?? Number.NaN;
  };
  const several = (names: readonly string[]): ((values: Float64Array) => number[]) => {
    const indices = names.map((name) => layout.indexOf(name));
    return (values) => indices.map((index) => values[index] ?? Number.NaN);
  };
  const perJoint = (name: (joint: string) => string) => several(joints.map(name));
  const array = (topic: string, read: (values: Float64Array) => number[]): Source => ({
    topic,
    type: "std_msgs/Float64MultiArray",
    message: (values) => ({ data: read(values) }),
  });
  const vector = (topic: string, read: (values: Float64Array) => RosMessage): Source => ({
    topic,
    type: "geometry_msgs/Vector3Stamped",
    message: (values, header) => ({ header, vector: read(values) }),
  });

  const rpy = several([channelName.roll, channelName.pitch, channelName.yaw]);
  const turning = several(AXES.map(channelName.angularVelocity));
  const pushing = several(AXES.map(channelName.acceleration));
  const height = one(channelName.height);
  const pose = several([channelName.poseX, channelName.poseY, channelName.poseYaw]);
  const odometry = several([channelName.odometryX, channelName.odometryY, channelName.odometryYaw]);
  const motorPosition = perJoint(channelName.motorPosition);
  const motorVelocity = perJoint(channelName.motorVelocity);
  const motorTorque = perJoint(channelName.motorTorque);
  const voltage = one(channelName.batteryVoltage);
  const current = one(channelName.batteryCurrent);
  const button = one(channelName.stopButton);
  const jointPosition = perJoint(channelName.jointPosition);
  const jointVelocity = perJoint(channelName.jointVelocity);
  return [
    {
      topic: "/imu/data",
      type: "sensor_msgs/Imu",
      message: (values, header) => ({
        header: { ...header, frame_id: "trunk" },
        orientation: quaternionOf(...(rpy(values) as Triple)),
        angular_velocity: xyz(turning(values)),
        linear_acceleration: xyz(pushing(values)),
      }),
    },
    vector("/imu/rpy", (values) => xyz(rpy(values))),
    {
      topic: "/trunk/height",
      type: "sensor_msgs/Range",
      message: (values, header) => ({ header, min_range: 0, max_range: 1, range: height(values) }),
    },
    {
      topic: "/pose",
      type: "geometry_msgs/PoseStamped",
      message: (values, header) => ({ header: { ...header, frame_id: "arena" }, pose: planar(pose(values)) }),
    },
    vector("/pose/rpy", (values) => ({ z: pose(values)[2] })),
    {
      topic: "/odom",
      type: "nav_msgs/Odometry",
      message: (values, header) => ({
        header: { ...header, frame_id: "odom" },
        child_frame_id: "trunk",
        pose: { pose: planar(odometry(values)) },
      }),
    },
    vector("/odom/rpy", (values) => ({ z: odometry(values)[2] })),
    {
      topic: "/motor_states",
      type: "sensor_msgs/JointState",
      message: (values, header) => ({
        header,
        name: joints,
        position: motorPosition(values),
        velocity: motorVelocity(values),
        effort: motorTorque(values),
      }),
    },
    array("/motor_targets", perJoint(channelName.motorTarget)),
    array("/motor_currents", perJoint(channelName.motorCurrent)),
    array("/motor_temperatures", perJoint(channelName.motorTemperature)),
    array("/foot_contacts", several(LEGS.map(channelName.contact))),
    {
      topic: "/battery_state",
      type: "sensor_msgs/BatteryState",
      message: (values, header) => ({
        header,
        ...UNMEASURED,
        voltage: voltage(values),
        current: current(values),
        present: true,
      }),
    },
    // What a float32 in the messages above would round.
    array("/body/exact", (values) => [height(values), voltage(values), current(values)]),
    {
      topic: "/stop_button",
      type: "std_msgs/Bool",
      message: (values) => ({ data: button(values) > 0.5 }),
    },
    {
      topic: "/joint_states",
      type: "sensor_msgs/JointState",
      message: (values, header) => ({
        header,
        name: joints,
        position: jointPosition(values),
        velocity: jointVelocity(values),
      }),
    },
  ];
}

/** As the definition of BatteryState asks for what is not known. */
export const UNMEASURED = {
  temperature: Number.NaN,
  charge: Number.NaN,
  capacity: Number.NaN,
  design_capacity: Number.NaN,
  percentage: Number.NaN,
};

type Triple = [roll: number, pitch: number, yaw: number];

export function xyz([x, y, z]: readonly number[]): RosMessage {
  return { x, y, z };
}

/** @param place x, y, m; yaw, rad */
function planar([x, y, yaw]: readonly number[]): RosMessage {
  return { position: { x, y }, orientation: quaternionOf(0, 0, yaw!) };
}
