/** `vectors/messages.json`: payloads that both sides must produce, and payloads that both must refuse. */
import type { FieldType } from "../codec/field-types.ts";
import { LONGEST_PAYLOAD } from "../codec/frame.ts";
import { MESSAGES, type Message, type MessageName, type Side } from "../codec/message-table.ts";
import { decodeMessage, encodeMessage } from "../codec/payload.ts";
import {
  bytesOf,
  hex,
  type InvalidMessage,
  messageToJson,
  type ValidMessage,
} from "../vectors/vector-json.ts";
import { BAD_TEXT, boundaries, ordinary } from "./field-values.ts";

const NAMES = Object.keys(MESSAGES) as MessageName[];

interface Field {
  readonly name: string;
  readonly type: FieldType;
}

export interface MessageVectors {
  readonly valid: readonly ValidMessage[];
  readonly invalid: readonly InvalidMessage[];
}

export function messageVectors(): MessageVectors {
  return {
    valid: [...NAMES.flatMap(validOf), ...otherNaNs()],
    invalid: [...NAMES.flatMap(invalidOf), ...unknownIds()],
  };
}

function fieldsOf(kind: MessageName): readonly Field[] {
  return Object.entries<FieldType>(MESSAGES[kind].fields).map(([name, type]) => ({ name, type }));
}

function withField(kind: MessageName, changed?: string, value?: unknown): Message {
  const fields = fieldsOf(kind).map(({ name, type }) => [name, name === changed ? value : ordinary(type)]);
  return { kind, ...Object.fromEntries(fields) };
}

/** The ordinary message, then one for each boundary value of each field. */
function validOf(kind: MessageName): readonly ValidMessage[] {
  const base = withField(kind);
  const length = encodeMessage(base).payload.length;
  const ones = fieldsOf(kind).flatMap(({ name, type }) => {
    const room = LONGEST_PAYLOAD - length + encodedField(kind, name).length;
    return boundaries(type, room).map((value, index) =>
      valid(`${kind}: ${name}, boundary ${index}`, withField(kind, name, value)),
    );
  });
  return [valid(`${kind}: ordinary`, base), ...ones];
}

function valid(name: string, message: Message): ValidMessage {
  const { type, payload } = encodeMessage(message);
  const { from } = MESSAGES[message.kind];
  return { name, from, id: type, payload: hex(payload), message: messageToJson(message) };
}

/** Where a field stands in the ordinary message's payload. */
function encodedField(kind: MessageName, field: string): { readonly start: number; readonly length: number } {
  let start = 0;
  for (const { name, type } of fieldsOf(kind)) {
    const length = lengthOf(type);
    if (name === field) return { start, length };
    start += length;
  }
  throw new TypeError(`${kind} has no field ${field}`);
}

function lengthOf(type: FieldType): number {
  if (typeof type !== "string") return 1;
  const fixed = { u8: 1, u16: 2, u32: 4, f32: 4, f64: 8, bool: 1, time: 8 } as const;
  if (type in fixed) return fixed[type as keyof typeof fixed];
  // As `ordinary` fills them.
  const filled = {
    string: 1 + 4,
    text: 2 + 4,
    bytes: 2 + 3,
    floats: 2 + 8,
    values: 1 + (1 + 11 + 8) + (1 + 15 + 8),
  };
  return filled[type as keyof typeof filled];
}

function invalidOf(kind: MessageName): readonly InvalidMessage[] {
  const { type: id, payload } = encodeMessage(withField(kind));
  const { from } = MESSAGES[kind];
  const whole = hex(payload);
  const bad = (why: string, text: string, error: InvalidMessage["error"] = "payload", side: Side = from) => ({
    name: `${kind}: ${why}`,
    from: side,
    id,
    payload: text,
    error,
  });
  return [
    bad("from the wrong side", whole, "unknown", from === "host" ? "robot" : "host"),
    ...Array.from(payload, (_, length) => bad(`cut after ${length} bytes`, whole.slice(0, 2 * length))),
    bad("a byte too many", `${whole}00`),
    ...fieldsOf(kind).flatMap(({ name, type }) => {
      const { start, length } = encodedField(kind, name);
      const before = whole.slice(0, 2 * start);
      const after = whole.slice(2 * (start + length));
      return wrongContents(type).map(([contents, why]) => bad(`${name}, ${why}`, before + contents + after));
    }),
  ];
}

function wrongContents(type: FieldType): readonly (readonly [contents: string, why: string])[] {
  if (typeof type !== "string")
    return [
      [byte(type.length), "a word that is none"],
      ["ff", "a word that is none"],
    ];
  switch (type) {
    case "bool":
      return [
        ["02", "neither true nor false"],
        ["ff", "neither true nor false"],
      ];
    case "time":
      return [
        ["0000000000002000", "2^53"],
        ["ffffffffffffffff", "2^64 - 1"],
      ];
    case "string":
      return [
        ...BAD_TEXT.map(([text, why]) => [byte(text.length / 2) + text, why] as const),
        ["ff4b6e6965", "a length beyond the end"],
      ];
    case "text":
      return [
        ...BAD_TEXT.map(([text, why]) => [`${byte(text.length / 2)}00${text}`, why] as const),
        ["ffff4b6e6965", "a length beyond the end"],
      ];
    case "bytes":
      return [["ffff0100ff", "a length beyond the end"]];
    case "floats":
      return [
        ["ffff0000803f000000c0", "a count beyond the end"],
        ["03400000803f000000c0", "a count beyond the end whose fourfold is not, modulo 2^16"],
      ];
    case "values":
      return [
        ["ff0161000000000000f03f", "a count beyond the end"],
        [`01${"0180"}000000000000f03f`, "a name that is not UTF-8"],
        ["01ff61000000000000f03f", "a name beyond the end"],
      ];
    default:
      return [];
  }
}

/** NaN has many patterns; all of them are understood, and one is sent. */
function otherNaNs(): readonly ValidMessage[] {
  const patterns = [
    ["subscribe", "0100807f", "0000c07f"],
    ["subscribe", "ffffffff", "0000c07f"],
    ["set-limit", "010000000000f07f", "000000000000f87f"],
    ["set-limit", "ffffffffffffffff", "000000000000f87f"],
  ] as const;
  return patterns.map(([kind, other, canonical]) => {
    const { type: id } = encodeMessage(withField(kind));
    const { from } = MESSAGES[kind];
    const [before, after] = kind === "subscribe" ? ["", "01000000"] : ["07", "000000000000e03f"];
    const payload = before + other + after;
    const message = decodeMessage(id, bytesOf(payload), from);
    if (message === null) throw new TypeError(`${payload} is no ${kind}`);
    const encoded = before + canonical + after;
    return { name: `${kind}: NaN ${other}`, from, id, payload, encoded, message: messageToJson(message) };
  });
}

function unknownIds(): readonly InvalidMessage[] {
  const known: ReadonlySet<number> = new Set(NAMES.map((name) => MESSAGES[name].id));
  const sides: readonly Side[] = ["host", "robot"];
  return Array.from({ length: 256 }, (_, id) => id)
    .filter((id) => !known.has(id))
    .flatMap((id) =>
      sides.map((from) => ({ name: `no message ${id}`, from, id, payload: "", error: "unknown" as const })),
    );
}

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}
