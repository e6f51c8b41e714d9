/** The schema of a study: a file of its own, or the `study` block of a hardware config. */
import Type, { type Static } from "typebox";
import { PRUNER_NAMES, SAMPLER_NAMES } from "../optimizer/catalogue.ts";
import type { WrittenChoice } from "./choice.ts";
import { block, name, quantity, type Written } from "./schema-fields.ts";

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

/** A block, or the word `off`. */
const orOff = <T>(block: object, description: string) =>
  Type.Unsafe<"off" | T>({
    ...block,
    type: ["string", "object"],
    pattern: "^off$",
    patternErrorMessage: "`off`, or a block",
    description,
    examples: ["off"],
  });

export interface WrittenExploring {
  readonly max_change?: Written;
  readonly start?: "off" | { readonly trials?: number; readonly within?: Written };
}

const EXPLORING = orOff<WrittenExploring>(
  block(
    {
      max_change: Type.Optional(
        quantity(
          "",
          "No parameter of a suggestion differs by more than this share of its range from the nearest parameter set that was walked safely. Default 30 %",
        ),
      ),
      start: Type.Optional(
        orOff<{ readonly trials?: number; readonly within?: Written }>(
          block(
            {
              trials: Type.Optional(positiveInteger("How many suggestions. Default 10")),
              within: Type.Optional(quantity("", "Share of each parameter's range. Default 15 %")),
            },
            "",
          ),
          "The first suggestions of a study stay nearer to the seed gait, or off",
        ),
      ),
    },
    "",
  ),
  "How far a suggestion may go from what was walked safely, or off. Default: on for real robots, off for `link.kind: simulated`",
);

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
    drift_check_every: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          "The seed gait is walked again after this many suggestions, and a warning says when it has changed; 0: never. These walks count as trials. Default: 15 for real robots, 0 for `link.kind: simulated`",
      }),
    ),
    exploring: Type.Optional(EXPLORING),
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

export type WrittenStudy = Static<typeof STUDY_SCHEMA>;
