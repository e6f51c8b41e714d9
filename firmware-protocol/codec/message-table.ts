/** The messages as messages.yaml lists them. Written by `npm run generate`; do not edit. */
import type { MessageIn, MessageSpec } from "./field-types.ts";

export type { FieldType, MessageSpec, Side } from "./field-types.ts";

/** Version of the protocol that this table belongs to. */
export const PROTOCOL = 1;

/** Hash of the messages and their fields: CRC-32C of one line per message, `name id from field:type,…`. */
export const SCHEMA = 0x0218ebdf;

/** Codes of `event.code`. */
export const FAULTS = {
  none: { code: 0, says: "no fault" },
  "dead-man": { code: 1, says: "the host was silent, or its answers to the challenge were stale" },
  limit: { code: 2, says: "a hard limit of the firmware was crossed; `reason` names it" },
  button: { code: 3, says: "the robot's own stop button was pressed" },
  motor: { code: 4, says: "a motor driver failed or does not answer" },
  sensor: { code: 5, says: "an encoder or the IMU does not answer or is not plausible" },
  temperature: { code: 6, says: "a motor or driver cut out because it was hot" },
  supply: { code: 7, says: "the supply voltage is too low" },
  overrun: { code: 8, says: "the control loop was late" },
  internal: { code: 9, says: "a defect of the firmware" },
} as const;

export const MESSAGES = {
  hello: {
    id: 0x01,
    from: "host",
    fields: {
      oldest: "u8",
      newest: "u8",
      schema: "u32",
      host: "string",
    },
  },
  "hello-reply": {
    id: 0x02,
    from: "robot",
    fields: {
      protocol: "u8",
      schema: "u32",
      robotId: "string",
      firmware: "string",
      bootId: "u32",
      reset: ["power-on", "software", "watchdog", "brown-out", "unknown"],
      clock: ["lockstep", "realtime"],
      telemetryRate: "f32",
      settleAfter: "f32",
      cutAfter: "f32",
      runsGait: "bool",
      returnsByItself: "bool",
      channels: "u16",
      joints: "u8",
      parameters: "u8",
      limits: "u8",
    },
  },
  describe: {
    id: 0x03,
    from: "host",
    fields: {
      subject: ["channel", "joint"],
      index: "u16",
    },
  },
  description: {
    id: 0x04,
    from: "robot",
    fields: {
      name: "string",
      unit: "string",
      source: ["measured", "commanded"],
      joint: "string",
      group: "u8",
      resolution: "f32",
    },
  },
  "get-parameter": {
    id: 0x05,
    from: "host",
    fields: {
      index: "u8",
    },
  },
  parameter: {
    id: 0x06,
    from: "robot",
    fields: {
      gait: "string",
      name: "string",
      unit: "string",
      low: "f64",
      high: "f64",
      active: "f64",
    },
  },
  "get-limit": {
    id: 0x07,
    from: "host",
    fields: {
      index: "u8",
    },
  },
  "set-limit": {
    id: 0x08,
    from: "host",
    fields: {
      index: "u8",
      low: "f64",
      high: "f64",
    },
  },
  limit: {
    id: 0x09,
    from: "robot",
    fields: {
      name: "string",
      joint: "string",
      unit: "string",
      low: "f64",
      high: "f64",
      action: ["settle", "cut"],
    },
  },
  "get-status": {
    id: 0x0a,
    from: "host",
    fields: {},
  },
  status: {
    id: 0x0b,
    from: "robot",
    fields: {
      state: ["off", "rising", "standing", "walking", "ramping-out", "settling"],
      latched: "u32",
      epoch: "u32",
      owner: "string",
      activeHash: "u32",
      stagedHash: "u32",
      limitsLocked: "bool",
    },
  },
  "get-statistics": {
    id: 0x0c,
    from: "host",
    fields: {},
  },
  statistics: {
    id: 0x0d,
    from: "robot",
    fields: {
      framesReceived: "u32",
      framesBroken: "u32",
      framesMalformed: "u32",
      framesRepeated: "u32",
      framesSent: "u32",
      framesUnsent: "u32",
      keepalivesStale: "u32",
      loopOverruns: "u32",
      longestPeriod: "f32",
    },
  },
  "time-sync": {
    id: 0x0e,
    from: "host",
    fields: {
      sent: "time",
    },
  },
  "time-reply": {
    id: 0x0f,
    from: "robot",
    fields: {
      sent: "time",
      received: "time",
      replied: "time",
    },
  },
  "acquire-lease": {
    id: 0x10,
    from: "host",
    fields: {
      owner: "string",
    },
  },
  lease: {
    id: 0x11,
    from: "robot",
    fields: {
      epoch: "u32",
    },
  },
  keepalive: {
    id: 0x12,
    from: "host",
    fields: {
      telemetrySeq: "u32",
      response: "u16",
    },
  },
  "release-lease": {
    id: 0x13,
    from: "host",
    fields: {},
  },
  arm: {
    id: 0x20,
    from: "host",
    fields: {},
  },
  disarm: {
    id: 0x21,
    from: "host",
    fields: {},
  },
  stage: {
    id: 0x22,
    from: "host",
    fields: {
      gait: "string",
      rampIn: "f64",
      rampOut: "f64",
      part: "u8",
      parts: "u8",
      values: "values",
    },
  },
  commit: {
    id: 0x23,
    from: "host",
    fields: {
      hash: "u32",
    },
  },
  store: {
    id: 0x26,
    from: "host",
    fields: {},
  },
  start: {
    id: 0x24,
    from: "host",
    fields: {},
  },
  targets: {
    id: 0x25,
    from: "host",
    fields: {
      positions: "floats",
    },
  },
  stop: {
    id: 0x2f,
    from: "host",
    fields: {
      level: ["neutral", "settle", "cut"],
    },
  },
  "e-stop": {
    id: 0x2e,
    from: "host",
    fields: {
      level: ["neutral", "settle", "cut"],
      reason: "string",
    },
  },
  "clear-e-stop": {
    id: 0x2d,
    from: "host",
    fields: {
      event: "u32",
      checked: "string",
    },
  },
  ack: {
    id: 0x30,
    from: "robot",
    fields: {},
  },
  staged: {
    id: 0x31,
    from: "robot",
    fields: {
      hash: "u32",
    },
  },
  nack: {
    id: 0x32,
    from: "robot",
    fields: {
      code: ["refused", "no-lease", "busy", "malformed", "unknown", "version", "locked", "latched"],
      field: "string",
      reason: "string",
    },
  },
  stopped: {
    id: 0x33,
    from: "robot",
    fields: {
      confirmed: "bool",
      level: ["neutral", "settle", "cut"],
      time: "time",
    },
  },
  subscribe: {
    id: 0x3f,
    from: "host",
    fields: {
      rate: "f32",
      groups: "u32",
    },
  },
  subscribed: {
    id: 0x3e,
    from: "robot",
    fields: {
      rate: "f32",
      groups: "u32",
      bytes: "u16",
    },
  },
  telemetry: {
    id: 0x40,
    from: "robot",
    fields: {
      seq: "u32",
      time: "time",
      challenge: "u16",
      set: "u16",
      state: ["off", "rising", "standing", "walking", "ramping-out", "settling"],
      samples: "bytes",
    },
  },
  event: {
    id: 0x41,
    from: "robot",
    fields: {
      number: "u32",
      event: ["rebooted", "fault", "latched", "cleared", "note"],
      code: "u8",
      time: "time",
      reason: "string",
    },
  },
  advance: {
    id: 0x50,
    from: "host",
    fields: {},
  },
  place: {
    id: 0x51,
    from: "host",
    fields: {
      seed: "u32",
      suggestion: "u32",
      carryOver: "text",
    },
  },
  "carry-over": {
    id: 0x52,
    from: "robot",
    fields: {
      state: "text",
    },
  },
} as const satisfies Record<string, MessageSpec>;

export type MessageName = keyof typeof MESSAGES;

/** A message with its fields; `kind` is its name in the table. `time` is in seconds. */
export type Message = MessageIn<typeof MESSAGES>;

export type MessageOf<Name extends MessageName> = Extract<Message, { readonly kind: Name }>;
