import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decode, encode } from "cbor2";
import fc from "fast-check";
import { decodeCbor } from "../../../src/links/rosbridge/cbor.ts";

/** Of what is read, or thrown. */
function outcome(read: () => unknown): unknown {
  try {
    return plain(read());
  } catch {
    return "no CBOR";
  }
}

/** Bytes as such, whichever class holds them; a map's fields, its own only. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.entries(value).map(([key, one]) => [key, plain(one)]);
}

function assertSame(packet: Uint8Array): void {
  const data = Buffer.from(packet);
  assert.deepEqual(
    outcome(() => decodeCbor(data)),
    outcome(() => decode(data)),
  );
}

const packet = Buffer.from(
  encode({
    op: "publish",
    topic: "/imu/data",
    msg: { secs: 1_795_467_333, nsecs: 123_456_789, bytes: Uint8Array.from({ length: 321 }, (_, at) => at) },
  }),
);

describe("CBOR", () => {
  it("reads what a server sends as cbor-raw", () => {
    const message = decodeCbor(packet) as { op: string; topic: string; msg: { secs: number; bytes: Buffer } };
    assert.equal(message.op, "publish");
    assert.equal(message.topic, "/imu/data");
    assert.equal(message.msg.secs, 1_795_467_333);
    assert.deepEqual([...message.msg.bytes.subarray(254, 258)], [254, 255, 0, 1]);
  });

  it("reads whatever else there is as the general decoder does", () => {
    const anything = fc.anything({
      withTypedArray: true,
      key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "op", "msg", "bytes")),
      values: [
        fc.boolean(),
        fc.integer(),
        fc.double(),
        fc.string(),
        fc.string({ unit: "grapheme" }),
        fc.constant(null),
        fc.constant(undefined),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.uint8Array({ maxLength: 300 }),
      ],
    });
    fc.assert(
      fc.property(anything, (value) => assertSame(encode(value))),
      { numRuns: 500 },
    );
  });

  it("is no easier to fool than the general decoder", () => {
    fc.assert(
      fc.property(
        fc.nat(packet.length),
        fc.array(fc.tuple(fc.nat(packet.length - 1), fc.nat(255)), { maxLength: 3 }),
        (length, changes) => {
          const spoiled = Buffer.from(packet);
          for (const [at, byte] of changes) spoiled[at] = byte;
          assertSame(spoiled);
          assertSame(spoiled.subarray(0, length));
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), assertSame), { numRuns: 2000 });
    assertSame(Buffer.concat([packet, packet]));
    assertSame(Buffer.alloc(0));
  });

  it("is not led into the depth", () => {
    // {a: {a: {a: …}}}
    const nested = Buffer.from("a16161".repeat(200_000), "hex");
    assert.throws(
      () => decodeCbor(nested),
      (error: unknown) => error instanceof Error && !(error instanceof RangeError),
    );
  });

  it("lets no name reach an object's prototype", () => {
    const message = decodeCbor(Buffer.from(encode(new Map([["__proto__", new Map([["op", "publish"]])]]))));
    assert.equal((message as { op?: string }).op, undefined);
    assert.deepEqual(Object.keys(message as object), ["__proto__"]);
  });
});
