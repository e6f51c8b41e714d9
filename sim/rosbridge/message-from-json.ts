/**
 * What a client sends becomes a message, or is refused, as rosbridge_library does it (message_conversion.py, both branches): an
 * unknown field or a wrong type refuses the whole message, what is missing gets its default, a header its stamp.
 */
import type { Field, MessageType, Primitive } from "./message-type.ts";
import {
  defaultMessage,
  isBytes,
  isFloat,
  isHeader,
  isTime,
  NO_TIME,
  type RosMessage,
  type RosTime,
  rangeOf,
} from "./message-values.ts";
import { isWireObject, WholeFloat, type Wire } from "./wire-json.ts";

/** The message is not sent on. Its text is what the server says about a service call. */
export class ConversionError extends Error {}

/** @throws ConversionError */
export function messageFromJson(json: Wire, type: MessageType, now: () => RosTime): RosMessage {
  return objectFrom(json, type, { root: type, now }, []);
}

interface Context {
  readonly root: MessageType;
  readonly now: () => RosTime;
}

type Path = readonly string[];

function objectFrom(json: Wire, type: MessageType, context: Context, path: Path): RosMessage {
  if (!isWireObject(json)) throw mismatch(context, path, type.name, json);
  const message: Record<string, unknown> = { ...defaultMessage(type) };
  if (isHeader(type)) message.stamp = context.now();
  for (const [name, value] of Object.entries(json)) {
    const field = type.fields.find((one) => one.name === name);
    const inner = [...path, name];
    if (field === undefined)
      throw new ConversionError(`Message type ${context.root.name} does not have a field ${inner.join(".")}`);
    message[name] = fieldFrom(value as Wire, field, context, inner);
  }
  return message;
}

function fieldFrom(json: Wire, field: Field, context: Context, path: Path): unknown {
  const { arrayLength, type } = field;
  if (isBytes(field)) return bytesFrom(json, arrayLength);
  if (arrayLength < 0) return itemFrom(json, field, context, path);
  if (!Array.isArray(json)) throw mismatch(context, path, `${type}[]`, json);
  if (arrayLength > 0 && json.length !== arrayLength)
    throw new ConversionError(`${path.join(".")} takes ${arrayLength} values, not ${json.length}`);
  // ROS 2 holds numbers in typed arrays, which take integers and floats alike.
  if (context.root.version === 2 && field.primitive !== null && isFloat(field.primitive))
    return json.map((item) => floatFrom(item) ?? raise(mismatch(context, path, type, item)));
  return json.map((item) => itemFrom(item, field, context, path));
}

function itemFrom(json: Wire, { primitive, message }: Field, context: Context, path: Path): unknown {
  if (message !== null) return objectFrom(json, message, context, path);
  if (primitive !== null && isTime(primitive)) return timeFrom(json, primitive, context);
  return primitiveFrom(json, primitive!, context, path);
}

function primitiveFrom(json: Wire, primitive: Primitive, context: Context, path: Path): unknown {
  if (primitive === "bool" && typeof json === "boolean") return json;
  if (primitive === "string" && typeof json === "string") return json;
  if (isFloat(primitive)) {
    const value = floatFrom(json);
    if (value !== null) return value;
    // In Python a truth value is an integer; ROS 2's server makes a float of it.
    if (context.root.version === 2 && typeof json === "boolean") return Number(json);
  }
  const range = rangeOf(primitive);
  if (range !== null && (typeof json === "bigint" || Number.isInteger(json))) {
    const value = json as number | bigint;
    if (value >= range[0] && value <= range[1]) return value;
    throw new ConversionError(`${path.join(".")}: ${value} is no ${primitive}`);
  }
  throw mismatch(context, path, primitive, json);
}

function floatFrom(json: Wire): number | null {
  if (json instanceof WholeFloat) return json.value;
  return typeof json === "number" || typeof json === "bigint" ? Number(json) : null;
}

/** Fields of other names are ignored, and so is what is no object. */
function timeFrom(json: Wire, primitive: Primitive, { root, now }: Context): RosTime {
  if (primitive === "time" && json === "now") return now();
  if (!isWireObject(json)) {
    if (root.version === 2) throw new ConversionError(`${typeof json} is no ${primitive}`);
    return NO_TIME;
  }
  const one = (names: readonly string[]): number => {
    const name = names.find((known) => known in json);
    const value = name === undefined ? 0 : json[name];
    if (typeof value === "number" && Number.isInteger(value)) return value;
    throw new ConversionError(`${name} is no integer`);
  };
  return root.version === 1
    ? { sec: one(["secs"]), nsec: one(["nsecs"]) }
    : { sec: one(["sec", "secs"]), nsec: one(["nanosec", "nsecs"]) };
}

function bytesFrom(json: Wire, length: number): Uint8Array {
  const list = Array.isArray(json) ? json : null;
  if (typeof json !== "string" && !list?.every((item) => Number.isInteger(item) && item >= 0 && item < 256))
    throw new ConversionError("these are no bytes");
  const bytes = list === null ? Buffer.from(json as string, "base64") : Uint8Array.from(list as number[]);
  if (length > 0 && bytes.length !== length)
    throw new ConversionError(`${length} bytes are taken, not ${bytes.length}`);
  return bytes;
}

function raise(error: Error): never {
  throw error;
}

function mismatch({ root }: Context, path: Path, expected: string, found: Wire): ConversionError {
  const kind = `<class '${pythonType(found)}'>`;
  return new ConversionError(
    root.name === expected
      ? `Expected a JSON object for type ${root.name} but received a ${kind}`
      : `${root.name} message requires a ${expected} for field ${path.join(".")}, but got a ${kind}`,
  );
}

function pythonType(value: Wire): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "str";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (value instanceof WholeFloat) return "float";
  return Array.isArray(value) ? "list" : "dict";
}

/** Arguments of a service call: by name, or in order. Anything else means none. */
export function argumentsByName(args: Wire | undefined, { fields }: MessageType): Wire {
  if (Array.isArray(args))
    return Object.fromEntries(fields.slice(0, args.length).map(({ name }, index) => [name, args[index]]));
  return isWireObject(args) ? args : {};
}
