/**
 * A robot behind a rosbridge server, as the `link` block of its config describes it: which topics carry what, how the
 * robot is told what to do, and who stops it when nobody is there any more. Everything in SI units, patterns expanded.
 */

import type { ClockKind } from "../robot/robot.ts";
import type { ChannelSource } from "../robot/telemetry-frame.ts";
import type { SiUnit } from "./units.ts";

export interface RosbridgeLinkConfig {
  readonly kind: "rosbridge";
  readonly clock: ClockKind;
  /** `ws://` or `wss://`. */
  readonly url: string;
  /** Which ROS is behind the server; `auto`: the server is asked. */
  readonly ros: 1 | 2 | "auto";
  /** Environment variable whose value is sent as the Authorization header, for a server behind a proxy; null: none. */
  readonly authorizationFrom: string | null;
  /** PEM file of the certificate authority that a `wss://` server is trusted by; null: the system's. */
  readonly certificateAuthority: string | null;
  /** How long the study waits for a server that is gone, s. */
  readonly reconnectWithin: number;
  /** `.msg` text of the robot's own types, by type name (`my_msgs/GaitState`). */
  readonly definitions: Readonly<Record<string, string>>;
  readonly telemetry: RosTelemetry;
  readonly control: NodeControl | MappedControl;
  readonly watchdog: Watchdog;
}

export interface RosTelemetry {
  /** Frames per second: those of {@link frames}. */
  readonly rate: number;
  /** The topic of which every message makes a frame; the others give their newest values. */
  readonly frames: string;
  readonly topics: readonly TopicMapping[];
}

/** One topic the robot publishes, and which channels it fills. */
export interface TopicMapping {
  readonly topic: string;
  /** `sensor_msgs/JointState`: always this form, also where the file has that of ROS 2, `sensor_msgs/msg/JointState`. */
  readonly type: string;
  /** Expected messages per second, Hz. A topic that is silent for more than a few periods is stale: its values are NaN. */
  readonly rate: number;
  /**
   * Path of the stamp in the message; null: its arrival counts. Where the file says nothing: `header.stamp`, or null of a type
   * that is known to have no header (std_msgs/Float64MultiArray).
   */
  readonly stamp: string | null;
  /** `cbor-raw` only after it has been seen to deliver; JSON otherwise. */
  readonly encoding: "json" | "cbor-raw";
  /** The server drops messages that come faster than this, s; 0: none. */
  readonly throttle: number;
  /** Messages the server keeps for us; the oldest is dropped. */
  readonly queue: number;
  readonly channels: readonly ChannelMapping[];
  /** File, line and field it stands in. */
  readonly where: string;
}

/** One field of a message and the channels it fills. */
export interface ChannelMapping {
  /** Channel names, see `robot/telemetry-frame.ts`; more than one where the field is an array over joints or legs. */
  readonly channels: readonly string[];
  /** The joint of each channel, where the channels belong to joints. */
  readonly joints: readonly string[] | null;
  /** Path in the message: `position`, `pose.pose.position.x`, `data[3]`; "" is the message itself (`tilt`). */
  readonly field: string;
  readonly pick: FieldPick;
  /** The channel's SI unit. */
  readonly unit: SiUnit;
  /** channel = sign · (factor · value + offset); one sign per channel. */
  readonly factor: number;
  readonly offset: number;
  readonly signs: readonly (1 | -1)[];
  readonly source: ChannelSource;
  readonly where: string;
}

/** How the field's content becomes the channels' numbers. */
export type FieldPick =
  /** One number or truth value. */
  | { readonly kind: "value" }
  /** An array, whose elements belong to the channels by place. */
  | { readonly kind: "places"; readonly places: readonly number[] }
  /** An array, whose order another array of the same message gives by name, one name per channel. */
  | { readonly kind: "names"; readonly field: string; readonly names: readonly string[] }
  /** A quaternion, of which this is an angle (yaw, pitch, roll about z, y, x in that order). */
  | { readonly kind: "angle"; readonly angle: "roll" | "pitch" | "yaw" }
  /** A sensor_msgs/Imu without orientation: tilt from its accelerometer and gyroscope by a complementary filter. */
  | { readonly kind: "tilt"; readonly angle: "roll" | "pitch" };

/** The robot runs a node that speaks gaitsmith's own conversation under this namespace (docs/rosbridge.md). */
export interface NodeControl {
  readonly kind: "node";
  readonly namespace: string;
}

/** The robot is told what to do through its own topics, services, actions and parameters. */
export interface MappedControl {
  readonly kind: "mapped";
  readonly arm: Operation;
  readonly disarm: Operation;
  /** Sends a parameter set; absent where gaitsmith streams joint targets instead. */
  readonly parameters: Operation | null;
  /** Begins a walk; of a robot that walks for a given time and then says how far it came, see {@link ServiceCall.distance}. */
  readonly start: Operation;
  readonly stop: {
    readonly neutral: Operation;
    readonly settle: Operation;
    readonly cut: Operation;
  };
  /** Joint targets streamed by gaitsmith; null: the robot runs the gait. */
  readonly targets: TargetStream | null;
}

/** What is done to the robot, and what says that it was done. `nothing` needs saying why nothing is to be done. */
export type Operation =
  | ServiceCall
  | TopicPublication
  | ActionGoal
  | ParameterWrite
  | { readonly kind: "nothing"; readonly because: string };

/**
 * A message with places for values: text that begins with `$` stands for a gait parameter or one of `$duration`, `$ramp_in`,
 * `$ramp_out`, `$number`, `$epoch`, `$stamp`, `$valid_until`; `$step_length in mm` converts.
 */
export type Template =
  | string
  | number
  | boolean
  | readonly Template[]
  | { readonly [field: string]: Template };

export interface ServiceCall {
  readonly kind: "service";
  readonly service: string;
  readonly type: string;
  readonly request: Template;
  /** Field of the response that says yes (true, or `equals`); null: an answer is a yes. */
  readonly accepted: { readonly field: string; readonly equals: string | number | boolean } | null;
  /** Field of the response with the reason; null: none. */
  readonly reason: string | null;
  /** Field of the response with the distance walked, m; null: none. Then the answer comes when the walk is over. */
  readonly distance: string | null;
  /** s */
  readonly within: number;
  readonly where: string;
}

export interface TopicPublication {
  readonly kind: "topic";
  readonly topic: string;
  readonly type: string;
  readonly message: Template;
  /** Published again at this rate, Hz, until the next operation; 0: once. */
  readonly repeat: number;
  /** What shows that it was done; null: nothing does, and the operation counts as done once it is written. */
  readonly confirmedBy: Confirmation | null;
  readonly where: string;
}

/** A field of a topic that takes a value. */
export interface Confirmation {
  readonly topic: string;
  readonly type: string;
  readonly field: string;
  readonly equals: string | number | boolean;
  /** s */
  readonly within: number;
}

/** ROS 2 only. */
export interface ActionGoal {
  readonly kind: "action";
  readonly action: string;
  readonly type: string;
  readonly goal: Template;
  /** Field of the result with the distance walked, m; null: none. */
  readonly distance: string | null;
  readonly within: number;
  readonly where: string;
}

/**
 * ROS parameters of one node, set together and read back: `set_parameters_atomically` and `get_parameters` in ROS 2,
 * `rosapi/set_param` and `rosapi/get_param` in ROS 1.
 */
export interface ParameterWrite {
  readonly kind: "ros-parameters";
  readonly node: string;
  /** ROS parameter → value. */
  readonly values: Readonly<Record<string, Template>>;
  readonly within: number;
  readonly where: string;
}

/** Joint targets that gaitsmith sends at a steady rate. */
export interface TargetStream {
  readonly topic: string;
  readonly type: "trajectory_msgs/JointTrajectory" | "std_msgs/Float64MultiArray";
  /** Hz */
  readonly rate: number;
  /** In the order in which the robot takes them. */
  readonly joints: readonly TargetJoint[];
  /** The robot stops by itself when no target has come for this long, s. */
  readonly timeout: number;
  readonly where: string;
}

export interface TargetJoint {
  /** The robot's own name. */
  readonly name: string;
  /** Which of ours it is; null for one that the gait does not move. */
  readonly joint: string | null;
  readonly sign: 1 | -1;
  /** Where a joint that the gait does not move is held, rad, as the robot counts; 0 for the others. */
  readonly hold: number;
}

/** Who stops the robot when the station is gone. */
export type Watchdog =
  /** Our node, under this namespace: it demands keep-alives (docs/rosbridge.md). */
  | { readonly kind: "node"; readonly namespace: string }
  /** The robot has its own, in the words of who wrote the config. */
  | { readonly kind: "own"; readonly because: string };
