/** What messages, fields and words are called in C. */
import type { FieldType } from "../codec/field-types.ts";
import type { Field, Table, TableMessage } from "./table.ts";

export type Words = Exclude<FieldType, string>;

export interface WordEnum {
  /** Without the prefix `gs_`. */
  readonly name: string;
  readonly words: Words;
}

/** `hello-reply` and `telemetrySeq` as `hello_reply` and `telemetry_seq`. */
export function snake(name: string): string {
  return name.replaceAll("-", "_").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `GS_STATE_RAMPING_OUT` */
export function constant(...names: readonly string[]): string {
  return ["gs", ...names].map(snake).join("_").toUpperCase();
}

/** One per list of words. */
export function wordEnums({ messages }: Table): readonly WordEnum[] {
  const enums = new Map<string, WordEnum>();
  for (const message of messages) {
    for (const field of message.fields) {
      if (typeof field.type === "string") continue;
      const name = wordEnumName(messages, message, field);
      enums.set(name, { name, words: field.type });
    }
  }
  return [...enums.values()];
}

/** The field's name when several messages share the list, else with the message's in front where it means something else too. */
export function wordEnumName(messages: readonly TableMessage[], message: TableMessage, field: Field): string {
  const namesakes = messages.flatMap(({ fields }) => fields.filter(({ name }) => name === field.name));
  const same = namesakes.filter(({ type }) => String(type) === String(field.type)).length;
  const otherLists = namesakes.some(
    ({ type }) => typeof type !== "string" && String(type) !== String(field.type),
  );
  const plain = !otherLists && (same > 1 || same === namesakes.length || message.name === field.name);
  return plain ? snake(field.name) : `${snake(message.name)}_${snake(field.name)}`;
}
