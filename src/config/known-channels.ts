/** The channels that a config may name: those of `robot/telemetry-frame.ts`, with their units, for one robot. */
import { channelName } from "../robot/telemetry-frame.ts";
import { matchesPattern } from "./name-pattern.ts";
import type { SiUnit } from "./units.ts";

export interface KnownChannel {
  readonly name: string;
  /** Of one joint or leg, the name with `*` in its place; channels of one kind can be filled from one array. */
  readonly kind: string;
  readonly unit: SiUnit;
  readonly joint: string | null;
  readonly leg: string | null;
  /** It says what the robot was told, wherever it comes from. */
  readonly commanded: boolean;
}

const AXES = ["x", "y", "z"] as const;

const OF_BODY: readonly (readonly [name: string, unit: SiUnit])[] = [
  [channelName.roll, "rad"],
  [channelName.pitch, "rad"],
  [channelName.yaw, "rad"],
  ...AXES.map((axis) => [channelName.angularVelocity(axis), "rad/s"] as const),
  ...AXES.map((axis) => [channelName.acceleration(axis), "m/s²"] as const),
  [channelName.height, "m"],
  [channelName.poseX, "m"],
  [channelName.poseY, "m"],
  [channelName.poseYaw, "rad"],
  [channelName.odometryX, "m"],
  [channelName.odometryY, "m"],
  [channelName.odometryYaw, "rad"],
];

const OF_JOINT: readonly (readonly [name: (joint: string) => string, unit: SiUnit])[] = [
  [channelName.jointPosition, "rad"],
  [channelName.jointVelocity, "rad/s"],
  [channelName.motorPosition, "rad"],
  [channelName.motorVelocity, "rad/s"],
  [channelName.motorTarget, "rad"],
  [channelName.motorTorque, "N·m"],
  [channelName.motorCurrent, "A"],
  [channelName.motorTemperature, "°C"],
];

const OF_SUPPLY: readonly (readonly [name: string, unit: SiUnit])[] = [
  [channelName.batteryVoltage, "V"],
  [channelName.batteryCurrent, "A"],
  [channelName.stopButton, ""],
];

/** All channels that a robot with these joints and legs can have, in the order in which gaitsmith lists them. */
export function knownChannels(joints: readonly string[], legs: readonly string[]): readonly KnownChannel[] {
  const ofBody = ([name, unit]: readonly [string, SiUnit]): KnownChannel => ({
    name,
    kind: name,
    unit,
    joint: null,
    leg: null,
    commanded: false,
  });
  return [
    ...OF_BODY.map(ofBody),
    ...OF_JOINT.flatMap(([name, unit]) =>
      joints.map((joint) => ({
        name: name(joint),
        kind: name("*"),
        unit,
        joint,
        leg: null,
        commanded: name === channelName.motorTarget,
      })),
    ),
    ...legs.map(
      (leg): KnownChannel => ({
        name: channelName.contact(leg),
        kind: channelName.contact("*"),
        unit: "",
        joint: null,
        leg,
        commanded: false,
      }),
    ),
    ...OF_SUPPLY.map(ofBody),
  ];
}

/** The channels of that name, or of a pattern such as `joint.*.position`. */
export function channelsNamed(written: string, known: readonly KnownChannel[]): readonly KnownChannel[] {
  return known.filter(({ name }) => matchesPattern(written, name));
}
