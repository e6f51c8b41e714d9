/** The parts of the search space that are estimated jointly. */
import type { Condition } from "../search-space.ts";
import type { UnitSpace } from "../space/unit-space.ts";

/**
 * Indices of the dimensions, a part after those that its conditions hang on.
 *
 * - not multivariate: every parameter by itself;
 * - multivariate: the parameters every set has together, each conditional one by itself;
 * - with `group`: parameters that exist under the same condition together as well. Optuna finds these groups in the trials;
 *   here the conditions of the space are known, and the groups are the same once every branch has been walked.
 */
export function subspaces(unit: UnitSpace, multivariate: boolean, group: boolean): readonly number[][] {
  const parts = new Map<string, number[]>();
  unit.space.parameters.forEach(({ name, when }, i) => {
    const together = multivariate && (when === undefined || group);
    const key = together ? conditionKey(when) : JSON.stringify({ name });
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [i]);
    else part.push(i);
  });
  return [...parts.values()];
}

/** Equal for conditions that hold for the same sets. */
function conditionKey(when: Condition | undefined): string {
  if (when === undefined) return "";
  return JSON.stringify([when.parameter, when.in.map((value) => JSON.stringify(value)).sort()]);
}
