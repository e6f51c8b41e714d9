/** The schema of a `link` block of kind `rosbridge`; what it becomes is in `rosbridge-link.ts`. */
import Type, { type Static } from "typebox";
import { block, clock, name, quantity, WORDS, type Written } from "./schema-fields.ts";

const TYPE_PATTERN = "^[A-Za-z]\\w*/((msg|srv|action)/)?[A-Za-z]\\w*$";

const rosType = (description: string, example: string) =>
  Type.String({
    pattern: TYPE_PATTERN,
    patternErrorMessage: `package/Type, for example: ${example}`,
    description: `${description}, for example ${example}; ROS 2's ${example.replace("/", "/msg/")} is the same`,
  });

const rosName = (what: string, example: string) =>
  Type.String({
    pattern: "^/[A-Za-z]\\w*(/[A-Za-z]\\w*)*$",
    patternErrorMessage: `its full name, which begins with a slash, for example: ${example}`,
    description: `${what}: its full name, for example ${example}`,
  });

/** A message with places for values; its leaves are checked by the reader. */
export type WrittenTemplate =
  | string
  | number
  | boolean
  | null
  | readonly WrittenTemplate[]
  | { readonly [field: string]: WrittenTemplate };

const template = (description: string) =>
  Type.Unsafe<Readonly<Record<string, WrittenTemplate>>>({
    type: "object",
    description: `${description}. Text that begins with $ is a place: a parameter of the gait, or $duration, $ramp_in, $ramp_out, $number, $epoch, $stamp, $valid_until; \`$step_length in mm\` converts`,
  });

export type WrittenSign = number | Readonly<Record<string, number>>;

/** What the file says of the field that fills a channel, or several. */
export interface WrittenChannel {
  readonly field?: string;
  readonly names?: string;
  readonly order?: readonly string[];
  readonly angle?: string;
  readonly tilt?: string;
  readonly unit?: string;
  readonly sign?: WrittenSign;
  readonly source?: string;
}

const sign = (of: string) =>
  Type.Unsafe<WrittenSign>({
    type: ["number", "object"],
    description: `-1 where the robot counts the other way round: for all, or by ${of}, { FR_hip: -1 }`,
  });

const source = Type.Enum(["measured", "commanded"], {
  description:
    "measured: a sensor says it; commanded: computed from what the robot was told, and never scored. measured by default",
});

const channel = Type.Unsafe<string | WrittenChannel>({
  ...block(
    {
      field: Type.Optional(name("Path in the message: position, pose.pose.position.x, data[3]")),
      names: Type.Optional(
        name("The field that names the elements of this array, one by one; the robot's own names"),
      ),
      order: Type.Optional(
        Type.Array(name("A joint or leg, or _ for an element that is none of ours"), {
          minItems: 1,
          description: "What each element of the array belongs to, where the message does not say",
        }),
      ),
      angle: Type.Optional(
        Type.Enum(["roll", "pitch", "yaw"], { description: "The field is a quaternion; this angle of it" }),
      ),
      tilt: Type.Optional(
        Type.Enum(["roll", "pitch"], {
          description:
            "A sensor_msgs/Imu without orientation: from its accelerometer and gyroscope; field says where it is in the message, unless it is the message",
        }),
      ),
      unit: Type.Optional(name("What the robot counts in, where that is not the SI unit: deg, mV, K")),
      sign: Type.Optional(sign("joint or leg")),
      source: Type.Optional(source),
    },
    "The field of the message that fills this channel, or its path alone",
  ),
  type: ["string", "object"],
  minLength: 1,
});

const topic = block(
  {
    type: rosType("Message type", "sensor_msgs/JointState"),
    rate: quantity(
      "Hz",
      "Messages per second that are expected; silent for a few periods, its values do not count",
    ),
    stamp: Type.Optional(
      name(
        "Where the message's stamp is; header.stamp by default in types with a header, else none: the arrival counts",
      ),
    ),
    encoding: Type.Optional(
      Type.Enum(["json", "cbor-raw"], {
        description:
          "How the server sends it; json by default, cbor-raw is smaller and only used when it delivers",
      }),
    ),
    throttle: Type.Optional(
      quantity("s", "Shortest time between two messages, the server drops the others; 0 s by default: none"),
    ),
    queue: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: "Messages that the server keeps for us; 10 by default",
      }),
    ),
    source: Type.Optional(source),
    channels: Type.Record(Type.String(), channel, {
      minProperties: 1,
      description:
        "Which channels it fills: imu.roll, or joint.*.position for those of all joints, and from which field",
    }),
  },
  "A topic that the robot publishes",
);

const telemetry = block(
  {
    frames: name(
      "The topic of which every message makes a telemetry frame; the others give their newest values",
    ),
    topics: Type.Record(Type.String(), topic, {
      minProperties: 1,
      description: "The topics that are listened to, by name, and which channels they fill",
    }),
  },
  "Which topics carry what",
);

type Equal = string | number | boolean;

const equals = Type.Unsafe<Equal>({
  type: ["string", "number", "boolean"],
  description: "The value that means yes",
});

const confirmation = block(
  {
    topic: rosName("Topic", "/robot_state"),
    type: rosType("Its type", "std_msgs/String"),
    field: name("Path in its message"),
    equals,
    within: Type.Optional(quantity("s", "How long it may take, 2 s by default")),
  },
  "What shows that it was done: a field of a topic takes a value",
);

/** What the file says of one operation; which fields go together is checked by the reader. */
export interface WrittenOperation {
  readonly service?: string;
  readonly topic?: string;
  readonly action?: string;
  readonly ros_parameters?: string;
  readonly nothing?: string;
  readonly type?: string;
  readonly request?: Readonly<Record<string, WrittenTemplate>>;
  readonly message?: Readonly<Record<string, WrittenTemplate>>;
  readonly goal?: Readonly<Record<string, WrittenTemplate>>;
  readonly values?: Readonly<Record<string, WrittenTemplate>>;
  readonly accepted?: string | { readonly field: string; readonly equals?: Equal };
  readonly reason?: string;
  readonly distance?: string;
  readonly within?: Written;
  readonly repeat?: Written;
  readonly confirmed_by?: Static<typeof confirmation>;
}

const operation = (description: string) =>
  Type.Unsafe<WrittenOperation>(
    block(
      {
        service: Type.Optional(rosName("A service is called", "/robot/arm")),
        topic: Type.Optional(rosName("A message is published", "/cmd")),
        action: Type.Optional(rosName("An action goal is sent (ROS 2)", "/walk")),
        ros_parameters: Type.Optional(rosName("ROS parameters are set on this node", "/gait_controller")),
        nothing: Type.Optional(name("Nothing is to be done, and why")),
        type: Type.Optional(rosType("Type of the service, message or action", "std_srvs/Trigger")),
        request: Type.Optional(template("The service's request, empty by default")),
        message: Type.Optional(template("The message")),
        goal: Type.Optional(template("The action's goal")),
        values: Type.Optional(template("ROS parameter → value")),
        accepted: Type.Optional(
          Type.Unsafe<NonNullable<WrittenOperation["accepted"]>>({
            type: ["string", "object"],
            minLength: 1,
            properties: {
              field: name("Field of the service's response"),
              equals: { ...equals, description: "The value that means yes, true by default" },
            },
            required: ["field"],
            additionalProperties: false,
            description: "Field of the service's response that says yes; without it any answer is a yes",
          }),
        ),
        reason: Type.Optional(name("Field of the service's response that says why not")),
        distance: Type.Optional(
          name(
            "Field of the response or result with the distance walked, m: the answer comes after the walk",
          ),
        ),
        within: Type.Optional(
          quantity("s", "How long the answer may take; 2 s by default, and after a walk its time and 10 s"),
        ),
        repeat: Type.Optional(
          quantity("Hz", "The message is published again at this rate until the next operation"),
        ),
        confirmed_by: Type.Optional(confirmation),
      },
      `${description}: { service, type, … }, { topic, type, message, … }, { action, type, goal, … }, { ros_parameters, values } or { nothing: why }`,
    ),
  );

const targets = block(
  {
    topic: rosName("Topic that takes joint targets", "/joint_group_controller/command"),
    type: Type.Enum(["trajectory_msgs/JointTrajectory", "std_msgs/Float64MultiArray"], {
      description: "Its type; angles in rad",
    }),
    rate: quantity("Hz", "Targets per second"),
    order: Type.Optional(
      Type.Array(name("Joint"), {
        minItems: 1,
        uniqueItems: true,
        description: "The order in which the robot takes its joints; robot.joints by default",
      }),
    ),
    hold: Type.Optional(
      Type.Record(Type.String(), quantity("rad", "The angle it is held at"), {
        description:
          "Joints that the robot has and the gait does not move, by the robot's own names, and where they are held; named in `order`",
      }),
    ),
    sign: Type.Optional(sign("joint")),
    timeout: quantity(
      "s",
      "The robot stops by itself when no target has come for this long: look it up, a robot without it must not be streamed to",
    ),
  },
  "Joint targets that gaitsmith streams, where the robot does not run the gait",
);

const NODE = "Namespace of gaitsmith's own node on the robot";

const control = block(
  {
    node: Type.Optional(rosName(NODE, "/gaitsmith")),
    arm: Type.Optional(operation("Power the motors and rise to the neutral stance")),
    disarm: Type.Optional(operation("Torque off from the neutral stance")),
    parameters: Type.Optional(operation("Send a parameter set")),
    start: Type.Optional(operation("Begin to walk")),
    stop: Type.Optional(
      block(
        {
          neutral: operation("Ramp out into the neutral stance and stand"),
          settle: operation("Damped, then torque off"),
          cut: operation("Torque off at once"),
        },
        "How it is stopped, mildest first",
      ),
    ),
    targets: Type.Optional(targets),
  },
  "How the robot is told what to do: { node } where gaitsmith's own node runs on it, or one operation each for arm, disarm, parameters, start and stop",
);

const watchdog = block(
  {
    node: Type.Optional(rosName(NODE, "/gaitsmith")),
    own: Type.Optional(
      Type.String({
        pattern: WORDS,
        patternErrorMessage: "a sentence, of three words at least",
        description:
          "The robot stops by itself when the computer goes silent: how, and after how long, in words",
      }),
    ),
  },
  "Who stops the robot when the computer is gone: rosbridge does not tell it. { node } or { own: in words }",
);

export const ROSBRIDGE_LINK = block(
  {
    kind: Type.Literal("rosbridge"),
    clock,
    url: name("Address of the server, ws://192.168.4.1:9090; wss:// with TLS"),
    ros: Type.Optional(
      Type.Unsafe<1 | 2 | "auto">({
        enum: [1, 2, "auto"],
        description: "Which ROS is behind the server; auto by default: the server is asked",
      }),
    ),
    authorization_from: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z_]\\w*$",
        patternErrorMessage: "the name of an environment variable, for example: ROBOT_TOKEN",
        description: "Environment variable whose value is sent as the Authorization header",
      }),
    ),
    certificate_authority: Type.Optional(
      name("PEM file of the authority that a wss:// server is trusted by, beside this file"),
    ),
    reconnect_within: Type.Optional(
      quantity("s", "How long the study waits for a server that is gone; 60 s by default"),
    ),
    definitions: Type.Optional(
      Type.Record(Type.String(), name("The text of its .msg file"), {
        description: "The robot's own message types that the server cannot tell, by name",
      }),
    ),
    joint_names: Type.Optional(
      Type.Record(Type.String(), name("The robot's own name of this joint"), {
        description: "Joints that the robot calls by another name than robot.joints, ours: its",
      }),
    ),
    telemetry,
    control,
    watchdog: Type.Optional(watchdog),
  },
  "A robot behind a rosbridge server",
);

export type WrittenRosbridgeLink = Static<typeof ROSBRIDGE_LINK>;
