import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame } from "../../firmware-protocol/codec/frame.ts";
import {
  type FieldType,
  MESSAGES,
  type Message,
  type MessageName,
} from "../../firmware-protocol/codec/message-table.ts";
import { decodeMessage, encodeMessage, encodeMessageFrame } from "../../firmware-protocol/codec/payload.ts";

const short = fc.string({ unit: "binary", maxLength: 15 });

function fieldValues(type: FieldType): fc.Arbitrary<unknown> {
  if (typeof type !== "string") return fc.constantFrom(...type);
  switch (type) {
    case "u8":
      return fc.nat(0xff);
    case "u16":
      return fc.nat(0xffff);
    case "u32":
      return fc.nat(0xffffffff);
    case "f32":
      return fc.float();
    case "f64":
      return fc.double();
    case "bool":
      return fc.boolean();
    case "time":
      return fc.nat(1e12).map((micros) => micros / 1e6);
    case "string":
    case "text":
      return short;
    case "bytes":
      return fc.uint8Array({ maxLength: 100 });
    case "floats":
      return fc.array(fc.float(), { maxLength: 100 }).map((values) => Float64Array.from(values));
    case "values":
      return fc.array(fc.tuple(short, fc.double()), { maxLength: 4 });
  }
}

const messages: fc.Arbitrary<Message> = fc
  .constantFrom(...(Object.keys(MESSAGES) as MessageName[]))
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      ...Object.fromEntries(
        Object.entries(MESSAGES[kind].fields).map(([name, type]) => [name, fieldValues(type)]),
      ),
    }),
  ) as unknown as fc.Arbitrary<Message>;

test("every message comes back as it was sent", () => {
  fc.assert(
    fc.property(messages, (message) => {
      const { type, payload } = encodeMessage(message);
      assert.deepEqual(decodeMessage(type, payload, MESSAGES[message.kind].from), { ...message });
    }),
    { numRuns: 1000 },
  );
});

test("written into its frame a message is the same", () => {
  fc.assert(
    fc.property(messages, fc.nat(0xffffffff), (message, time) => {
      const envelope = { flags: 1, seq: 2, session: 3, time };
      assert.deepEqual(
        encodeMessageFrame(message, envelope),
        encodeFrame({ ...encodeMessage(message), ...envelope }),
      );
    }),
  );
});

test("a truncated or lengthened payload is no message, nor is one from the wrong side", () => {
  fc.assert(
    fc.property(messages, fc.nat(), (message, cut) => {
      const { type, payload } = encodeMessage(message);
      const { from } = MESSAGES[message.kind];
      if (payload.length > 0)
        assert.equal(decodeMessage(type, payload.subarray(0, cut % payload.length), from), null);
      assert.equal(decodeMessage(type, Uint8Array.from([...payload, 0]), from), null);
      assert.equal(decodeMessage(type, payload, from === "host" ? "robot" : "host"), null);
    }),
    { numRuns: 500 },
  );
});

test("noise is answered with a message or null, never with an exception", () => {
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.uint8Array({ maxLength: 480 }),
      fc.constantFrom("host", "robot"),
      (type, noise, from) => {
        const message = decodeMessage(type, noise, from);
        if (message !== null) assert.ok(message.kind in MESSAGES);
      },
    ),
    { numRuns: 2000 },
  );
});

test("what the table does not allow is refused where it is sent", () => {
  const wrong = (message: unknown): void =>
    assert.throws(() => encodeMessage(message as Message), { code: "PROTOCOL_VIOLATION" });
  wrong({ kind: "stop", level: "gently" });
  wrong({ kind: "commit", hash: -1 });
  wrong({ kind: "commit", hash: 0.5 });
  wrong({ kind: "acquire-lease", owner: "x".repeat(256) });
  wrong({ kind: "targets", positions: new Float64Array(200) });
  wrong({ kind: "stopped", confirmed: true, level: "cut", time: Number.NaN });
});
