/**
 * Messages with places for values, as a config writes them: text that begins with `$` is a place. `$step_length` takes the
 * parameter in its SI unit, `$step_length in mm` in another.
 */
import type { Template } from "./rosbridge-link.ts";
import type { SiUnit } from "./units.ts";

/**
 * Places that are no parameters of the gait, and their dimension: how long a whole walk takes and its ramps; the number of
 * the command and the epoch of the lease; when it is sent and how long it holds, ROS times without a unit.
 */
export const KNOWN_PLACES = {
  duration: "s",
  ramp_in: "s",
  ramp_out: "s",
  number: "",
  epoch: "",
  stamp: null,
  valid_until: null,
} as const satisfies Readonly<Record<string, SiUnit | null>>;

export interface Place {
  /** A parameter of the gait, or one of {@link KNOWN_PLACES}. */
  readonly name: string;
  /** A unit of `units.ts`; null: SI. */
  readonly unit: string | null;
}

/** @returns null when it is not written as a place; text that does not begin with `$` never is */
export function placeOf(text: string): Place | null {
  const [, name, unit] = /^\$([A-Za-z_]\w*)(?:\s+in\s+(\S.*))?$/u.exec(text.trim()) ?? [];
  return name === undefined ? null : { name, unit: unit?.trim() ?? null };
}

export function beginsPlace(text: string): boolean {
  return text.trimStart().startsWith("$");
}

/** Every text in a template that begins with `$`, and where it stands. */
export function* placesIn(
  template: Template,
  path: readonly (string | number)[] = [],
): Generator<{ readonly text: string; readonly path: readonly (string | number)[] }> {
  if (typeof template === "string") {
    if (beginsPlace(template)) yield { text: template, path };
  } else if (Array.isArray(template)) {
    for (const [index, entry] of template.entries()) yield* placesIn(entry, [...path, index]);
  } else if (typeof template === "object") {
    for (const [field, entry] of Object.entries(template)) yield* placesIn(entry, [...path, field]);
  }
}
