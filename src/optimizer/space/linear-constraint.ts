/** Linear constraints between numeric parameters, as the feasibility predicate that `ask` takes. */
import { fail } from "../../errors.ts";
import type { Feasibility } from "../sampler.ts";
import type { SearchSpace } from "../search-space.ts";

/** Σ coefficient · parameter ≤ bound, in the parameters' own units. For ≥ negate coefficients and bound. */
export interface LinearConstraint {
  /** By name of a float or int parameter. */
  readonly coefficients: Readonly<Record<string, number>>;
  readonly bound: number;
}

/** Sums that exceed the bound by rounding alone still meet it: 0.1 + 0.2 ≤ 0.3. */
const ROUNDING = 1e-12;

/**
 * The predicate of all constraints together. One that names a parameter which a set does not have (a conditional one)
 * does not apply to that set.
 *
 * @throws SPACE_INVALID when a constraint names no float or int parameter of the space, has a number that is not finite, or
 * is beyond what the parameters' bounds can reach
 */
export function linearFeasibility(space: SearchSpace, constraints: readonly LinearConstraint[]): Feasibility {
  for (const constraint of constraints) refuseMeaningless(space, constraint);
  return (parameters) =>
    constraints.every(({ coefficients, bound }) => {
      let sum = 0;
      let scale = Math.abs(bound);
      for (const [name, coefficient] of Object.entries(coefficients)) {
        const value = parameters[name];
        if (value === undefined) return true;
        const term = coefficient * Number(value);
        sum += term;
        scale += Math.abs(term);
      }
      return sum <= bound + ROUNDING * scale;
    });
}

function refuseMeaningless(space: SearchSpace, constraint: LinearConstraint): void {
  const { coefficients, bound } = constraint;
  const numeric = space.parameters.filter((parameter) => parameter.kind !== "categorical");
  let least = 0;
  for (const [name, coefficient] of Object.entries(coefficients)) {
    const parameter = numeric.find((one) => one.name === name);
    if (parameter === undefined) {
      const known = numeric.map((one) => one.name).join(", ");
      refuse(constraint, `"${name}" is no float or int parameter.`, `Use: ${known}.`);
    }
    least += Math.min(coefficient * parameter.low, coefficient * parameter.high);
  }
  if (Object.keys(coefficients).length === 0)
    refuse(constraint, "It names no parameter.", "Give coefficients.");
  if (!Number.isFinite(least) || !Number.isFinite(bound))
    refuse(constraint, "Not all of its numbers are finite.", "Give finite coefficients and a finite bound.");
  if (least > bound) {
    refuse(
      constraint,
      `Within the bounds of its parameters the sum is never below ${least}.`,
      "Raise the bound, or widen the ranges.",
    );
  }
}

function refuse({ coefficients, bound }: LinearConstraint, what: string, remedy: string): never {
  const terms = Object.entries(coefficients).map(([name, coefficient]) => `${coefficient} ${name}`);
  fail("SPACE_INVALID", { what, where: `constraint ${terms.join(" + ")} ≤ ${bound}`, remedy });
}
