/**
 * Constraints between parameters: conditions such as `swing_frequency + stance_frequency <= 6` that a parameter set must
 * meet before it may become a trial. Not the constraint values of a trial, which say how close a walk came to a limit.
 */
import type { ParameterConstraint } from "../config/hardware-config.ts";
import { compileExpression } from "./expression.ts";

export interface CompiledConstraint extends ParameterConstraint {
  /** The parameters it uses, in their order of first use. */
  readonly parameters: readonly string[];
  /**
   * @param values of all parameters that the set has, tuned and fixed, SI units
   * @returns whether the set meets it; true for a set that lacks one of its parameters (a conditional one that does not
   * exist there), false where the expression cannot be computed
   */
  holds(values: Readonly<Record<string, number>>): boolean;
}

/**
 * @param names of all parameters, tuned and fixed
 * @throws CONFIG_INVALID naming file, field and column, the nearest known name and all of them
 */
export async function compileConstraints(
  constraints: readonly ParameterConstraint[],
  names: readonly string[],
): Promise<readonly CompiledConstraint[]> {
  return Promise.all(
    constraints.map(async ({ text, where }) => {
      const { names: parameters, evaluate } = await compileExpression(text, {
        subject: "constraint",
        noun: "parameter",
        names,
        result: "condition",
        withoutNames: "it would hold always or never",
        resultRemedy: "Write a comparison, for example `swing_frequency + stance_frequency <= 6`.",
        code: "CONFIG_INVALID",
        where,
      });
      const missing = (values: Readonly<Record<string, number>>): boolean =>
        parameters.some((name) => values[name] === undefined);
      return { text, where, parameters, holds: (values) => missing(values) || evaluate(values) === true };
    }),
  );
}
