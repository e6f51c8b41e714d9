/** What a field of a message can be, on the wire and in a program. */

/**
 * Types of fields, little endian. `time`: u64, µs. `string`: u8 length and UTF-8; `text`: the same with u16. `bytes`: u16
 * length and bytes. `floats`: u16 count and f32 each. `values`: u8 count, then a string and an f64 each. A list of words:
 * u8, the index in it.
 */
export type FieldType =
  | "u8"
  | "u16"
  | "u32"
  | "f32"
  | "f64"
  | "bool"
  | "time"
  | "string"
  | "text"
  | "bytes"
  | "floats"
  | "values"
  | readonly string[];

/** Who sends a message: the host (the station's computer) or the robot. */
export type Side = "host" | "robot";

export interface MessageSpec {
  readonly id: number;
  readonly from: Side;
  readonly fields: Readonly<Record<string, FieldType>>;
}

/** What a field holds in a program; `time` is in seconds. */
export type FieldValue<T> = T extends readonly (infer Word)[]
  ? Word
  : T extends "bool"
    ? boolean
    : T extends "string" | "text"
      ? string
      : T extends "bytes"
        ? Uint8Array
        : T extends "floats"
          ? Float64Array
          : T extends "values"
            ? readonly (readonly [name: string, value: number])[]
            : number;

type Fields<T> = { readonly [Field in keyof T]: FieldValue<T[Field]> };

/** A message of a table with its fields; `kind` is its name there. */
export type MessageIn<Table extends Record<string, MessageSpec>> = {
  readonly [Name in keyof Table]: { readonly kind: Name } & Fields<Table[Name]["fields"]>;
}[keyof Table];
