/** Options of a sampler or pruner, as they come from a study file: names and kinds are checked, values taken over. */
import { fail } from "../errors.ts";

export type Options = Readonly<Record<string, unknown>>;

/**
 * @param defaults every option with its default value, which also says its kind; null stands for "a number, or null"
 * @throws CONFIG_INVALID naming the option
 */
export function withDefaults<T extends object>(owner: string, given: Options, defaults: T): T {
  const known = new Map(Object.entries(defaults));
  for (const [name, value] of Object.entries(given)) {
    const usual = known.get(name);
    if (usual === undefined) {
      fail("CONFIG_INVALID", {
        what: `${owner} has no option "${name}".`,
        where: `options of ${owner}`,
        remedy: known.size === 0 ? "It takes none." : `Use one of: ${[...known.keys()].join(", ")}.`,
      });
    }
    const numeric = typeof usual === "number" || usual === null;
    const right = numeric
      ? isCount(value) || (usual === null && value === null)
      : value !== null && typeof value === typeof usual;
    if (!right) {
      const wanted = numeric ? "a number that is not negative" : `a ${typeof usual}`;
      fail("CONFIG_INVALID", {
        what: `Option "${name}" of ${owner} is ${JSON.stringify(value)}.`,
        where: `options of ${owner}`,
        remedy: `Give ${wanted}.`,
      });
    }
  }
  return { ...defaults, ...given };
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
