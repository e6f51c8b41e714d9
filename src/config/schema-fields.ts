/**
 * What the schemas of files are made of. The keyword `quantity` (a SI unit) marks a number with a unit; editors see the
 * pattern beside it.
 */
import Type from "typebox";
import { DIMENSIONS, quantityPattern, type SiUnit } from "./units.ts";

/** A number with its unit, as written. */
export type Written = string | number;

export function quantity(si: SiUnit, description: string) {
  const { words, example } = DIMENSIONS[si];
  return Type.Unsafe<Written>({
    type: si === "" ? ["number", "string"] : "string",
    quantity: si,
    pattern: quantityPattern(si),
    patternErrorMessage: `${words} with its unit is expected, for example: ${example}`,
    description,
  });
}

/** An object that takes no keys but those named. */
export const block = <T extends Record<string, Type.TSchema>>(fields: T, description: string) =>
  Type.Object(fields, { additionalProperties: false, description });

export const range = (si: SiUnit, description: string) =>
  Type.Array(quantity(si, `${description}: one end`), {
    minItems: 2,
    maxItems: 2,
    description: `${description}, [low, high]`,
  });

export const name = (description: string) => Type.String({ minLength: 1, description });

/** Text that says something: three words at least. */
export const WORDS = "\\S+\\s+\\S+\\s+\\S+";

export const clock = Type.Enum(["lockstep", "realtime"], {
  description: "lockstep: the robot's time waits for the computer (simulated robots); realtime: it does not",
});
