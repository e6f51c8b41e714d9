/** The table as a C header: `c/src/gs_messages.h`. */
import type { FieldType } from "../codec/field-types.ts";
import { LONGEST_PAYLOAD } from "../codec/frame.ts";
import { constant, snake, wordEnumName, wordEnums } from "./c-names.ts";
import type { Table, TableMessage } from "./table.ts";

const C_TYPES: Readonly<Record<Extract<FieldType, string>, string>> = {
  u8: "uint8_t",
  u16: "uint16_t",
  u32: "uint32_t",
  f32: "float",
  f64: "double",
  bool: "bool",
  time: "uint64_t",
  string: "gs_string",
  text: "gs_string",
  bytes: "gs_bytes",
  floats: "gs_floats",
  values: "gs_values",
};

export function headerText(table: Table): string {
  const { protocol, schema, faults, messages } = table;
  return `/*
 * The messages as messages.yaml lists them. Written by \`npm run generate\`; do not edit.
 *
 * Decoding copies nothing: strings, bytes, floats and values are views into the payload, which must outlive the message.
 * Everything is checked while decoding: a message that was decoded holds only what the table allows.
 */
#ifndef GS_MESSAGES_H
#define GS_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the protocol that this table belongs to. */
#define GS_PROTOCOL ${protocol}u
/* Hash of the messages and their fields, exchanged in hello and hello-reply. */
#define GS_SCHEMA 0x${schema.toString(16).padStart(8, "0")}u
/* Longest payload of a frame, bytes; a longer one is not encoded. */
#define GS_LONGEST_PAYLOAD ${LONGEST_PAYLOAD}u

/* Why a message was not encoded or not decoded; all negative. */
typedef enum {
  GS_ERROR_ROOM = -1,    /* it does not fit the buffer, or no frame */
  GS_ERROR_VALUE = -2,   /* a field cannot be written as the table says */
  GS_ERROR_UNKNOWN = -3, /* no message with this id comes from this side */
  GS_ERROR_PAYLOAD = -4  /* truncated, trailing bytes, bad text, number or word */
} gs_error;

typedef enum { GS_HOST, GS_ROBOT } gs_side;

/* UTF-8, not terminated. */
typedef struct {
  const char *bytes;
  uint16_t length;
} gs_string;

typedef struct {
  const uint8_t *bytes;
  uint16_t length;
} gs_bytes;

/* Binary32 numbers as they stand on the wire, 4 bytes each; see gs_float_at and gs_put_float. */
typedef struct {
  const uint8_t *bytes;
  uint16_t count;
} gs_floats;

/* Names and binary64 numbers as they stand on the wire; see gs_next_value and gs_put_value. */
typedef struct {
  const uint8_t *bytes;
  uint16_t length;
  uint8_t count;
} gs_values;

/* @param text terminated; more than 65535 bytes are cut */
gs_string gs_string_of(const char *text);
bool gs_string_equal(gs_string one, gs_string other);

/* @param index below floats->count */
float gs_float_at(const gs_floats *floats, uint16_t index);
/* Writes 4 bytes, for gs_floats and for samples of telemetry; NaN is always the same one. */
void gs_put_float(uint8_t *bytes, float value);

/* Takes the next pair off the front of \`rest\`. @return false when there is none */
bool gs_next_value(gs_values *rest, gs_string *name, double *value);
/* Appends a pair to values whose bytes are \`buffer\`. @return false when there is no room, and nothing has changed */
bool gs_put_value(gs_values *values, uint8_t *buffer, size_t size, gs_string name, double value);

/* Whether the bytes are UTF-8: nothing overlong, no surrogates, nothing above U+10FFFF. */
bool gs_is_utf8(const char *bytes, size_t length);

/* Ids of messages. */
typedef enum {
${messages.map(({ name, id }) => `  ${constant("id", name)} = ${hex(id)}`).join(",\n")}
} gs_id;

/* Codes of an event. */
typedef enum {
${faults.map(({ name, code, says }, index) => `  ${constant("fault", name)} = ${code}${index + 1 < faults.length ? "," : ""} /* ${says} */`).join("\n")}
} gs_fault;

${wordEnums(table)
  .map(
    ({ name, words }) =>
      `typedef enum {\n${words.map((word, index) => `  ${constant(name, word)} = ${index}`).join(",\n")}\n} gs_${name};\n`,
  )
  .join("\n")}
${messages.map((message) => structText(table, message)).join("\n")}
/* Any message; \`id\` says which. */
typedef struct {
  uint8_t id;
  union {
${messages.map(({ name }) => `    gs_msg_${snake(name)} ${snake(name)};`).join("\n")}
  } as;
} gs_message;

/* @return the message's name in the table, or NULL when there is no such id */
const char *gs_message_name(uint8_t id);
/* @return the fault's name in the table, or NULL when there is no such code */
const char *gs_fault_name(uint8_t code);

/* Decode what the host, or the robot, has sent. @return 0, or a gs_error and \`message\` is not to be used */
int gs_decode_from_host(gs_message *message, uint8_t id, const uint8_t *payload, size_t length);
int gs_decode_from_robot(gs_message *message, uint8_t id, const uint8_t *payload, size_t length);
int gs_decode(gs_message *message, gs_side from, uint8_t id, const uint8_t *payload, size_t length);

/* @return the length of the payload, or a gs_error */
int gs_encode(const gs_message *message, uint8_t *payload, size_t size);

/* One message each: decoding returns 0 or a gs_error, encoding the length of the payload or a gs_error. */
${messages
  .map(
    ({ name }) =>
      `int gs_decode_${snake(name)}(gs_msg_${snake(name)} *message, const uint8_t *payload, size_t length);\nint gs_encode_${snake(name)}(const gs_msg_${snake(name)} *message, uint8_t *payload, size_t size);`,
  )
  .join("\n")}

#ifdef __cplusplus
}
#endif

#endif
`;
}

function structText({ messages }: Table, message: TableMessage): string {
  const fields = message.fields.map((field) => {
    const type =
      typeof field.type === "string" ? C_TYPES[field.type] : `gs_${wordEnumName(messages, message, field)}`;
    return `  ${type} ${snake(field.name)};${field.type === "time" ? " /* microseconds */" : ""}\n`;
  });
  // C knows no empty struct.
  const body = fields.length === 0 ? "  uint8_t nothing;\n" : fields.join("");
  return `/*\n${wrapped(`From the ${message.from}. ${message.says}`)} */\ntypedef struct {\n${body}} gs_msg_${snake(message.name)};\n`;
}

/** Text as lines of a block comment. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = " *";
  for (const word of text.replaceAll("*/", "").split(/\s+/)) {
    if (line.length + 1 + word.length > 110) {
      lines.push(line);
      line = " *";
    }
    line += ` ${word}`;
  }
  return [...lines, line, ""].join("\n");
}

function hex(id: number): string {
  return `0x${id.toString(16).padStart(2, "0")}`;
}
