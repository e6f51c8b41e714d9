/**
 * Sixty numbers a frame, as a robot of twelve joints publishes them: joint states, an IMU and a list of the rest. They
 * fill 59 channels, since an orientation's four numbers are three angles.
 */

import { type RosMessage, rosTime } from "../../../sim/rosbridge/message-values.ts";
import type { ChannelMapping, TopicMapping } from "../../../src/config/rosbridge-link.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";
import { channelOf, imu, topicOf } from "../../links/rosbridge/mapping/example-link.ts";
import { JOINTS } from "../serial/bench-layout.ts";

/** What a frame carries. */
export const NUMBERS = 60;

const REST = [
  ...[channelName.height, channelName.poseX, channelName.poseY, channelName.poseYaw],
  ...[channelName.odometryX, channelName.odometryY, channelName.odometryYaw],
  ...[channelName.batteryVoltage, channelName.batteryCurrent, channelName.stopButton],
  ...["FR", "FL", "RR", "RL"].map(channelName.contact),
];

function perJoint(name: (joint: string) => string, field: string): ChannelMapping {
  return channelOf(field, field, {
    channels: JOINTS.map(name),
    joints: JOINTS,
    pick: { kind: "names", field: "name", names: JOINTS },
  });
}

/** @param rate Hz. Frames are those of the last topic, which is also published last. */
export function topicsAt(rate: number, encoding: TopicMapping["encoding"]): readonly TopicMapping[] {
  const changes = { rate, encoding };
  const rest = channelOf("rest", "data", {
    channels: REST,
    pick: { kind: "places", places: REST.map((_, place) => place) },
  });
  return [
    { ...imu(changes), topic: "/bench/imu" },
    topicOf("/bench/rest", "std_msgs/Float64MultiArray", [rest], { ...changes, stamp: null }),
    topicOf(
      "/bench/joints",
      "sensor_msgs/JointState",
      [
        perJoint(channelName.jointPosition, "position"),
        perJoint(channelName.jointVelocity, "velocity"),
        perJoint(channelName.motorTorque, "effort"),
      ],
      changes,
    ),
  ];
}

/** @param stamp robot's clock, s. @returns the messages of a frame, in the order of {@link topicsAt} */
export function messagesOf(seq: number, stamp: number): readonly RosMessage[] {
  const header = { stamp: rosTime(stamp), frame_id: "base_link" };
  // Small enough for every limit, and never twice the same, as real sensors are.
  const value = (index: number): number => Math.sin(index + seq / 100) / 20;
  const list = (first: number): number[] => JOINTS.map((_, index) => value(first + index));
  const half = value(0);
  return [
    {
      header,
      orientation: { x: half, y: 0, z: 0, w: Math.sqrt(1 - half * half) },
      angular_velocity: { x: value(1), y: value(2), z: value(3) },
      linear_acceleration: { x: value(4), y: value(5), z: 9.81 + value(6) },
    },
    { data: REST.map((name, index) => value(index) + (USUAL[name] ?? 0)) },
    { header, name: JOINTS, position: list(7), velocity: list(19), effort: list(31) },
  ];
}

const USUAL: Readonly<Record<string, number>> = {
  [channelName.height]: 0.14,
  [channelName.batteryVoltage]: 12,
};
