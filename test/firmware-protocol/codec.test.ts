import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cobsDecode, cobsEncode, longestEncoding } from "../../firmware-protocol/codec/cobs.ts";
import { crc32c } from "../../firmware-protocol/codec/crc32c.ts";
import {
  encodeFrame,
  type Frame,
  FrameReader,
  LONGEST_BLOCK,
  LONGEST_PAYLOAD,
} from "../../firmware-protocol/codec/frame.ts";

const bytes = (most: number) => fc.uint8Array({ maxLength: most });
/** Blocks in which zeros and long runs without them are common. */
const blocks = fc
  .array(
    fc.oneof(
      bytes(20),
      fc.nat(600).map((length) => new Uint8Array(length).fill(7)),
      fc.constant(new Uint8Array(2)),
    ),
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

const frames: fc.Arbitrary<Frame> = fc.record({
  type: fc.nat(255),
  flags: fc.constantFrom(0, 1, 2, 3, 8, 9),
  seq: fc.nat(255),
  session: fc.nat(0xffff),
  time: fc.nat(0xffffffff),
  payload: bytes(LONGEST_PAYLOAD),
});

/** Comparable, whatever buffer the payload is a view of. */
const plain = (frame: Frame) => ({ ...frame, payload: [...frame.payload] });

function readAll(wire: Iterable<number>, reader?: FrameReader): ReturnType<typeof plain>[] {
  const got: ReturnType<typeof plain>[] = [];
  (reader ?? new FrameReader((frame) => got.push(plain(frame)))).push(Uint8Array.from(wire));
  return got;
}

test("CRC-32C has the published check value", () => {
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
  // RFC 3720, appendix B.4.
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e);
});

test("COBS gives the examples of the paper's encoding", () => {
  const run = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const cases: [block: number[], encoded: number[]][] = [
    [[], [1]],
    [[0], [1, 1]],
    [
      [0, 0],
      [1, 1, 1],
    ],
    [
      [0x11, 0x22, 0, 0x33],
      [3, 0x11, 0x22, 2, 0x33],
    ],
    [
      [0x11, 0, 0, 0],
      [2, 0x11, 1, 1, 1],
    ],
    [run(1, 254), [0xff, ...run(1, 254)]],
    [
      [0, ...run(1, 254)],
      [1, 0xff, ...run(1, 254)],
    ],
    [run(1, 255), [0xff, ...run(1, 254), 2, 0xff]],
    [
      [...run(2, 255), 0],
      [0xff, ...run(2, 255), 1, 1],
    ],
    [
      [...run(3, 255), 0, 1],
      [0xfe, ...run(3, 255), 2, 1],
    ],
  ];
  for (const [block, encoded] of cases) {
    assert.deepEqual([...cobsEncode(Uint8Array.from(block))], encoded);
    assert.deepEqual([...(cobsDecode(Uint8Array.from(encoded)) ?? [-1])], block);
  }
});

test("COBS: there and back, without zeros, within the bound; malformed blocks are refused", () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const encoded = cobsEncode(block);
      assert.ok(!encoded.includes(0) && encoded.length <= longestEncoding(block.length));
      assert.deepEqual(cobsDecode(encoded), block);
    }),
  );
  fc.assert(
    fc.property(bytes(300), (noise) => {
      const block = cobsDecode(noise);
      // What is taken is exactly what encoding gives, except for a last full run that closes with an empty one.
      if (block !== null && noise.at(-1) !== 1) assert.deepEqual(cobsEncode(block), noise);
    }),
  );
  for (const malformed of [[], [0], [5, 1, 2], [255, 1], [2], [3, 0, 1]]) {
    assert.equal(cobsDecode(Uint8Array.from(malformed)), null);
  }
});

test("frames come back whole, however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(frames, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      (sent, cuts) => {
        const wire = sent.flatMap((frame) => [...encodeFrame(frame)]);
        const got: ReturnType<typeof plain>[] = [];
        const reader = new FrameReader((frame) => got.push(plain(frame)));
        let at = 0;
        for (const cut of [...cuts, wire.length]) {
          reader.push(Uint8Array.from(wire.slice(at, at + cut)));
          at += cut;
        }
        assert.deepEqual(got, sent.map(plain));
      },
    ),
  );
});

test("what was read and written stays as it was, and so do the bytes that were read", () => {
  const pieces: Uint8Array[] = [];
  const payloads: Uint8Array[] = [];
  const reader = new FrameReader((frame) => payloads.push(frame.payload));
  const expected = (index: number): Uint8Array =>
    new Uint8Array((index * 37) % LONGEST_PAYLOAD).map((_, at) => (index * at) % 251);
  const count = 2000;
  for (let index = 0; index < count; index++) {
    pieces.push(
      encodeFrame({ type: 1, flags: 0, seq: 0, session: 0, time: index, payload: expected(index) }),
    );
  }
  const wire = Buffer.concat(pieces);
  const before = Buffer.from(wire);
  for (let at = 0; at < wire.length; at += 1000) reader.push(wire.subarray(at, at + 1000));
  assert.deepEqual(wire, before);
  assert.equal(payloads.length, count);
  for (const [index, payload] of payloads.entries()) assert.deepEqual(payload, expected(index));
});

test("a reader that is given bytes while it hands over a frame loses nothing", () => {
  const frame: Frame = { type: 7, flags: 0, seq: 0, session: 0, time: 4, payload: Uint8Array.of(0, 5, 0) };
  const got: number[] = [];
  const reader: FrameReader = new FrameReader(({ time }) => {
    got.push(time);
    if (time < 100) reader.push(encodeFrame({ ...frame, time: 100 + time }));
  });
  reader.push(Uint8Array.from([1, 2, 3].flatMap((time) => [...encodeFrame({ ...frame, time })])));
  assert.deepEqual(got, [1, 101, 2, 102, 3, 103]);
});

test("a frame with a flipped bit or a lost byte is dropped and counted, and the next one is read", () => {
  fc.assert(
    fc.property(frames, frames, fc.nat(), fc.nat(7), fc.boolean(), (damaged, next, where, bit, lose) => {
      const wire = [...encodeFrame(damaged)];
      const at = where % (wire.length - 1);
      if (lose) wire.splice(at, 1);
      else wire[at]! ^= 1 << bit;
      const got: ReturnType<typeof plain>[] = [];
      const reader = new FrameReader((frame) => got.push(plain(frame)));
      reader.push(Uint8Array.from([...wire, ...encodeFrame(next)]));
      assert.deepEqual(got, [plain(next)]);
      assert.ok(Object.values(reader.dropped).some((count) => count > 0));
    }),
    { numRuns: 500 },
  );
});

test("other versions and unknown flags are not parsed any further", () => {
  const frame: Frame = { type: 1, flags: 0, seq: 0, session: 0, time: 0, payload: new Uint8Array() };
  const reader = new FrameReader(() => assert.fail("it was taken"));
  reader.push(encodeFrame({ ...frame, flags: 0x40 }));
  assert.equal(reader.dropped.flags, 1);
  const block = cobsDecode(encodeFrame(frame).subarray(0, -1))!;
  block[0] = 2;
  new DataView(block.buffer, block.byteOffset).setUint32(
    block.length - 4,
    crc32c(block.subarray(0, -4)),
    true,
  );
  reader.push(Uint8Array.from([...cobsEncode(block), 0]));
  assert.equal(reader.dropped.version, 1);
});

test("noise takes bounded memory, is never mistaken for a frame, and ends at the next zero", () => {
  const reader = new FrameReader(() => assert.fail("noise was taken for a frame"));
  let state = 1;
  const noise = new Uint8Array(1 << 20).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  reader.push(noise);
  assert.ok(reader.pending <= LONGEST_BLOCK);
  const endless = new FrameReader(() => {});
  endless.push(new Uint8Array(1 << 20).fill(0xff));
  assert.ok(endless.pending <= LONGEST_BLOCK);
  const frame: Frame = { type: 7, flags: 1, seq: 2, session: 3, time: 4, payload: Uint8Array.of(0, 5, 0) };
  assert.deepEqual(readAll([...noise.subarray(0, 5000), 0, ...encodeFrame(frame)]), [plain(frame)]);
});

test("a payload longer than a frame's is refused where it is sent", () => {
  const frame: Frame = {
    type: 1,
    flags: 0,
    seq: 0,
    session: 0,
    time: 0,
    payload: new Uint8Array(LONGEST_PAYLOAD + 1),
  };
  assert.throws(() => encodeFrame(frame), { code: "PROTOCOL_VIOLATION" });
});
