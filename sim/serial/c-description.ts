/** What the C program is told about the robot that it is: the lines of `firmware-protocol/c/host/description.c`. */
import type { ClockKind } from "../../src/robot/robot.ts";
import { type ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import { CONTROL_RATE } from "../firmware.ts";
import { bodyGeometry, jointNames, type RobotModel } from "../robot-model.ts";
import type { DeadManTimes } from "./dead-man.ts";

export interface ProgramDescription {
  readonly robotId: string;
  readonly firmware: string;
  readonly clock: ClockKind;
  readonly reset: "power-on" | "watchdog";
  readonly bootId: number;
  readonly secret: number;
  readonly lastEpoch: number;
  /** Hz */
  readonly telemetryRate: number;
  readonly deadMan: DeadManTimes;
  readonly robot: RobotModel;
  readonly layout: ChannelLayout;
}

interface HardLimit {
  readonly name: string;
  readonly joint: string;
  readonly unit: string;
  readonly channel: string;
  readonly low: number;
  readonly high: number;
  readonly action: "settle" | "cut";
  /** Control periods in a row. */
  readonly periods: number;
}

/** How far the springs may push a leg beyond its motor's range before the firmware stops by itself, rad. */
const BEYOND_RANGE = 0.6;
/** It lies on its side or its nose, rad. */
const OVERTURNED = 1.2;
/** °C */
const TOO_HOT = 100;

/** What the firmware enforces by itself: far beyond any limit that a walk is judged by. */
export function hardLimits(robot: RobotModel): readonly HardLimit[] {
  const joints = jointNames(robot);
  const tilt = (channel: string): HardLimit => ({
    name: "tilt",
    joint: "",
    unit: "rad",
    channel,
    low: -OVERTURNED,
    high: OVERTURNED,
    action: "cut",
    periods: 10,
  });
  const position = (joint: string, index: number): HardLimit => {
    const [low, high] = index % 2 === 0 ? robot.hipRange : robot.kneeRange;
    return {
      name: "joint-position",
      joint,
      unit: "rad",
      channel: channelName.jointPosition(joint),
      low: low - BEYOND_RANGE,
      high: high + BEYOND_RANGE,
      action: "settle",
      periods: 5,
    };
  };
  const temperature = (joint: string): HardLimit => ({
    name: "motor-temperature",
    joint,
    unit: "°C",
    channel: channelName.motorTemperature(joint),
    low: Number.NEGATIVE_INFINITY,
    high: TOO_HOT,
    action: "settle",
    periods: 20,
  });
  return [
    tilt(channelName.roll),
    tilt(channelName.pitch),
    ...joints.map(position),
    ...joints.map(temperature),
  ];
}

export function describeToProgram(description: ProgramDescription): string {
  const { robot, layout, deadMan, telemetryRate } = description;
  const { leg, stanceHeight, motorSpeed } = bodyGeometry(robot);
  const lines: (readonly (string | number)[])[] = [
    ["robot", description.robotId],
    ["firmware", description.firmware],
    ["clock", description.clock],
    ["reset", description.reset],
    ["boot", description.bootId, description.secret, description.lastEpoch],
    ["rates", CONTROL_RATE, telemetryRate],
    ["dead-man", deadMan.settle, deadMan.cut],
    ["body", leg.thigh, leg.shank, ...leg.hipRange, ...leg.kneeRange, stanceHeight, motorSpeed],
    ...jointNames(robot).map((joint) => ["joint", joint]),
    ...layout.channels.map(({ name, unit, source, joint }) => [
      ...["channel", name, unit, source, joint ?? "", 0, 0],
    ]),
    ...hardLimits(robot).map(({ name, joint, unit, channel, low, high, action, periods }) => [
      ...["limit", name, joint, unit, layout.indexOf(channel), low, high, action, periods],
    ]),
    ["begin"],
  ];
  return lines.map((words) => `${words.map(word).join(" ")}\n`).join("");
}

function word(value: string | number): string {
  if (value === Number.POSITIVE_INFINITY) return "inf";
  if (value === Number.NEGATIVE_INFINITY) return "-inf";
  return String(value).replaceAll(/\s/g, "_") || "-";
}
