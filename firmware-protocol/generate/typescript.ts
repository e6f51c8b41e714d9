/** The table as TypeScript: `codec/message-table.ts` and `codec/message-fields.ts`. */
import type { FieldType } from "../codec/field-types.ts";
import type { Field, Table, TableMessage } from "./table.ts";

const LINE_WIDTH = 110;

/** Laid out as the project's formatter does it. */
export function messageTableText({ protocol, schema, faults, messages }: Table): string {
  return `/** The messages as messages.yaml lists them. Written by \`npm run generate\`; do not edit. */
import type { MessageIn, MessageSpec } from "./field-types.ts";

export type { FieldType, MessageSpec, Side } from "./field-types.ts";

/** Version of the protocol that this table belongs to. */
export const PROTOCOL = ${protocol};

/** Hash of the messages and their fields: CRC-32C of one line per message, \`name id from field:type,…\`. */
export const SCHEMA = 0x${schema.toString(16).padStart(8, "0")};

/** Codes of \`event.code\`. */
export const FAULTS = {
${faults.map(({ name, code, says }) => `  ${key(name)}: { code: ${code}, says: ${JSON.stringify(says)} },`).join("\n")}
} as const;

export const MESSAGES = {
${messages
  .map(({ name, id, from, fields }) => {
    const lines = fields.map((field) => property(field.name, field.type));
    const body = lines.length === 0 ? "    fields: {},\n" : `    fields: {\n${lines.join("")}    },\n`;
    return `  ${key(name)}: {\n    id: 0x${id.toString(16).padStart(2, "0")},\n    from: "${from}",\n${body}  },\n`;
  })
  .join("")}} as const satisfies Record<string, MessageSpec>;

export type MessageName = keyof typeof MESSAGES;

/** A message with its fields; \`kind\` is its name in the table. \`time\` is in seconds. */
export type Message = MessageIn<typeof MESSAGES>;

export type MessageOf<Name extends MessageName> = Extract<Message, { readonly kind: Name }>;
`;
}

/** A function per message and direction: one that knows its fields is three times as quick as one that looks them up. */
export function messageFieldsText({ messages }: Table): string {
  return `/** Fields of each message, in the order of messages.yaml. Written by \`npm run generate\`; do not edit. */
import { MESSAGES, type MessageName, type MessageOf } from "./message-table.ts";
import type { PayloadReader } from "./payload-reader.ts";
import type { PayloadWriter } from "./payload-writer.ts";

type Write = {
  readonly [Name in MessageName]: (writer: PayloadWriter, message: MessageOf<Name>) => void;
};

export const WRITE: Write = {
${messages.map(writeText).join("")}};

type Read = {
  readonly [Name in MessageName]: (reader: PayloadReader) => MessageOf<Name>;
};

export const READ: Read = {
${messages.map(readText).join("")}};
`;
}

function writeText({ name, fields }: TableMessage): string {
  if (fields.length === 0) return `  ${key(name)}: () => {},\n`;
  const lines = fields.map((field) => {
    const words = typeof field.type === "string" ? "" : `${wordsOf(name, field)}, `;
    return `    writer.${method(field)}("${field.name}", ${words}message.${field.name});\n`;
  });
  return `  ${key(name)}: (writer, message) => {\n${lines.join("")}  },\n`;
}

function readText({ name, fields }: TableMessage): string {
  if (fields.length === 0) return `  ${key(name)}: () => ({ kind: "${name}" }),\n`;
  const lines = fields.map((field) => {
    const words = typeof field.type === "string" ? "" : wordsOf(name, field);
    return `    ${field.name}: reader.${method(field)}(${words}),\n`;
  });
  return `  ${key(name)}: (reader) => ({\n    kind: "${name}",\n${lines.join("")}  }),\n`;
}

function method({ type }: Field): string {
  return typeof type === "string" ? type : "word";
}

function wordsOf(message: string, { name }: Field): string {
  return `MESSAGES${/^[a-z]+$/.test(message) ? `.${message}` : `["${message}"]`}.fields.${name}`;
}

function property(name: string, type: FieldType): string {
  if (typeof type === "string") return `      ${name}: "${type}",\n`;
  const line = `      ${name}: [${type.map((word) => `"${word}"`).join(", ")}],\n`;
  if (line.length - 1 <= LINE_WIDTH) return line;
  return `      ${name}: [\n${type.map((word) => `        "${word}",\n`).join("")}      ],\n`;
}

function key(name: string): string {
  return /^[a-z]+$/.test(name) ? name : `"${name}"`;
}
