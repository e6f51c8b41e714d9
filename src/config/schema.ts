/**
 * The schema of a hardware config file: the one description from which files are checked, the types of their
 * content come, and `hardware-configs/schema.json` is written for completion in editors.
 */
import Type, { type Static } from "typebox";
import { GAIT } from "./gait-schema.ts";
import { LIMITS } from "./limits-schema.ts";
import { MJBOTS_LINK } from "./mjbots-schema.ts";
import { PETOI_LINK } from "./petoi-schema.ts";
import { ROSBRIDGE_LINK } from "./rosbridge-schema.ts";
import { block, clock, name, quantity } from "./schema-fields.ts";
import { SERIAL_LINK } from "./serial-schema.ts";
import { STUDY_SCHEMA } from "./study-schema.ts";

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

const HEALTH = block(
  {
    actuator_tolerance: Type.Optional(
      quantity("rad", "Standing, a motor farther from its target does not hold it. Default 0.1 rad"),
    ),
    sag_tolerance: Type.Optional(
      quantity(
        "rad",
        "Where the motor side is not known: standing, a leg farther from the neutral stance is off. More than the springs' sag. Default 1 rad",
      ),
    ),
    temperature_rise: Type.Optional(
      quantity(
        "°C",
        "A motor that one walk makes hotter by more than this was blocked, or fails. Default 20 °C",
      ),
    ),
  },
  "What a healthy actuator does, standing before and after each walk",
);

export const HARDWARE_SCHEMA = block(
  {
    robot,
    link,
    gait: GAIT,
    limits: LIMITS,
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
        odometry_scale: Type.Optional(
          Type.Number({
            description:
              "Metres walked per metre of leg odometry, measured with `gaitsmith first-run`: every odometry value is multiplied by it",
          }),
        ),
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
        cool_down_within: Type.Optional(
          Type.Unsafe<string>({
            type: "string",
            quantity: "duration",
            description:
              "How long motors that are too hot are given to cool before the walk is refused; where a person is at the robot, as long as it takes. Default 10min",
          }),
        ),
        minimum_disk_space: Type.Optional(
          quantity("B", "With less room for study file and recordings no study starts; default 200 MiB"),
        ),
        disk_space_warning: Type.Optional(
          quantity("B", "With less room a study starts with a warning; default 1 GiB"),
        ),
      },
      "What must hold before the robot is armed",
    ),
    health: Type.Optional(HEALTH),
    study: Type.Optional(STUDY_SCHEMA),
  },
  "One robot: its body, its limits, how it is reached and what is tuned on it",
);

export type WrittenHardware = Static<typeof HARDWARE_SCHEMA>;
