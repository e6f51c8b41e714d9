/** Paths in messages: `pose.pose.position.x`, `data[3]`, `position`. */
import { nearestName } from "../../../config/nearest-name.ts";
import { type Mismatch, mismatch } from "./finding.ts";
import {
  nearestType,
  PRIMITIVES,
  type PrimitiveKind,
  type RosField,
  type RosTypes,
  shortType,
  typeInWords,
} from "./ros-types.ts";

export interface FieldStep {
  readonly name: string;
  /** Element of the array that the field is; null: the field as it is. */
  readonly index: number | null;
}

export interface ResolvedField {
  readonly ok: true;
  readonly path: string;
  readonly steps: readonly FieldStep[];
  readonly type: string;
  readonly kind: PrimitiveKind | "message";
  /** null: one of {@link kind}; else an array of it. */
  readonly array: RosField["array"];
  /** The type of message that the last field stands in. */
  readonly parent: string;
}

/** How far down a name is looked for that is not where it was written. */
const DEEPEST = 4;
const STEP = /^([A-Za-z]\w*)(?:\[(\d+)\])?$/u;

/** @returns the field, or what is wrong at the first level that is */
export function resolveField(types: RosTypes, type: string, path: string): ResolvedField | Mismatch {
  const steps: FieldStep[] = [];
  let parent = shortType(type);
  let here: RosField = { name: "", type: parent, array: null };
  for (const text of path.split(".")) {
    const parts = STEP.exec(text);
    if (parts === null)
      return mismatch(
        `\`${text}\` in \`${path}\` is not the name of a field`,
        "Write names with points between them, and elements of arrays as `name[0]`.",
      );
    if (here.array !== null)
      return mismatch(
        `\`${pathOf(steps)}\` is an array, ${typeInWords(here)}`,
        `Say which element is meant: \`${pathOf(steps)}[0].${text}\`.`,
      );
    parent = here.type;
    const fields = types.fieldsOf(parent);
    if (fields === null) return unknownInside(types, parent, steps, text);
    const [, name = "", digits] = parts;
    const field = fields.find((one) => one.name === name);
    if (field === undefined) return noSuchField(types, parent, fields, name, steps);
    const index = digits === undefined ? null : Number(digits);
    if (index !== null) {
      const wrong = elementRefused(field, index, steps);
      if (wrong !== null) return wrong;
    }
    steps.push({ name, index });
    here = index === null ? field : { ...field, array: null };
  }
  const kind = PRIMITIVES.get(here.type) ?? "message";
  return { ok: true, path, steps, type: here.type, kind, array: here.array, parent };
}

/** What the path leads to in a message, undefined where the message has nothing there. */
export function valueAt(message: unknown, steps: readonly FieldStep[]): unknown {
  let here = message;
  for (let step = 0; step < steps.length; step++) {
    if (typeof here !== "object" || here === null || Array.isArray(here)) return undefined;
    const { name, index } = steps[step]!;
    here = (here as Readonly<Record<string, unknown>>)[name];
    if (index === null) continue;
    if (!isList(here)) return undefined;
    here = here[index];
  }
  return here;
}

/** A JSON array, or the typed array of a message that came serialised. */
export function isList(
  value: unknown,
): value is { readonly length: number; readonly [index: number]: unknown } {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

export function pathOf(steps: readonly FieldStep[]): string {
  return steps.map(({ name, index }) => (index === null ? name : `${name}[${index}]`)).join(".");
}

/** `position: float64[], velocity: float64[]`. */
export function fieldsInWords(fields: readonly RosField[]): string {
  return fields.length === 0
    ? "nothing"
    : fields.map((field) => `${field.name}: ${typeInWords(field)}`).join(", ");
}

function unknownInside(types: RosTypes, type: string, steps: readonly FieldStep[], next: string): Mismatch {
  if (PRIMITIVES.has(type))
    return mismatch(
      `\`${pathOf(steps)}\` is ${type} and has no field \`${next}\``,
      `Write \`${pathOf(steps)}\`.`,
    );
  return mismatch(
    `the message type ${type} is not known`,
    `${nearestType(type, types)}Add its .msg text to link.definitions.`,
  );
}

function noSuchField(
  types: RosTypes,
  type: string,
  fields: readonly RosField[],
  name: string,
  steps: readonly FieldStep[],
): Mismatch {
  const before = steps.map((step) => `${pathOf([step])}.`).join("");
  const near = nearestName(
    name,
    fields.map((field) => field.name),
  );
  const deeper = near === null ? pathTo(types, type, name) : null;
  const found = near ?? deeper;
  return mismatch(
    `${type} has no field \`${name}\`; it has ${fieldsInWords(fields)}`,
    found === null ? "Name one of those." : `Did you mean \`${before}${found}\`?`,
  );
}

/** A field of that name further down, the shallowest. */
function pathTo(types: RosTypes, type: string, name: string): string | null {
  let level = [{ type, before: "" }];
  for (let depth = 0; depth < DEEPEST; depth++) {
    const next: typeof level = [];
    for (const { type: parent, before } of level) {
      for (const field of types.fieldsOf(parent) ?? []) {
        if (field.name === name) return `${before}${name}`;
        if (field.array === null) next.push({ type: field.type, before: `${before}${field.name}.` });
      }
    }
    level = next;
  }
  return null;
}

function elementRefused(field: RosField, index: number, steps: readonly FieldStep[]): Mismatch | null {
  const path = pathOf([...steps, { name: field.name, index: null }]);
  if (field.array === null)
    return mismatch(`\`${path}\` is ${field.type}, not an array`, `Write \`${path}\`.`);
  const { length } = field.array;
  if (length === null || index < length) return null;
  return mismatch(
    `\`${path}\` has ${length} elements; there is no element ${index}`,
    `Count from 0 to ${length - 1}.`,
  );
}
