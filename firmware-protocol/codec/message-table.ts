/**
 * The messages, as `messages.yaml` lists them; a test holds the two together. `from` says who sends it: the host (the
 * station's computer) or the robot.
 */

/**
 * Types of fields, little endian. `time`: u64, µs. `string`: u8 length and UTF-8; `text`: the same with u16.
 * `floats`: u16 count and f32 each. `values`: u8 count, then a string and an f64 each. A list of words: u8, index in it.
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
  | "floats"
  | "values"
  | readonly string[];

export interface MessageSpec {
  readonly id: number;
  readonly from: "host" | "robot";
  readonly fields: Readonly<Record<string, FieldType>>;
}

const STOP_LEVELS = ["neutral", "settle", "cut"] as const;

export const MESSAGES = {
  hello: { id: 0x01, from: "host", fields: { host: "string" } },
  "hello-reply": {
    id: 0x02,
    from: "robot",
    fields: {
      robotId: "string",
      firmware: "string",
      bootId: "u32",
      clock: ["lockstep", "realtime"],
      telemetryRate: "f32",
      runsGait: "bool",
      returnsByItself: "bool",
      channels: "u16",
      joints: "u8",
    },
  },
  describe: { id: 0x03, from: "host", fields: { subject: ["channel", "joint"], index: "u16" } },
  description: {
    id: 0x04,
    from: "robot",
    fields: { name: "string", unit: "string", source: ["measured", "commanded"], joint: "string" },
  },
  "acquire-lease": { id: 0x10, from: "host", fields: { owner: "string" } },
  lease: { id: 0x11, from: "robot", fields: { epoch: "u32" } },
  keepalive: { id: 0x12, from: "host", fields: { telemetrySeq: "u32" } },
  "release-lease": { id: 0x13, from: "host", fields: {} },
  arm: { id: 0x20, from: "host", fields: {} },
  disarm: { id: 0x21, from: "host", fields: {} },
  stage: {
    id: 0x22,
    from: "host",
    fields: { gait: "string", rampIn: "f64", rampOut: "f64", part: "u8", parts: "u8", values: "values" },
  },
  commit: { id: 0x23, from: "host", fields: { hash: "u32" } },
  start: { id: 0x24, from: "host", fields: {} },
  targets: { id: 0x25, from: "host", fields: { positions: "floats" } },
  stop: { id: 0x2f, from: "host", fields: { level: STOP_LEVELS } },
  ack: { id: 0x30, from: "robot", fields: {} },
  staged: { id: 0x31, from: "robot", fields: { hash: "u32" } },
  nack: {
    id: 0x32,
    from: "robot",
    fields: { code: ["refused", "no-lease", "busy", "malformed", "unknown"], reason: "string" },
  },
  stopped: { id: 0x33, from: "robot", fields: { confirmed: "bool", level: STOP_LEVELS, time: "time" } },
  telemetry: { id: 0x40, from: "robot", fields: { seq: "u32", time: "time", values: "floats" } },
  event: {
    id: 0x41,
    from: "robot",
    fields: { event: ["rebooted", "fault"], code: "string", reason: "string" },
  },
  advance: { id: 0x50, from: "host", fields: {} },
  place: { id: 0x51, from: "host", fields: { seed: "u32", suggestion: "u32", carryOver: "text" } },
  "carry-over": { id: 0x52, from: "robot", fields: { state: "text" } },
} as const satisfies Record<string, MessageSpec>;

export type MessageName = keyof typeof MESSAGES;

/** What a field holds in a program. */
type FieldValue<T> = T extends readonly (infer Word)[]
  ? Word
  : T extends "bool"
    ? boolean
    : T extends "string" | "text"
      ? string
      : T extends "floats"
        ? Float64Array
        : T extends "values"
          ? readonly (readonly [name: string, value: number])[]
          : number;

type Fields<T> = { readonly [Field in keyof T]: FieldValue<T[Field]> };

/** A message with its fields; `kind` is its name in the table. `time` is in seconds. */
export type Message = {
  readonly [Name in MessageName]: { readonly kind: Name } & Fields<(typeof MESSAGES)[Name]["fields"]>;
}[MessageName];

export type MessageOf<Name extends MessageName> = Extract<Message, { readonly kind: Name }>;
