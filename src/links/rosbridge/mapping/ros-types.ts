/** Message types as the mapping sees them, wherever their definitions came from. */
import { nearestName } from "../../../config/nearest-name.ts";

export interface RosField {
  readonly name: string;
  /** A primitive of {@link PRIMITIVES} or a type in its short spelling, `std_msgs/Header`. */
  readonly type: string;
  /** null: not an array; `length` null: of any length. */
  readonly array: { readonly length: number | null } | null;
}

export interface RosTypes {
  /** @param type in any spelling @returns null when it is not known */
  fieldsOf(type: string): readonly RosField[] | null;
  /** Short spellings. */
  readonly names: readonly string[];
}

/** What a primitive is to us. */
export type PrimitiveKind = "number" | "bool" | "text" | "time" | "duration";

const NUMBERS = [
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float32",
  "float64",
];

export const PRIMITIVES: ReadonlyMap<string, PrimitiveKind> = new Map<string, PrimitiveKind>([
  ...NUMBERS.map((name) => [name, "number"] as const),
  ["bool", "bool"],
  ["string", "text"],
  ["wstring", "text"],
  ["time", "time"],
  ["duration", "duration"],
]);

/** The names that IDL, and so rosapi of ROS 2, has for them; a time is a message there. */
const ALIASES: Readonly<Record<string, string>> = {
  boolean: "bool",
  byte: "uint8",
  octet: "uint8",
  char: "uint8",
  float: "float32",
  double: "float64",
  "builtin_interfaces/Time": "time",
  "builtin_interfaces/Duration": "duration",
};

/** `sensor_msgs/msg/JointState` → `sensor_msgs/JointState`; `double` → `float64`. */
export function shortType(type: string): string {
  const short = type.trim().replace(/^([^/]+)\/(?:msg|srv|action)\/([^/]+)$/u, "$1/$2");
  return Object.hasOwn(ALIASES, short) ? ALIASES[short]! : short;
}

/** As a server of that ROS spells it; `folder` is `msg`, `srv` or `action`. */
export function spelledFor(ros: 1 | 2, type: string, folder: "msg" | "srv" | "action" = "msg"): string {
  const short = type.replace(/^([^/]+)\/(?:msg|srv|action)\/([^/]+)$/u, "$1/$2");
  return ros === 1 ? short : short.replace("/", `/${folder}/`);
}

/** `float64[9]`, `string[]`, `std_msgs/Header`. */
export function typeInWords({ type, array }: Pick<RosField, "type" | "array">): string {
  return array === null ? type : `${type}[${array.length ?? ""}]`;
}

/** "Did you mean `x`? " when there is a near name, else nothing. */
export function suggestion(written: string, names: readonly string[]): string {
  const near = nearestName(written, names);
  return near === null ? "" : `Did you mean \`${near}\`? `;
}

/** "; the nearest known one" for a type that nobody knows, in the config's own packages first. */
export function nearestType(written: string, types: RosTypes): string {
  const short = shortType(written);
  const near = nearestName(short, types.names);
  if (near !== null) return `Did you mean \`${near}\`? `;
  const [, plain = short] = short.split("/");
  const elsewhere = types.names.filter((name) => name.endsWith(`/${plain}`));
  return elsewhere.length === 1 ? `Did you mean \`${elsewhere[0]}\`? ` : "";
}
