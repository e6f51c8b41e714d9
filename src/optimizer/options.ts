/** Options of a sampler or pruner, as they come from a study file: names and kinds are checked, values taken over. */
import { fail } from "../errors.ts";

export type Options = Readonly<Record<string, unknown>>;

/** Which values an option takes, where the kind of its default does not say it all. */
export interface OptionRule {
  readonly accepts: (value: unknown) => boolean;
  /** "a whole number of at least 1": what to give instead. */
  readonly wanted: string;
}

/** By option, for those that need one. */
export type OptionRules<T> = { readonly [Name in keyof T]?: OptionRule };

/** A whole number, or the word (or null) where one is given. */
export function atLeast(least: number, or?: string | null): OptionRule {
  const whole = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= least;
  return {
    accepts: (value) => whole(value) || (or !== undefined && value === or),
    wanted: `a whole number of at least ${least}${or === undefined ? "" : `, or ${or}`}`,
  };
}

export function within(low: number, high: number): OptionRule {
  return {
    accepts: (value) => typeof value === "number" && value >= low && value <= high,
    wanted: `a number from ${low} to ${high}`,
  };
}

export const ABOVE_ZERO: OptionRule = {
  accepts: (value) => Number.isFinite(value) && Number(value) > 0,
  wanted: "a number above 0",
};

export const ANY_NUMBER_OR_NULL: OptionRule = {
  accepts: (value) => value === null || Number.isFinite(value),
  wanted: "a number, or null",
};

export const TRUE_FALSE_OR_NULL: OptionRule = {
  accepts: (value) => value === null || typeof value === "boolean",
  wanted: "true, false, or null",
};

export function oneOf(...words: readonly string[]): OptionRule {
  return { accepts: (value) => words.some((word) => word === value), wanted: words.join(" or ") };
}

/**
 * @param defaults every option with its default value, which also says its kind; null stands for "a number, or null"
 * @param rules of options that take other values than any number that is not negative, any text, or either boolean
 * @throws CONFIG_INVALID naming the option
 */
export function withDefaults<T extends object>(
  owner: string,
  given: Options,
  defaults: T,
  rules: OptionRules<T> = {},
): T {
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
    const { accepts, wanted } = (rules as Readonly<Record<string, OptionRule>>)[name] ?? ruleOf(usual);
    if (!accepts(value)) {
      fail("CONFIG_INVALID", {
        what: `Option "${name}" of ${owner} is ${JSON.stringify(value)}.`,
        where: `options of ${owner}`,
        remedy: `Give ${wanted}.`,
      });
    }
  }
  return { ...defaults, ...given };
}

function ruleOf(usual: unknown): OptionRule {
  if (typeof usual !== "number" && usual !== null) {
    return {
      accepts: (value) => value !== null && typeof value === typeof usual,
      wanted: typeof usual === "boolean" ? "true or false" : `a ${typeof usual}`,
    };
  }
  return {
    accepts: (value) =>
      (typeof value === "number" && Number.isFinite(value) && value >= 0) ||
      (usual === null && value === null),
    wanted: "a number that is not negative",
  };
}
