/** The table as TypeScript: `codec/message-table.ts`. */
import type { FieldType } from "../codec/field-types.ts";
import type { Table } from "./table.ts";

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

function property(name: string, type: FieldType): string {
  if (typeof type === "string") return `      ${name}: "${type}",\n`;
  const line = `      ${name}: [${type.map((word) => `"${word}"`).join(", ")}],\n`;
  if (line.length - 1 <= LINE_WIDTH) return line;
  return `      ${name}: [\n${type.map((word) => `        "${word}",\n`).join("")}      ],\n`;
}

function key(name: string): string {
  return /^[a-z]+$/.test(name) ? name : `"${name}"`;
}
