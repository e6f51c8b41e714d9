/** What the simulated robot reports, in the order of its frames. */
import {
  type Channel,
  ChannelLayout,
  type ChannelSource,
  channelName,
} from "../src/robot/telemetry-frame.ts";
import { jointNames, type RobotModel } from "./robot-model.ts";

const AXES = ["x", "y", "z"] as const;

export function simulatedLayout(robot: RobotModel): ChannelLayout {
  const joints = jointNames(robot);
  const measured = (name: string, unit: string): Channel => ({ name, unit, source: "measured" });
  const perJoint = (
    name: (joint: string) => string,
    unit: string,
    source: ChannelSource = "measured",
  ): Channel[] => joints.map((joint) => ({ name: name(joint), unit, source, joint }));
  return new ChannelLayout([
    measured(channelName.roll, "rad"),
    measured(channelName.pitch, "rad"),
    measured(channelName.yaw, "rad"),
    ...AXES.map((axis) => measured(channelName.angularVelocity(axis), "rad/s")),
    ...AXES.map((axis) => measured(channelName.acceleration(axis), "m/s²")),
    measured(channelName.height, "m"),
    measured(channelName.poseX, "m"),
    measured(channelName.poseY, "m"),
    measured(channelName.poseYaw, "rad"),
    measured(channelName.odometryX, "m"),
    measured(channelName.odometryY, "m"),
    measured(channelName.odometryYaw, "rad"),
    ...perJoint(channelName.jointPosition, "rad"),
    ...perJoint(channelName.jointVelocity, "rad/s"),
    ...perJoint(channelName.motorPosition, "rad"),
    ...perJoint(channelName.motorVelocity, "rad/s"),
    ...perJoint(channelName.motorTarget, "rad", "commanded"),
    ...perJoint(channelName.motorTorque, "N·m"),
    ...perJoint(channelName.motorCurrent, "A"),
    ...perJoint(channelName.motorTemperature, "°C"),
    ...robot.legs.map((leg) => measured(channelName.contact(leg), "")),
    measured(channelName.batteryVoltage, "V"),
    measured(channelName.batteryCurrent, "A"),
    measured(channelName.stopButton, ""),
  ]);
}
