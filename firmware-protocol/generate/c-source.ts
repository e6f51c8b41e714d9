/** The table as C functions: `c/src/gs_messages.c`, with `primitives.c` in front. */
import { readFileSync } from "node:fs";
import type { Side } from "../codec/field-types.ts";
import { constant, snake, wordEnumName } from "./c-names.ts";
import { type Field, protocolPath, type Table, type TableMessage } from "./table.ts";

export function sourceText(table: Table): string {
  const { messages, faults } = table;
  const names = (list: readonly { readonly name: string; readonly label: string }[]): string =>
    list.map(({ name, label }) => `    case ${label}:\n      return "${name}";\n`).join("");
  const labelled = messages.map(({ name }) => ({ name, label: constant("id", name) }));
  return `/* Messages to payloads and back. Written by \`npm run generate\`; do not edit. */
#include "gs_messages.h"

#include <string.h>

${readFileSync(protocolPath("generate", "primitives.c"), "utf8").replace(/^\/\*[\s\S]*?\*\/\n/, "")}
${messages.map((message) => functionsText(table, message)).join("\n")}
${decoderText(messages, "host")}
${decoderText(messages, "robot")}
int gs_decode(gs_message *message, gs_side from, uint8_t id, const uint8_t *payload, size_t length) {
  return from == GS_HOST ? gs_decode_from_host(message, id, payload, length)
                         : gs_decode_from_robot(message, id, payload, length);
}

int gs_encode(const gs_message *message, uint8_t *payload, size_t size) {
  switch (message->id) {
${messages
  .map(
    ({ name }) =>
      `    case ${constant("id", name)}:\n      return gs_encode_${snake(name)}(&message->as.${snake(name)}, payload, size);\n`,
  )
  .join("")}    default:
      return GS_ERROR_UNKNOWN;
  }
}

const char *gs_message_name(uint8_t id) {
  switch (id) {
${names(labelled)}    default:
      return NULL;
  }
}

const char *gs_fault_name(uint8_t code) {
  switch (code) {
${names(faults.map(({ name }) => ({ name, label: constant("fault", name) })))}    default:
      return NULL;
  }
}
`;
}

function functionsText(table: Table, message: TableMessage): string {
  const name = snake(message.name);
  const decode = message.fields.map((field) => `  ${readText(table, message, field)}\n`).join("");
  const encode = message.fields.map((field) => `  ${writeText(field)}\n`).join("");
  const unused = message.fields.length === 0;
  return `int gs_decode_${name}(gs_msg_${name} *message, const uint8_t *payload, size_t length) {
  reader in = {payload, length, 0, false};
${unused ? "  message->nothing = 0;\n" : decode}  return finished(&in);
}

int gs_encode_${name}(const gs_msg_${name} *message, uint8_t *payload, size_t size) {
  writer out = begin(payload, size);
${unused ? "  (void)message;\n" : encode}  return written(&out);
}
`;
}

function readText(table: Table, message: TableMessage, field: Field): string {
  const target = `message->${snake(field.name)}`;
  if (typeof field.type === "string") return `${target} = read_${field.type}(&in);`;
  const type = wordEnumName(table.messages, message, field);
  return `${target} = (gs_${type})read_word(&in, ${field.type.length});`;
}

function writeText(field: Field): string {
  const source = `message->${snake(field.name)}`;
  if (typeof field.type === "string") return `write_${field.type}(&out, ${source});`;
  return `write_word(&out, (unsigned)${source}, ${field.type.length});`;
}

function decoderText(messages: readonly TableMessage[], side: Side): string {
  return `int gs_decode_from_${side}(gs_message *message, uint8_t id, const uint8_t *payload, size_t length) {
  message->id = id;
  switch (id) {
${messages
  .filter(({ from }) => from === side)
  .map(
    ({ name }) =>
      `    case ${constant("id", name)}:\n      return gs_decode_${snake(name)}(&message->as.${snake(name)}, payload, length);\n`,
  )
  .join("")}    default:
      return GS_ERROR_UNKNOWN;
  }
}
`;
}
