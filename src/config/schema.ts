/**
 * The schema of a hardware config file: the one description from which files are checked, the types of their
 * content come, and `hardware-configs/schema.json` is written for completion in editors.
 */
import Type, { type Static } from "typebox";
import { GAIT_NAMES, OWN_GAIT } from "../gait/gaits.ts";
import { PRUNER_NAMES, SAMPLER_NAMES } from "../optimizer/catalogue.ts";
import { LIMIT_NAMES, type LimitName, MAY_GO_UNWATCHED } from "../safety/limit.ts";
import type { WrittenChoice } from "./choice.ts";
import { MJBOTS_LINK } from "./mjbots-schema.ts";
import { PETOI_LINK } from "./petoi-schema.ts";
import { ROSBRIDGE_LINK } from "./rosbridge-schema.ts";
import { block, clock, name, quantity, range, WORDS, type Written } from "./schema-fields.ts";
import { deviceId } from "./serial-device-schema.ts";
import type { SiUnit } from "./units.ts";

const robot = block(
  {
    id: Type.String({
      pattern: "^[a-z0-9]+(-[a-z0-9]+)*$",
      patternErrorMessage: "lower-case letters, digits and single hyphens",
      description: "Names this very robot's lock and latch on this machine. Two robots need two ids.",
    }),
    name: name("What people call it"),
    mass: quantity("kg", "Mass with battery; scales the cost of transport"),
    joints: Type.Array(name("Joint"), {
      minItems: 1,
      uniqueItems: true,
      description: "Joint names in the order of the robot's targets",
    }),
    joule_coefficient: quantity("W/(N·m)²", "Heat in a motor's windings per torque squared: R / kt²"),
  },
  "Which robot this is",
);

const SIMULATED_LINK = block(
  {
    kind: Type.Literal("simulated"),
    clock,
    variant: Type.String({
      minLength: 1,
      examples: [
        "nominal",
        "soft",
        "stiff",
        "rigid",
        "payload",
        "slippery",
        "grippy",
        "weak-motor",
        "lame",
        "tilt",
        "tilt-down",
        "gravel",
      ],
      description: "Which simulated body and ground",
    }),
    variation: Type.Enum(["none", "mild", "rough"], {
      description: "How much one walk differs from the next with the same parameters",
    }),
    streamed: Type.Optional(
      Type.Boolean({
        description: "It does not run the gait: gaitsmith runs it and streams joint targets",
      }),
    ),
  },
  "The simulated robot, in the station's own process",
);

const SERIAL_LINK = block(
  {
    kind: Type.Literal("serial"),
    clock,
    path: Type.Optional(
      name("Serial device, or `auto`: the USB port at whose other end robot.id answers. Either this or id"),
    ),
    id: Type.Optional(deviceId),
    baud: quantity("Bd", "Data rate of the serial line"),
    telemetry_rate: Type.Optional(
      quantity("Hz", "Telemetry frames asked for, instead of the robot's own rate"),
    ),
    telemetry_groups: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0, maximum: 31, description: "A group's number" }), {
        minItems: 1,
        uniqueItems: true,
        description: "Groups of channels asked for, instead of all the robot has",
      }),
    ),
    reconnect_within: Type.Optional(
      quantity("s", "How long the study waits for the robot when its cable was pulled; 60 s by default"),
    ),
  },
  "A robot on a serial line, speaking the protocol of firmware-protocol/",
);

const link = Type.Unsafe<
  | Static<typeof SIMULATED_LINK>
  | Static<typeof SERIAL_LINK>
  | Static<typeof ROSBRIDGE_LINK>
  | Static<typeof PETOI_LINK>
  | Static<typeof MJBOTS_LINK>
>({
  type: "object",
  discriminator: { propertyName: "kind" },
  required: ["kind"],
  oneOf: [SIMULATED_LINK, SERIAL_LINK, ROSBRIDGE_LINK, PETOI_LINK, MJBOTS_LINK],
  description: "How the robot is reached",
});

const tunedParameter = {
  low: Type.Unsafe<Written>({ type: ["string", "number"], description: "Lowest value tried" }),
  high: Type.Unsafe<Written>({ type: ["string", "number"], description: "Highest value tried" }),
  seed: Type.Unsafe<Written>({
    type: ["string", "number"],
    description: "Value in the seed gait, known to be safe",
  }),
  log: { type: "boolean", description: "Search on a logarithmic scale; low must be above zero" },
  step: { type: ["string", "number"], description: "Only low, low + step, low + 2 step, … are tried" },
};

/** A gait parameter that is tuned. */
export interface TunedParameter {
  readonly low: Written;
  readonly high: Written;
  readonly seed: Written;
  readonly log?: boolean;
  readonly step?: Written;
}

/** One value (the parameter is fixed), or a block (it is tuned). */
const gaitParameter = Type.Unsafe<Written | TunedParameter>({
  type: ["string", "number", "object"],
  properties: tunedParameter,
  required: ["low", "high", "seed"],
  additionalProperties: false,
  description: "{ low, high, seed } tunes this parameter; a single value fixes it",
});

const gait = block(
  {
    name: Type.String({
      minLength: 1,
      examples: [...GAIT_NAMES, OWN_GAIT],
      description:
        "Name in the gait catalogue, or own: the robot's own gait, of which only parameters are known",
    }),
    body: Type.Optional(
      block(
        {
          legs: Type.Array(name("Leg"), {
            minItems: 4,
            maxItems: 4,
            uniqueItems: true,
            description: "The four legs: front right, front left, rear right, rear left",
          }),
          thigh: quantity("m", "Length from hip to knee"),
          shank: quantity("m", "Length from knee to the ground under the foot"),
          hip_range: range("rad", "Hip angles; 0 hangs straight down, positive swings the foot backward"),
          knee_range: range("rad", "Knee angles relative to the thigh; 0 is straight"),
          stance_height: quantity("m", "Height of the hip above the foot in the neutral stance"),
          motor_speed: quantity("rad/s", "Fastest the motors turn; faster targets count as saturation"),
        },
        "What the gait must know of the body; not of the robot's own gait",
      ),
    ),
    parameters: Type.Record(Type.String(), gaitParameter, {
      description: "Every parameter of the gait: tuned or fixed; of the robot's own gait with any unit",
    }),
  },
  "How the robot walks, and what is tuned",
);

/** Unit and sides of each limit. Speeds, torques and the sideways distance are magnitudes: one side holds for both. */
export const LIMIT_SHAPES: Readonly<
  Record<LimitName, { readonly si: SiUnit; readonly sides: "low" | "high" | "both"; readonly words: string }>
> = {
  tilt: { si: "rad", sides: "high", words: "Angle between the trunk's vertical and gravity" },
  height: { si: "m", sides: "both", words: "Trunk above the ground" },
  "joint-position": { si: "rad", sides: "both", words: "Joint angle, link side" },
  "joint-speed": { si: "rad/s", sides: "high", words: "Joint speed, link side, either direction" },
  "motor-speed": { si: "rad/s", sides: "high", words: "Motor speed before the spring, either direction" },
  "motor-torque": { si: "N·m", sides: "high", words: "Motor torque, either direction" },
  "motor-temperature": { si: "°C", sides: "high", words: "Motor temperature" },
  "battery-voltage": { si: "V", sides: "low", words: "Battery voltage under load" },
  "lateral-distance": { si: "m", sides: "high", words: "Sideways from the start line, either direction" },
  duration: { si: "s", sides: "high", words: "Length of a walk, ramps included" },
  "frame-age": { si: "s", sides: "high", words: "Age of the newest telemetry frame" },
  "frame-gap": { si: "", sides: "high", words: "Telemetry frames lost in a row" },
  "not-a-number": { si: "", sides: "high", words: "Implausible values in a row in one channel" },
  frozen: { si: "s", sides: "high", words: "How long a noisy channel repeats the very same value" },
};

/** The sides that a limit takes, each required. */
function bounds(limit: LimitName): Record<string, Type.TSchema> {
  const { si, sides, words } = LIMIT_SHAPES[limit];
  return {
    ...(sides === "high" ? {} : { low: quantity(si, `${words}: lowest allowed`) }),
    ...(sides === "low" ? {} : { high: quantity(si, `${words}: highest allowed`) }),
    nominal: quantity(si, "Where a healthy walk is; inside the range"),
  };
}

/** What the file says of the range of one limit, or of one joint within it. */
export interface WrittenBounds {
  readonly low?: Written;
  readonly high?: Written;
  readonly nominal: Written;
}

/** What the file says of one limit that is watched. */
export interface WrittenLimit extends WrittenBounds {
  readonly debounce: string;
  readonly action: "settle" | "cut" | "warn";
  readonly outcome: "aborted" | "interrupted";
  readonly joints?: Readonly<Record<string, WrittenBounds>>;
}

/** What the file says of a limit that the robot has no sensor for. */
export interface WrittenUnwatched {
  readonly unwatched: string;
}

export const DEBOUNCE_PATTERN = "^(single|([1-9]\\d*) frames?|mean over (.+))$";

function limit(limitName: LimitName) {
  const ofJoints = ["joint-position", "joint-speed", "motor-speed", "motor-torque", "motor-temperature"];
  const watched = block(
    {
      ...bounds(limitName),
      debounce: Type.String({
        pattern: DEBOUNCE_PATTERN,
        patternErrorMessage: "single, `3 frames` or `mean over 0.5 s`",
        description: "When crossing counts: `single` at once, `3 frames` in a row, or `mean over 0.5 s`",
      }),
      action: Type.Enum(["settle", "cut", "warn"], {
        description: "settle: damped, then off; cut: off at once; warn: noted, the walk goes on",
      }),
      outcome: Type.Enum(["aborted", "interrupted"], {
        description:
          "aborted: evidence against the gait; interrupted: an accident, the walk is tried once more",
      }),
      ...(ofJoints.includes(limitName)
        ? {
            joints: Type.Optional(
              Type.Record(Type.String(), block(bounds(limitName), "Bounds of these joints"), {
                description: "Joints with bounds of their own: a joint's name, or a pattern such as `*_knee`",
              }),
            ),
          }
        : {}),
    },
    LIMIT_SHAPES[limitName].words,
  );
  return Type.Unsafe<WrittenLimit | WrittenUnwatched>({
    type: "object",
    description: LIMIT_SHAPES[limitName].words,
    if: { required: ["unwatched"] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON schema
    then: unwatched,
    else: watched,
  });
}

const unwatched = block(
  {
    unwatched: Type.String({
      pattern: WORDS,
      patternErrorMessage: "a sentence, of three words at least",
      description: `The robot has no sensor for it: why that is acceptable, in words. Only for ${MAY_GO_UNWATCHED.join(", ")}`,
    }),
  },
  "A limit that is not watched",
);

const limits = Type.Unsafe<Record<LimitName, WrittenLimit | WrittenUnwatched>>(
  block(
    Object.fromEntries(LIMIT_NAMES.map((limitName) => [limitName, limit(limitName)])),
    "Every limit must be set: a robot with an unset limit cannot be armed",
  ),
);

const positiveInteger = (description: string) => Type.Integer({ minimum: 1, description });

/** A name, or a block with the name and options. */
const choice = (description: string, examples: string[]) =>
  Type.Unsafe<WrittenChoice>({
    type: ["string", "object"],
    minLength: 1,
    properties: { name: { type: "string", minLength: 1, examples } },
    required: ["name"],
    description,
    examples,
  });

export const STUDY_SCHEMA = block(
  {
    name: name("Name of the study in the store"),
    direction: Type.Enum(["maximize", "minimize"], { description: "What is better: more or less reward" }),
    reward: name("Expression over the metrics, for example `forward_speed - 0.1 * abs(lateral_drift)`"),
    constraints: Type.Optional(
      Type.Array(name("Condition, for example `swing_frequency + stance_frequency <= 6`"), {
        description:
          "Conditions between the gait's parameters, tuned or fixed, that every parameter set meets. Values are in SI units (m, s, Hz, rad), whatever unit the parameters are written in",
      }),
    ),
    sampler: choice("What proposes parameter sets: a name, or { name, options }", [...SAMPLER_NAMES]),
    pruner: choice("What stops poor walks early: a name, or { name, options }", [...PRUNER_NAMES]),
    trials: positiveInteger("Walks in all, baseline and confirming walks included"),
    robot_time: Type.Optional(
      Type.Unsafe<string>({
        type: "string",
        quantity: "duration",
        description: "No further walk starts after this much time on the robot, for example 30min",
      }),
    ),
    baseline_walks: Type.Integer({ minimum: 0, description: "Walks of the seed gait at the start" }),
    confirm: block(
      {
        walks: Type.Integer({
          minimum: 0,
          description: "The last walks of the budget repeat the best candidates",
        }),
        candidates: positiveInteger("How many candidates they repeat"),
      },
      "How the champion is confirmed",
    ),
    seed: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, description: "Same seed, same proposals" }),
  },
  "What to optimise, and for how long",
);

export const HARDWARE_SCHEMA = block(
  {
    robot,
    link,
    gait,
    limits,
    arena: block(
      {
        length: quantity(
          "m",
          "Free walkway in front of the start line; a walk that reaches its end is cut short",
        ),
      },
      "Where it walks; its edge sideways is the limit lateral-distance",
    ),
    telemetry: block(
      {
        speed_source: Type.Enum(["pose", "odometry", "robot", "operator"], {
          description:
            "Where forward speed is measured: an external pose, odometry from link-side encoders, or the distance of a whole walk that the robot says afterwards or an operator types",
        }),
      },
      "What the robot measures",
    ),
    walk: block(
      {
        stand: quantity("s", "Standing before and after the walk"),
        ramp_in: quantity("s", "Blending from the neutral stance into the gait"),
        settle: quantity("s", "Walked, not scored"),
        measure: quantity("s", "Walked and scored; a whole number of report intervals"),
        report_interval: quantity("s", "Between two reports; the pruner decides at each"),
        ramp_out: quantity("s", "Blending back into the neutral stance"),
      },
      "How long each part of a walk lasts",
    ),
    preflight: block(
      {
        minimum_battery: Type.Optional(
          quantity(
            "V",
            "Below it the battery is to be changed first; left out where limits.battery-voltage is unwatched",
          ),
        ),
        maximum_motor_temperature: Type.Optional(
          quantity(
            "°C",
            "Above it the motors are to cool first; left out where limits.motor-temperature is unwatched",
          ),
        ),
        maximum_tilt: quantity("rad", "Leaning more, it is not standing on its feet"),
        minimum_telemetry_rate: quantity("", "Share of the nominal telemetry rate that must arrive"),
      },
      "What must hold before the robot is armed",
    ),
    study: Type.Optional(STUDY_SCHEMA),
  },
  "One robot: its body, its limits, how it is reached and what is tuned on it",
);

export type WrittenStudy = Static<typeof STUDY_SCHEMA>;
export type WrittenHardware = Static<typeof HARDWARE_SCHEMA>;
