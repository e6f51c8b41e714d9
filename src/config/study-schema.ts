/** The schema of a study: a file of its own, or the `study` block of a hardware config. */
import Type, { type Static } from "typebox";
import { PRUNER_NAMES, SAMPLER_NAMES } from "../optimizer/catalogue.ts";
import type { WrittenChoice } from "./choice.ts";
import { block, name } from "./schema-fields.ts";

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

export type WrittenStudy = Static<typeof STUDY_SCHEMA>;
