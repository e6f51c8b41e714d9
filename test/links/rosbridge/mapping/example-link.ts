/** Links of robots that only their topics are known of. */
import type {
  ChannelMapping,
  MappedControl,
  RosbridgeLinkConfig,
  TopicMapping,
} from "../../../../src/config/rosbridge-link.ts";

/** One channel filled by one field; `changes` overwrite. */
export function channelOf(
  name: string,
  field: string,
  changes: Partial<ChannelMapping> = {},
): ChannelMapping {
  const channels = changes.channels ?? [name];
  return {
    channels,
    joints: null,
    field,
    pick: { kind: "value" },
    unit: "",
    factor: 1,
    offset: 0,
    signs: channels.map(() => 1 as const),
    source: "measured",
    where: `robot.yaml:9, ${name}`,
    ...changes,
  };
}

export function topicOf(
  topic: string,
  type: string,
  channels: readonly ChannelMapping[],
  changes: Partial<TopicMapping> = {},
): TopicMapping {
  return {
    topic,
    type,
    rate: 100,
    stamp: "header.stamp",
    encoding: "json",
    throttle: 0,
    queue: 1,
    channels,
    where: `robot.yaml:5, ${topic}`,
    ...changes,
  };
}

/** The frames are those of the last topic. */
export function linkOf(
  topics: readonly TopicMapping[],
  changes: Partial<RosbridgeLinkConfig> = {},
): RosbridgeLinkConfig {
  return {
    kind: "rosbridge",
    clock: "realtime",
    url: "ws://127.0.0.1:9090",
    ros: 1,
    authorizationFrom: null,
    certificateAuthority: null,
    reconnectWithin: 0,
    definitions: {},
    telemetry: { rate: topics.at(-1)?.rate ?? 100, frames: topics.at(-1)?.topic ?? "", topics },
    control: CONTROL,
    watchdog: { kind: "own", because: "the motors let go after 0.2 s" },
    ...changes,
  };
}

const NOTHING = { kind: "nothing", because: "it stands by itself" } as const;

export const CONTROL: MappedControl = {
  kind: "mapped",
  arm: NOTHING,
  disarm: NOTHING,
  parameters: null,
  start: NOTHING,
  stop: { neutral: NOTHING, settle: NOTHING, cut: NOTHING },
  targets: null,
};

export const JOINTS = Array.from({ length: 12 }, (_, index) => `j${index}`);

/** Positions, velocities and efforts of twelve joints, by name. */
export function jointStates(changes: Partial<TopicMapping> = {}): TopicMapping {
  const perJoint = (quantity: string, field: string): ChannelMapping =>
    channelOf(quantity, field, {
      channels: JOINTS.map((joint) => `joint.${joint}.${quantity}`),
      joints: JOINTS,
      pick: { kind: "names", field: "name", names: JOINTS },
    });
  return topicOf(
    "/joint_states",
    "sensor_msgs/JointState",
    [perJoint("position", "position"), perJoint("velocity", "velocity"), perJoint("torque", "effort")],
    changes,
  );
}

/** Angles, angular velocity and acceleration. */
export function imu(changes: Partial<TopicMapping> = {}): TopicMapping {
  const angles = ["roll", "pitch", "yaw"] as const;
  const axes = ["x", "y", "z"] as const;
  return topicOf(
    "/imu",
    "sensor_msgs/Imu",
    [
      ...angles.map((angle) => channelOf(`imu.${angle}`, "orientation", { pick: { kind: "angle", angle } })),
      ...axes.map((axis) => channelOf(`imu.angular_velocity.${axis}`, `angular_velocity.${axis}`)),
      ...axes.map((axis) => channelOf(`imu.acceleration.${axis}`, `linear_acceleration.${axis}`)),
    ],
    changes,
  );
}
