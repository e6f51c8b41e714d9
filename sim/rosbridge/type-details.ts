/** What rosapi says about types, in its words (objectutils.py of both branches). */
import type { Field, MessageType, Primitive, RosTypes } from "./message-type.ts";
import { isTime, type RosMessage } from "./message-values.ts";

/** ROS 2 calls primitives as IDL does. */
const IDL: Partial<Record<Primitive, string>> = { bool: "boolean", float32: "float", float64: "double" };

/** `rosapi/TypeDef` of a type and of all that its fields are made of, each once. */
export function typeDetails(type: MessageType, types: RosTypes): readonly RosMessage[] {
  const seen = new Set<string>();
  const visit = (one: MessageType): RosMessage[] => [
    typeDef(one),
    ...one.fields.flatMap((field) => {
      const name = fieldType(field, one);
      if (seen.has(name)) return [];
      seen.add(name);
      if (field.message !== null) return visit(field.message);
      if (!isTime(field.primitive!)) return [];
      const time = types.message(name);
      return one.version === 1 || time === null ? [specialTypeDef(name)] : visit(time);
    }),
  ];
  seen.add(type.name);
  return visit(type);
}

function typeDef(type: MessageType): RosMessage {
  const { name, version, fields } = type;
  // Fields are slots of a Python object there, whose names begin with an underscore in ROS 2.
  const slot = version === 2 ? "_" : "";
  const constants = [...type.constants].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    type: name,
    fieldnames: fields.map((field) => `${slot}${field.name}`),
    fieldtypes: fields.map((field) => fieldType(field, type)),
    fieldarraylen: fields.map(({ arrayLength }) => arrayLength),
    examples: fields.map(example),
    constnames: constants.map((constant) => constant.name),
    constvalues: constants.map(({ value }) => pythonText(value)),
  };
}

function specialTypeDef(type: string): RosMessage {
  return {
    type,
    fieldnames: ["secs", "nsecs"],
    fieldtypes: ["int32", "int32"],
    fieldarraylen: [-1, -1],
    examples: ["0", "0"],
    constnames: [],
    constvalues: [],
  };
}

function fieldType({ type, primitive }: Field, { version }: MessageType): string {
  if (primitive === null || version === 1) return type;
  if (primitive === "time") return "builtin_interfaces/Time";
  if (primitive === "duration") return "builtin_interfaces/Duration";
  return IDL[primitive] ?? primitive;
}

function example({ primitive, arrayLength }: Field): string {
  if (arrayLength >= 0) return "[]";
  if (primitive === null || isTime(primitive)) return "{}";
  if (primitive === "bool") return "False";
  if (primitive === "string") return "";
  return primitive === "float32" || primitive === "float64" ? "0.0" : "0";
}

function pythonText(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

const RULE = "=".repeat(80);

/** A definition with all it depends on, as `gendeps --cat` writes it; without the comments of the originals. */
export function typeText(type: MessageType): string {
  const seen = new Set([type.name]);
  const parts = [ownText(type)];
  const visit = (one: MessageType): void => {
    for (const { message } of one.fields) {
      if (message === null || seen.has(message.name)) continue;
      seen.add(message.name);
      parts.push(`MSG: ${message.name}\n${ownText(message)}`);
      visit(message);
    }
  };
  visit(type);
  return parts.join(`\n${RULE}\n`);
}

function ownText({ fields, constants, version }: MessageType): string {
  const lines = [
    ...constants.map(({ name, type, value }) => `${type} ${name}=${pythonText(value)}`),
    ...fields.map((field) => {
      const { name, type, primitive, arrayLength } = field;
      const length = arrayLength < 0 ? "" : `[${arrayLength === 0 ? "" : arrayLength}]`;
      const stamp = version === 2 && primitive !== null && isTime(primitive);
      return `${stamp ? `builtin_interfaces/${primitive === "time" ? "Time" : "Duration"}` : type}${length} ${name}`;
    }),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
