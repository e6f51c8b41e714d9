/** Messages that are written in the config, against the types of their fields. */
import type { Template } from "../../../config/rosbridge-link.ts";
import { fieldsInWords } from "./field-path.ts";
import { type Mismatch, mismatch } from "./finding.ts";
import { PRIMITIVES, type RosField, type RosTypes, suggestion, typeInWords } from "./ros-types.ts";

/** Places whose value is a time; it may also go into a field of that kind. */
const TIMES = /^\$(?:stamp|valid_until|duration|ramp_in|ramp_out)\b/u;
const TIME_PARTS = ["secs", "nsecs", "sec", "nanosec"];

/** @param type of the message @returns everything that a server would refuse */
export function checkTemplate(types: RosTypes, type: string, template: Template): Mismatch[] {
  return checkValue(types, { name: "", type, array: null }, template, "");
}

function checkValue(types: RosTypes, field: RosField, template: Template, path: string): Mismatch[] {
  if (isArray(template)) return checkArray(types, field, template, path);
  if (field.array !== null) {
    // Bytes may be given as base64.
    if (field.type === "uint8" && typeof template === "string" && !template.startsWith("$")) return [];
    return [wrong(path, field, template)];
  }
  if (typeof template === "object") return checkRecord(types, field, template, path);
  return scalarFits(field, template) ? [] : [wrong(path, field, template)];
}

function checkArray(
  types: RosTypes,
  field: RosField,
  template: readonly Template[],
  path: string,
): Mismatch[] {
  if (field.array === null) return [wrong(path, field, template)];
  const { length } = field.array;
  const count =
    length === null || length === template.length
      ? []
      : [mismatch(`${said(path)} has ${length} elements, not ${template.length}`, "Give it all of them.")];
  const element: RosField = { ...field, array: null };
  return [
    ...count,
    ...template.flatMap((one, index) => checkValue(types, element, one, `${path}[${index}]`)),
  ];
}

function checkRecord(
  types: RosTypes,
  field: RosField,
  template: { readonly [name: string]: Template },
  path: string,
): Mismatch[] {
  const kind = PRIMITIVES.get(field.type);
  if (kind === "time" || kind === "duration") {
    const odd = Object.keys(template).filter((key) => !TIME_PARTS.includes(key));
    return odd.map((key) =>
      mismatch(`${said(path)} is a ${kind} and has no \`${key}\``, "Write seconds and nanoseconds."),
    );
  }
  const fields = types.fieldsOf(field.type);
  if (kind !== undefined || fields === null) return [wrong(path, field, template)];
  return Object.entries(template).flatMap(([key, value]) => {
    const inside = fields.find(({ name }) => name === key);
    if (inside !== undefined) return checkValue(types, inside, value, path === "" ? key : `${path}.${key}`);
    const near = suggestion(
      key,
      fields.map(({ name }) => name),
    );
    const what = `${field.type} has no field \`${key}\`; it has ${fieldsInWords(fields)}`;
    return [mismatch(what, near === "" ? "Name one of those." : near.trim())];
  });
}

function scalarFits({ type }: RosField, template: string | number | boolean): boolean {
  const kind = PRIMITIVES.get(type);
  if (typeof template === "boolean") return kind === "bool";
  if (typeof template === "number")
    return kind === "number" && (type.startsWith("float") || Number.isInteger(template));
  if (!template.startsWith("$")) return kind === "text";
  return kind === "number" || ((kind === "time" || kind === "duration") && TIMES.test(template));
}

function wrong(path: string, field: RosField, template: Template): Mismatch {
  return mismatch(
    `${said(path)} is ${typeInWords(field)}; ${inWords(template)} does not fit`,
    "Write a value of that type.",
  );
}

function said(path: string): string {
  return path === "" ? "the message" : `\`${path}\``;
}

function inWords(template: Template): string {
  if (isArray(template)) return "a list";
  return typeof template === "object" ? "a block of fields" : `\`${String(template)}\``;
}

function isArray(template: Template): template is readonly Template[] {
  return Array.isArray(template);
}
