/** Messages from the config's templates: places filled with values, in the unit and of the kind that the field wants. */
import { placeOf, placesIn } from "../../config/message-template.ts";
import type { Template } from "../../config/rosbridge-link.ts";
import { isSiUnit, unitOf } from "../../config/units.ts";
import { PRIMITIVES, type RosTypes } from "./mapping/ros-types.ts";
import { type Ros, rosTime } from "./ros-version.ts";

export interface Places {
  /** SI; ROS times in s. NaN: not known here. */
  readonly valueOf: (name: string) => number;
  /** SI unit by name; "" where there is none. */
  readonly unitOf: (name: string) => string;
}

/** What is known about the field that a template fills. */
export interface FieldContext {
  readonly types: RosTypes;
  readonly type: string;
}

/**
 * @param field null: the message's type is not known; then times are numbers
 * @returns plain JSON, or why it cannot be: a place without a value
 */
export function fill(
  template: Template,
  places: Places,
  ros: Ros,
  field: FieldContext | null,
): { readonly message: unknown } | { readonly missing: string } {
  for (const { text } of placesIn(template)) {
    const place = placeOf(text);
    if (place === null || Number.isNaN(places.valueOf(place.name))) return { missing: text };
  }
  return { message: filled(template, places, ros, field) };
}

/** Number in the template's unit → SI; the inverse of what {@link fill} does to a place. */
export function placeToSi(
  text: string,
  written: number,
  places: Places,
): { readonly name: string; readonly value: number } | null {
  const place = placeOf(text);
  if (place === null) return null;
  const { factor, offset } = conversion(place.name, place.unit, places);
  return { name: place.name, value: written * factor + offset };
}

/** What a place becomes, before it is fitted to its field. */
export function placeValue(text: string, places: Places): number {
  const place = placeOf(text);
  if (place === null) return Number.NaN;
  const { factor, offset } = conversion(place.name, place.unit, places);
  return (places.valueOf(place.name) - offset) / factor;
}

function conversion(
  name: string,
  unit: string | null,
  places: Places,
): { readonly factor: number; readonly offset: number } {
  const si = places.unitOf(name);
  const found = unit !== null && isSiUnit(si) ? unitOf(unit, si) : null;
  return found ?? { factor: 1, offset: 0 };
}

function filled(template: Template, places: Places, ros: Ros, field: FieldContext | null): unknown {
  if (typeof template === "string")
    return placeOf(template) === null ? template : fitted(placeValue(template, places), ros, field);
  if (typeof template !== "object") return template;
  if (isList(template)) return template.map((one) => filled(one, places, ros, field));
  return Object.fromEntries(
    Object.entries(template).map(([name, one]) => [name, filled(one, places, ros, inside(field, name))]),
  );
}

function inside(field: FieldContext | null, name: string): FieldContext | null {
  const type = field?.types.fieldsOf(field.type)?.find((one) => one.name === name)?.type;
  return field === null || type === undefined ? null : { types: field.types, type };
}

function fitted(value: number, ros: Ros, field: FieldContext | null): unknown {
  if (field === null) return value;
  const kind = PRIMITIVES.get(field.type);
  if (kind === "time" || kind === "duration") return rosTime(ros, value);
  // A server drops a whole message for a fraction in a field of whole numbers.
  return /^u?int/.test(field.type) ? Math.round(value) : value;
}

function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template);
}
