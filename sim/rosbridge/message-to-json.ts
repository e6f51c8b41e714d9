/** Messages as the text that a rosbridge server sends: NaN and Infinity become null, float32 shows what is left of a number. */
import type { Field, MessageType } from "./message-type.ts";
import { defaultOf, isBytes, isFloat, isTime, type RosMessage, type RosTime } from "./message-values.ts";
import { floatText, stringText } from "./wire-json.ts";

type Writer = (value: never) => string;

const written = new WeakMap<MessageType, (message: RosMessage) => string>();

export function messageToJson(message: RosMessage, type: MessageType): string {
  let write = written.get(type);
  if (write === undefined) {
    write = objectWriter(type);
    written.set(type, write);
  }
  return write(message);
}

function objectWriter(type: MessageType): (message: RosMessage) => string {
  const fields = type.fields.map((field, index) => ({
    name: field.name,
    head: `${index === 0 ? "" : ","}${stringText(field.name)}:`,
    write: fieldWriter(field, type.version) as (value: unknown) => string,
    fallback: null as string | null,
    field,
  }));
  return (message) => {
    let text = "{";
    for (const one of fields) {
      const value = message[one.name];
      if (value === undefined) one.fallback ??= one.write(defaultOf(one.field));
      text += one.head + (value === undefined ? one.fallback : one.write(value));
    }
    return `${text}}`;
  };
}

function fieldWriter(field: Field, version: MessageType["version"]): Writer {
  if (isBytes(field))
    return ((bytes: ArrayLike<number>) =>
      stringText(Buffer.from(Uint8Array.from(bytes)).toString("base64"))) as Writer;
  const item = itemWriter(field, version) as (value: unknown) => string;
  if (field.arrayLength < 0) return item as Writer;
  return ((list: ArrayLike<unknown>) => {
    let text = "[";
    for (let index = 0; index < list.length; index++) text += (index === 0 ? "" : ",") + item(list[index]);
    return `${text}]`;
  }) as Writer;
}

function itemWriter({ primitive, message }: Field, version: MessageType["version"]): Writer {
  if (message !== null) return ((value: RosMessage) => messageToJson(value, message)) as Writer;
  if (primitive === "string") return stringText as Writer;
  if (primitive === "float64") return float64Text as Writer;
  if (primitive !== null && isTime(primitive)) return timeText(version) as Writer;
  if (primitive !== null && isFloat(primitive))
    return ((value: number) => float64Text(Math.fround(value))) as Writer;
  return String as Writer;
}

function float64Text(value: number): string {
  return Number.isFinite(value) ? floatText(value) : "null";
}

/** {@link RosTime} in the names of its version. */
function timeText(version: MessageType["version"]): (time: RosTime) => string {
  const [sec, nsec] = version === 1 ? ["secs", "nsecs"] : ["sec", "nanosec"];
  return (time) => `{"${sec}":${time.sec},"${nsec}":${time.nsec}}`;
}
