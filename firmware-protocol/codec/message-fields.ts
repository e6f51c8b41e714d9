/** Fields of each message, in the order of messages.yaml. Written by `npm run generate`; do not edit. */
import { MESSAGES, type MessageName, type MessageOf } from "./message-table.ts";
import type { PayloadReader } from "./payload-reader.ts";
import type { PayloadWriter } from "./payload-writer.ts";

type Write = {
  readonly [Name in MessageName]: (writer: PayloadWriter, message: MessageOf<Name>) => void;
};

export const WRITE: Write = {
  hello: (writer, message) => {
    writer.u8("oldest", message.oldest);
    writer.u8("newest", message.newest);
    writer.u32("schema", message.schema);
    writer.string("host", message.host);
  },
  "hello-reply": (writer, message) => {
    writer.u8("protocol", message.protocol);
    writer.u32("schema", message.schema);
    writer.string("robotId", message.robotId);
    writer.string("firmware", message.firmware);
    writer.u32("bootId", message.bootId);
    writer.word("reset", MESSAGES["hello-reply"].fields.reset, message.reset);
    writer.word("clock", MESSAGES["hello-reply"].fields.clock, message.clock);
    writer.f32("telemetryRate", message.telemetryRate);
    writer.f32("settleAfter", message.settleAfter);
    writer.f32("cutAfter", message.cutAfter);
    writer.bool("runsGait", message.runsGait);
    writer.bool("returnsByItself", message.returnsByItself);
    writer.u16("channels", message.channels);
    writer.u8("joints", message.joints);
    writer.u8("parameters", message.parameters);
    writer.u8("limits", message.limits);
  },
  describe: (writer, message) => {
    writer.word("subject", MESSAGES.describe.fields.subject, message.subject);
    writer.u16("index", message.index);
  },
  description: (writer, message) => {
    writer.string("name", message.name);
    writer.string("unit", message.unit);
    writer.word("source", MESSAGES.description.fields.source, message.source);
    writer.string("joint", message.joint);
    writer.u8("group", message.group);
    writer.f32("resolution", message.resolution);
  },
  "get-parameter": (writer, message) => {
    writer.u8("index", message.index);
  },
  parameter: (writer, message) => {
    writer.string("gait", message.gait);
    writer.string("name", message.name);
    writer.string("unit", message.unit);
    writer.f64("low", message.low);
    writer.f64("high", message.high);
    writer.f64("active", message.active);
  },
  "get-limit": (writer, message) => {
    writer.u8("index", message.index);
  },
  "set-limit": (writer, message) => {
    writer.u8("index", message.index);
    writer.f64("low", message.low);
    writer.f64("high", message.high);
  },
  limit: (writer, message) => {
    writer.string("name", message.name);
    writer.string("joint", message.joint);
    writer.string("unit", message.unit);
    writer.f64("low", message.low);
    writer.f64("high", message.high);
    writer.word("action", MESSAGES.limit.fields.action, message.action);
  },
  "get-status": () => {},
  status: (writer, message) => {
    writer.word("state", MESSAGES.status.fields.state, message.state);
    writer.u32("latched", message.latched);
    writer.u32("epoch", message.epoch);
    writer.string("owner", message.owner);
    writer.u32("activeHash", message.activeHash);
    writer.u32("stagedHash", message.stagedHash);
    writer.bool("limitsLocked", message.limitsLocked);
  },
  "get-statistics": () => {},
  statistics: (writer, message) => {
    writer.u32("framesReceived", message.framesReceived);
    writer.u32("framesBroken", message.framesBroken);
    writer.u32("framesMalformed", message.framesMalformed);
    writer.u32("framesRepeated", message.framesRepeated);
    writer.u32("framesSent", message.framesSent);
    writer.u32("framesUnsent", message.framesUnsent);
    writer.u32("keepalivesStale", message.keepalivesStale);
    writer.u32("loopOverruns", message.loopOverruns);
    writer.f32("longestPeriod", message.longestPeriod);
  },
  "time-sync": (writer, message) => {
    writer.time("sent", message.sent);
  },
  "time-reply": (writer, message) => {
    writer.time("sent", message.sent);
    writer.time("received", message.received);
    writer.time("replied", message.replied);
  },
  "acquire-lease": (writer, message) => {
    writer.string("owner", message.owner);
  },
  lease: (writer, message) => {
    writer.u32("epoch", message.epoch);
  },
  keepalive: (writer, message) => {
    writer.u32("telemetrySeq", message.telemetrySeq);
    writer.u16("response", message.response);
  },
  "release-lease": () => {},
  arm: () => {},
  disarm: () => {},
  stage: (writer, message) => {
    writer.string("gait", message.gait);
    writer.f64("rampIn", message.rampIn);
    writer.f64("rampOut", message.rampOut);
    writer.u8("part", message.part);
    writer.u8("parts", message.parts);
    writer.values("values", message.values);
  },
  commit: (writer, message) => {
    writer.u32("hash", message.hash);
  },
  store: () => {},
  start: () => {},
  targets: (writer, message) => {
    writer.floats("positions", message.positions);
  },
  stop: (writer, message) => {
    writer.word("level", MESSAGES.stop.fields.level, message.level);
  },
  "e-stop": (writer, message) => {
    writer.word("level", MESSAGES["e-stop"].fields.level, message.level);
    writer.string("reason", message.reason);
  },
  "clear-e-stop": (writer, message) => {
    writer.u32("event", message.event);
    writer.string("checked", message.checked);
  },
  ack: () => {},
  staged: (writer, message) => {
    writer.u32("hash", message.hash);
  },
  nack: (writer, message) => {
    writer.word("code", MESSAGES.nack.fields.code, message.code);
    writer.string("field", message.field);
    writer.string("reason", message.reason);
  },
  stopped: (writer, message) => {
    writer.bool("confirmed", message.confirmed);
    writer.word("level", MESSAGES.stopped.fields.level, message.level);
    writer.time("time", message.time);
  },
  subscribe: (writer, message) => {
    writer.f32("rate", message.rate);
    writer.u32("groups", message.groups);
  },
  subscribed: (writer, message) => {
    writer.f32("rate", message.rate);
    writer.u32("groups", message.groups);
    writer.u16("bytes", message.bytes);
  },
  telemetry: (writer, message) => {
    writer.u32("seq", message.seq);
    writer.time("time", message.time);
    writer.u16("challenge", message.challenge);
    writer.u16("set", message.set);
    writer.word("state", MESSAGES.telemetry.fields.state, message.state);
    writer.bytes("samples", message.samples);
  },
  event: (writer, message) => {
    writer.u32("number", message.number);
    writer.word("event", MESSAGES.event.fields.event, message.event);
    writer.u8("code", message.code);
    writer.time("time", message.time);
    writer.string("reason", message.reason);
  },
  advance: () => {},
  place: (writer, message) => {
    writer.u32("seed", message.seed);
    writer.u32("suggestion", message.suggestion);
    writer.text("carryOver", message.carryOver);
  },
  "carry-over": (writer, message) => {
    writer.text("state", message.state);
  },
};

type Read = {
  readonly [Name in MessageName]: (reader: PayloadReader) => MessageOf<Name>;
};

export const READ: Read = {
  hello: (reader) => ({
    kind: "hello",
    oldest: reader.u8(),
    newest: reader.u8(),
    schema: reader.u32(),
    host: reader.string(),
  }),
  "hello-reply": (reader) => ({
    kind: "hello-reply",
    protocol: reader.u8(),
    schema: reader.u32(),
    robotId: reader.string(),
    firmware: reader.string(),
    bootId: reader.u32(),
    reset: reader.word(MESSAGES["hello-reply"].fields.reset),
    clock: reader.word(MESSAGES["hello-reply"].fields.clock),
    telemetryRate: reader.f32(),
    settleAfter: reader.f32(),
    cutAfter: reader.f32(),
    runsGait: reader.bool(),
    returnsByItself: reader.bool(),
    channels: reader.u16(),
    joints: reader.u8(),
    parameters: reader.u8(),
    limits: reader.u8(),
  }),
  describe: (reader) => ({
    kind: "describe",
    subject: reader.word(MESSAGES.describe.fields.subject),
    index: reader.u16(),
  }),
  description: (reader) => ({
    kind: "description",
    name: reader.string(),
    unit: reader.string(),
    source: reader.word(MESSAGES.description.fields.source),
    joint: reader.string(),
    group: reader.u8(),
    resolution: reader.f32(),
  }),
  "get-parameter": (reader) => ({
    kind: "get-parameter",
    index: reader.u8(),
  }),
  parameter: (reader) => ({
    kind: "parameter",
    gait: reader.string(),
    name: reader.string(),
    unit: reader.string(),
    low: reader.f64(),
    high: reader.f64(),
    active: reader.f64(),
  }),
  "get-limit": (reader) => ({
    kind: "get-limit",
    index: reader.u8(),
  }),
  "set-limit": (reader) => ({
    kind: "set-limit",
    index: reader.u8(),
    low: reader.f64(),
    high: reader.f64(),
  }),
  limit: (reader) => ({
    kind: "limit",
    name: reader.string(),
    joint: reader.string(),
    unit: reader.string(),
    low: reader.f64(),
    high: reader.f64(),
    action: reader.word(MESSAGES.limit.fields.action),
  }),
  "get-status": () => ({ kind: "get-status" }),
  status: (reader) => ({
    kind: "status",
    state: reader.word(MESSAGES.status.fields.state),
    latched: reader.u32(),
    epoch: reader.u32(),
    owner: reader.string(),
    activeHash: reader.u32(),
    stagedHash: reader.u32(),
    limitsLocked: reader.bool(),
  }),
  "get-statistics": () => ({ kind: "get-statistics" }),
  statistics: (reader) => ({
    kind: "statistics",
    framesReceived: reader.u32(),
    framesBroken: reader.u32(),
    framesMalformed: reader.u32(),
    framesRepeated: reader.u32(),
    framesSent: reader.u32(),
    framesUnsent: reader.u32(),
    keepalivesStale: reader.u32(),
    loopOverruns: reader.u32(),
    longestPeriod: reader.f32(),
  }),
  "time-sync": (reader) => ({
    kind: "time-sync",
    sent: reader.time(),
  }),
  "time-reply": (reader) => ({
    kind: "time-reply",
    sent: reader.time(),
    received: reader.time(),
    replied: reader.time(),
  }),
  "acquire-lease": (reader) => ({
    kind: "acquire-lease",
    owner: reader.string(),
  }),
  lease: (reader) => ({
    kind: "lease",
    epoch: reader.u32(),
  }),
  keepalive: (reader) => ({
    kind: "keepalive",
    telemetrySeq: reader.u32(),
    response: reader.u16(),
  }),
  "release-lease": () => ({ kind: "release-lease" }),
  arm: () => ({ kind: "arm" }),
  disarm: () => ({ kind: "disarm" }),
  stage: (reader) => ({
    kind: "stage",
    gait: reader.string(),
    rampIn: reader.f64(),
    rampOut: reader.f64(),
    part: reader.u8(),
    parts: reader.u8(),
    values: reader.values(),
  }),
  commit: (reader) => ({
    kind: "commit",
    hash: reader.u32(),
  }),
  store: () => ({ kind: "store" }),
  start: () => ({ kind: "start" }),
  targets: (reader) => ({
    kind: "targets",
    positions: reader.floats(),
  }),
  stop: (reader) => ({
    kind: "stop",
    level: reader.word(MESSAGES.stop.fields.level),
  }),
  "e-stop": (reader) => ({
    kind: "e-stop",
    level: reader.word(MESSAGES["e-stop"].fields.level),
    reason: reader.string(),
  }),
  "clear-e-stop": (reader) => ({
    kind: "clear-e-stop",
    event: reader.u32(),
    checked: reader.string(),
  }),
  ack: () => ({ kind: "ack" }),
  staged: (reader) => ({
    kind: "staged",
    hash: reader.u32(),
  }),
  nack: (reader) => ({
    kind: "nack",
    code: reader.word(MESSAGES.nack.fields.code),
    field: reader.string(),
    reason: reader.string(),
  }),
  stopped: (reader) => ({
    kind: "stopped",
    confirmed: reader.bool(),
    level: reader.word(MESSAGES.stopped.fields.level),
    time: reader.time(),
  }),
  subscribe: (reader) => ({
    kind: "subscribe",
    rate: reader.f32(),
    groups: reader.u32(),
  }),
  subscribed: (reader) => ({
    kind: "subscribed",
    rate: reader.f32(),
    groups: reader.u32(),
    bytes: reader.u16(),
  }),
  telemetry: (reader) => ({
    kind: "telemetry",
    seq: reader.u32(),
    time: reader.time(),
    challenge: reader.u16(),
    set: reader.u16(),
    state: reader.word(MESSAGES.telemetry.fields.state),
    samples: reader.bytes(),
  }),
  event: (reader) => ({
    kind: "event",
    number: reader.u32(),
    event: reader.word(MESSAGES.event.fields.event),
    code: reader.u8(),
    time: reader.time(),
    reason: reader.string(),
  }),
  advance: () => ({ kind: "advance" }),
  place: (reader) => ({
    kind: "place",
    seed: reader.u32(),
    suggestion: reader.u32(),
    carryOver: reader.text(),
  }),
  "carry-over": (reader) => ({
    kind: "carry-over",
    state: reader.text(),
  }),
};
