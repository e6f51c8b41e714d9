/** The schema of a `gait` block. */
import Type from "typebox";
import { GAIT_NAMES, OWN_GAIT } from "../gait/gaits.ts";
import { block, name, quantity, range, type Written } from "./schema-fields.ts";

const tunedParameter = {
  low: Type.Unsafe<Written>({ type: ["string", "number"], description: "Lowest value tried" }),
  high: Type.Unsafe<Written>({ type: ["string", "number"], description: "Highest value tried" }),
  seed: Type.Unsafe<Written>({
    type: ["string", "number"],
    description: "Value in the seed gait, known to be safe",
  }),
  log: { type: "boolean", description: "Search on a logarithmic scale; low must be above zero" },
  step: { type: ["string", "number"], description: "Only low, low + step, low + 2 step, … are tried" },
  lengthscale: {
    type: ["string", "number"],
    description:
      "By so much it must change before the walk is expected to be another one; by default what the gait says, if it says anything",
  },
};

/** A gait parameter that is tuned. */
export interface TunedParameter {
  readonly low: Written;
  readonly high: Written;
  readonly seed: Written;
  readonly log?: boolean;
  readonly step?: Written;
  readonly lengthscale?: Written;
}

/** One value (the parameter is fixed), or a block (it is tuned). */
const gaitParameter = Type.Unsafe<Written | TunedParameter>({
  type: ["string", "number", "object"],
  properties: tunedParameter,
  required: ["low", "high", "seed"],
  additionalProperties: false,
  description: "{ low, high, seed } tunes this parameter; a single value fixes it",
});

export const GAIT = block(
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
