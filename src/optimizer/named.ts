/** A sampler or pruner in its catalogue. */
import { fail } from "../errors.ts";

const UNKNOWN = { sampler: "SAMPLER_UNKNOWN", pruner: "PRUNER_UNKNOWN" } as const;

/**
 * The entry of that name.
 * @throws SAMPLER_UNKNOWN or PRUNER_UNKNOWN with all names there are
 */
export function named<T>(
  kind: keyof typeof UNKNOWN,
  name: string,
  catalogue: Readonly<Record<string, T>>,
): T {
  // An object also answers to names of its prototype, such as `constructor`.
  const found = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (found !== undefined) return found;
  return fail(UNKNOWN[kind], {
    what: `There is no ${kind} "${name}".`,
    remedy: `Use one of: ${Object.keys(catalogue).join(", ")}.`,
  });
}
