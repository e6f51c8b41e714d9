/** `messages.yaml`, read and checked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fail } from "../../src/errors.ts";
import { packageRoot } from "../../src/paths.ts";
import { crc32c } from "../codec/crc32c.ts";
import type { FieldType, Side } from "../codec/field-types.ts";

export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

export interface TableMessage {
  readonly name: string;
  readonly id: number;
  readonly from: Side;
  /** One or two sentences, Markdown. */
  readonly says: string;
  readonly fields: readonly Field[];
}

export interface Fault {
  readonly name: string;
  readonly code: number;
  readonly says: string;
}

export interface Table {
  readonly protocol: number;
  readonly faults: readonly Fault[];
  /** In the order of the file. */
  readonly messages: readonly TableMessage[];
  /** CRC-32C of {@link canonicalText}. */
  readonly schema: number;
}

/** A file of `firmware-protocol/`. */
export function protocolPath(...parts: readonly string[]): string {
  return join(packageRoot, "firmware-protocol", ...parts);
}

const SIMPLE_TYPES: readonly string[] = [
  "u8",
  "u16",
  "u32",
  "f32",
  "f64",
  "bool",
  "time",
  "string",
  "text",
  "bytes",
  "floats",
  "values",
];

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const FIELD_NAME = /^[a-z][a-zA-Z0-9]*$/;

/** @throws CONFIG_INVALID when the table contradicts itself */
export function readTable(): Table {
  const written = parse(readFileSync(protocolPath("messages.yaml"), "utf8"));
  const messages = Object.entries<Record<string, unknown>>(written.messages).map(([name, message]) => {
    const { id, from, says, fields } = message;
    check(NAME.test(name), name, "a name is lower-case words with hyphens");
    check(isByte(id) && id > 0, name, "an id is a byte and not 0");
    check(from === "host" || from === "robot", name, "`from` is host or robot");
    check(typeof says === "string", name, "it says nothing");
    return {
      name,
      id: id as number,
      from: from as Side,
      says: (says as string).trim(),
      fields: Object.entries(fields as Record<string, unknown>).map(([field, type]) => {
        check(FIELD_NAME.test(field), `${name}.${field}`, "a field's name is written likeThis");
        const words =
          Array.isArray(type) && type.every((word) => typeof word === "string" && NAME.test(word));
        check(words || SIMPLE_TYPES.includes(type as string), `${name}.${field}`, `${type} is no type`);
        return { name: field, type: type as FieldType };
      }),
    };
  });
  const faults = Object.entries<Record<string, unknown>>(written.faults).map(([name, { code, says }]) => {
    check(
      NAME.test(name) && isByte(code) && typeof says === "string",
      name,
      "a fault has a code and a meaning",
    );
    return { name, code: code as number, says: says as string };
  });
  unique(messages.map(({ id }) => id));
  unique(faults.map(({ code }) => code));
  check(isByte(written.protocol), "protocol", "it is a byte");
  const schema = crc32c(new TextEncoder().encode(canonicalText(messages)));
  return { protocol: written.protocol, faults, messages, schema };
}

/** What the schema hash is of: one line per message in the order of ids, `name id from field:type,…`. */
export function canonicalText(messages: readonly TableMessage[]): string {
  const typeText = (type: FieldType): string => (typeof type === "string" ? type : `[${type.join("|")}]`);
  return [...messages]
    .sort((one, other) => one.id - other.id)
    .map(({ name, id, from, fields }) => {
      const list = fields.map((field) => `${field.name}:${typeText(field.type)}`).join(",");
      return `${name} ${id} ${from} ${list}\n`;
    })
    .join("");
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xff;
}

function unique(numbers: readonly number[]): void {
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  check(twice === undefined, `0x${twice?.toString(16)}`, "it is given twice");
}

function check(holds: boolean, where: string, what: string): void {
  if (!holds) {
    fail("CONFIG_INVALID", {
      what,
      where: `firmware-protocol/messages.yaml: ${where}`,
      remedy: "Mend the table.",
    });
  }
}
