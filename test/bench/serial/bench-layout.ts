/** A robot of twelve joints as a microcontroller would report it: 16-bit samples in two groups. */

import type { DescribedChannel } from "../../../src/links/serial/telemetry-plan.ts";
import { channelName } from "../../../src/robot/telemetry-frame.ts";

const LEGS = ["FR", "FL", "RR", "RL"];
export const JOINTS = LEGS.flatMap((leg) => [`${leg}_hip`, `${leg}_knee`, `${leg}_abduction`]);
const AXES = ["x", "y", "z"] as const;

/** Steps of 16-bit samples. */
const ANGLE = 2e-4;
const FINE = 1e-3;
const COARSE = 1e-2;

/** Group 0: what a controller looks at, trunk and joints. Group 1: motors, battery, place. */
export function benchChannels(sixteenBit = true): DescribedChannel[] {
  const channel = (group: number, name: string, unit: string, step: number): DescribedChannel => ({
    channel: { name, unit, source: "measured" },
    group,
    resolution: sixteenBit ? step : 0,
  });
  const perJoint = (group: number, name: (joint: string) => string, unit: string, step: number) =>
    JOINTS.map((joint) => channel(group, name(joint), unit, step));
  return [
    channel(0, channelName.roll, "rad", ANGLE),
    channel(0, channelName.pitch, "rad", ANGLE),
    channel(0, channelName.yaw, "rad", ANGLE),
    ...AXES.map((axis) => channel(0, channelName.angularVelocity(axis), "rad/s", FINE)),
    ...AXES.map((axis) => channel(0, channelName.acceleration(axis), "m/s²", COARSE)),
    ...perJoint(0, channelName.jointPosition, "rad", ANGLE),
    ...perJoint(0, channelName.jointVelocity, "rad/s", FINE),
    ...LEGS.map((leg) => channel(0, channelName.contact(leg), "", 1)),
    channel(0, channelName.stopButton, "", 1),
    ...perJoint(1, channelName.motorPosition, "rad", ANGLE),
    ...perJoint(1, channelName.motorVelocity, "rad/s", FINE),
    ...perJoint(1, channelName.motorTorque, "N·m", FINE),
    ...perJoint(1, channelName.motorTemperature, "°C", COARSE),
    channel(1, channelName.batteryVoltage, "V", FINE),
    channel(1, channelName.batteryCurrent, "A", FINE),
    channel(1, channelName.height, "m", FINE),
    channel(1, channelName.poseX, "m", FINE),
    channel(1, channelName.poseY, "m", FINE),
    channel(1, channelName.poseYaw, "rad", ANGLE),
  ];
}
