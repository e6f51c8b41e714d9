/** A sampler or pruner as a study names it: by its name alone, or in a block with its options. */
import { GaitsmithError } from "../errors.ts";
import type { Problem } from "./config-source.ts";

export type WrittenChoice = string | ({ name: string } & Record<string, unknown>);

export interface Choice {
  readonly name: string;
  /** By their names in programs. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Options are written_like_this in files and namedLikeThis in programs; an option may be a choice with options itself. */
export function readChoice(written: WrittenChoice): Choice {
  if (typeof written === "string") return { name: written, options: {} };
  const { name, ...options } = written;
  return { name, options: inProgramNames(options) };
}

function inProgramNames(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const camel = (key: string): string =>
    key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      camel(key),
      // Other blocks are not options: the keys of a grid's values are parameters.
      isChoice(value) ? inProgramNames(value) : value,
    ]),
  );
}

function isChoice(value: unknown): value is { name: string } & Record<string, unknown> {
  return typeof value === "object" && value !== null && "name" in value && typeof value.name === "string";
}

/**
 * What is wrong with a choice, with options named as a file has them; null when it can be made. Choices are checked by
 * making them: nothing else knows whether their options fit together.
 */
export function problemOf(make: () => unknown): Omit<Problem, "path"> | null {
  try {
    make();
    return null;
  } catch (error) {
    if (!(error instanceof GaitsmithError)) throw error;
    // A space that cannot be searched is the gait block's fault, which is read by itself.
    if (error.code === "SPACE_INVALID") return null;
    // Problems of a file are strung together as clauses.
    const what = inFileNames(error.message.replace(/\.$/, ""));
    return { what, remedy: inFileNames(error.remedy ?? "See hardware-configs/schema.json.") };
  }
}

function inFileNames(text: string): string {
  return text.replace(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g, (name) =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
}
