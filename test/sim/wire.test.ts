import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { FaultyFrames, type LineFaults, NO_FAULTS, parseLineFaults } from "../../sim/serial/line-faults.ts";
import { Wire, type WireOptions } from "../../sim/serial/wire.ts";

const wire = (options: Partial<WireOptions> = {}): Wire =>
  new Wire({ baud: 921_600, faults: NO_FAULTS, direction: "test", ...options });
const frame = (length: number, fill = 7): Uint8Array => {
  const bytes = new Uint8Array(length).fill(fill);
  bytes[length - 1] = 0;
  return bytes;
};

/** Number `index` of many frames that differ. */
const numbered = (index: number): Uint8Array =>
  Uint8Array.of(1 + (index % 255), 1 + Math.floor(index / 255), 3, 4, 5, 6, 7, 0);

function passed(faults: Partial<LineFaults>, count: number, direction = "test") {
  const frames = new FaultyFrames({ ...NO_FAULTS, seed: 3, ...faults }, direction);
  const out = Array.from({ length: count }, (_, index) => frames.pass(numbered(index))).flat();
  return { out: out.map((bytes) => [...bytes]), counts: frames.counts };
}

const within = (count: number, share: number, of: number): boolean =>
  Math.abs(count - share * of) < 4 * Math.sqrt(of * share * (1 - share));

describe("a wire", () => {
  it("takes ten bits a byte", () => {
    const line = wire({ baud: 115_200 });
    line.push(frame(385), 5);
    assert.ok(Math.abs(line.nextArrival - (5 + 10 / 115_200)) < 1e-9);
    assert.equal(line.take(5 + 100.5 / 11_520).length, 100);
    assert.equal(line.take(5 + 385 / 11_520).length, 285);
    assert.equal(line.nextArrival, Number.POSITIVE_INFINITY);
  });

  it("sends one after another, and keeps the order", () => {
    const line = wire({ baud: 10_000 });
    line.push(Uint8Array.of(1, 2), 0);
    line.push(Uint8Array.of(3, 0), 0.0005);
    assert.deepEqual([...line.take(0.003)], [1, 2, 3]);
    assert.deepEqual([...line.take(0.004)], [0]);
    line.push(Uint8Array.of(9), 1);
    assert.ok(Math.abs(line.nextArrival - 1.001) < 1e-9);
  });

  it("drops what finds no room, and counts it", () => {
    const line = wire({ baud: 10_000, buffer: 100 });
    line.push(frame(80), 0);
    line.push(frame(80), 0);
    assert.equal(line.dropped, 60);
    assert.equal(line.take(1).length, 100);
    line.push(frame(80), 1);
    assert.equal(line.take(2).length, 80);
  });

  it("without a rate takes no time", () => {
    const line = wire({ baud: Number.POSITIVE_INFINITY, buffer: 10 });
    for (let round = 0; round < 5; round++) line.push(frame(500), 1);
    assert.equal(line.take(1).length, 2500);
    assert.equal(line.dropped, 0);
  });

  it("loses with the cable what is underway", () => {
    const line = wire({ baud: 10_000 });
    line.push(frame(100), 0);
    assert.equal(line.take(0.01).length, 10);
    line.cut();
    assert.equal(line.take(1).length, 0);
    line.push(Uint8Array.of(1), 1);
    assert.deepEqual([...line.take(1.001)], [1]);
  });

  it("never makes, changes or reorders bytes, nor hands them over too early", () => {
    const step = fc.record({
      bytes: fc.uint8Array({ maxLength: 300 }),
      wait: fc.double({ min: 0, max: 0.05, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(9600, 115_200, 921_600),
        (steps, baud) => {
          const line = wire({ baud, buffer: 1 << 20 });
          const [sent, heard]: [number[], number[]] = [[], []];
          let now = 0;
          for (const { bytes, wait } of steps) {
            line.push(bytes, now);
            sent.push(...bytes);
            now += wait;
            heard.push(...line.take(now));
            assert.ok(heard.length <= (now * baud) / 10 + 1e-3);
          }
          heard.push(...line.take(now + (sent.length * 10) / baud + 1e-6));
          assert.deepEqual(heard, sent);
        },
      ),
    );
  });

  it("hands frames to their faults, wherever the writes were cut", () => {
    const faults = { ...NO_FAULTS, lose: 0.2, duplicate: 0.2, flip: 0.2, seed: 5 };
    const stream = Array.from({ length: 200 }, (_, index) => [...numbered(index)]).flat();
    const heardIn = (size: number): number[] => {
      const line = wire({ baud: Number.POSITIVE_INFINITY, faults });
      for (let at = 0; at < stream.length; at += size)
        line.push(Uint8Array.from(stream.slice(at, at + size)), 0);
      return [...line.take(0)];
    };
    assert.deepEqual(heardIn(1), heardIn(57));
    assert.notDeepEqual(heardIn(57), stream);
  });
});

describe("faults on the line", () => {
  const count = 20_000;
  const sent = Array.from({ length: count }, (_, index) => [...numbered(index)]);

  it("lose the share of frames that was asked for", () => {
    const { out, counts } = passed({ lose: 0.01 }, count);
    assert.equal(out.length, count - counts.lose);
    assert.ok(within(counts.lose, 0.01, count), `${counts.lose}`);
  });

  it("duplicate frames right behind one another", () => {
    const { out, counts } = passed({ duplicate: 0.1 }, count);
    const repeats = out.filter((bytes, index) => index > 0 && String(bytes) === String(out[index - 1]));
    assert.equal(repeats.length, counts.duplicate);
    assert.ok(within(counts.duplicate, 0.1, count));
  });

  it("reorder by one place and lose nothing but the one still held back", () => {
    const { out, counts } = passed({ reorder: 0.1 }, count);
    const place = new Map(out.map((bytes, index) => [String(bytes), index]));
    const moved = sent.map((bytes, index) => (place.get(String(bytes)) ?? index) - index);
    assert.ok(out.length >= count - 1 && moved.every((by) => Math.abs(by) <= 1));
    const late = moved.filter((by) => by === 1).length;
    assert.ok(late > 0.08 * count && late <= counts.reorder);
  });

  it("flip one to three bits", () => {
    const { out, counts } = passed({ flip: 0.1 }, count);
    const flips = out.map((bytes, index) =>
      bytes.reduce(
        (sum, byte, at) => sum + (byte ^ sent[index]![at]!).toString(2).replaceAll("0", "").length,
        0,
      ),
    );
    assert.ok(flips.every((bits) => bits <= 3));
    // Two flips of the same bit undo one another.
    assert.ok(flips.filter((bits) => bits > 0).length >= 0.98 * counts.flip);
    assert.ok(within(counts.flip, 0.1, count));
  });

  it("shorten by one byte", () => {
    const { out, counts } = passed({ shorten: 0.1 }, count);
    assert.equal(out.filter((bytes) => bytes.length === 7).length, counts.shorten);
    assert.ok(within(counts.shorten, 0.1, count));
  });

  it("come again with the same seed, and differ by seed and direction", () => {
    const faults = { lose: 0.1, flip: 0.1, reorder: 0.1 };
    assert.deepEqual(passed(faults, 500), passed(faults, 500));
    assert.notDeepEqual(passed(faults, 500), passed({ ...faults, seed: 4 }, 500));
    assert.notDeepEqual(passed(faults, 500), passed(faults, 500, "other"));
  });

  it("leave a faultless line alone", () => {
    assert.deepEqual(passed({}, 500).out, sent.slice(0, 500));
  });

  it("are written in a small grammar", () => {
    assert.deepEqual(parseLineFaults("flip=1e-3, lose=.01,cut-every=30,cut-for=2.5,seed=7"), {
      ...NO_FAULTS,
      flip: 0.001,
      lose: 0.01,
      cutEvery: 30,
      cutFor: 2.5,
      seed: 7,
    });
    for (const wrong of [
      "",
      "flip",
      "flip=",
      "flip=x",
      "flip=-1",
      "flip=2",
      "noise=1",
      "lose=1,lose=1",
      "seed=1.5",
      "toString=1",
      "flip=1=2",
    ])
      assert.throws(() => parseLineFaults(wrong), { code: "BAD_USAGE" }, wrong);
  });
});

describe("faults that come in the middle", () => {
  it("delay everything from then on, with and without a rate, and change nothing of what is underway", () => {
    for (const baud of [921_600, Number.POSITIVE_INFINITY]) {
      const line = wire({ baud });
      line.push(frame(8), 0);
      line.change({ ...NO_FAULTS, delay: 0.2 });
      line.push(frame(8, 9), 0.001);
      assert.equal(line.take(0.1).length, 8);
      assert.equal(line.take(0.2).length, 0);
      assert.deepEqual([...line.take(0.21)], [...frame(8, 9)]);
    }
  });

  it("halve and garble frames, and leave the draws of other faults as they were", () => {
    const half = passed({ halve: 1 }, 50);
    assert.ok(half.out.every((bytes) => bytes.length === 4));
    const noise = passed({ garble: 1 }, 50);
    assert.equal(new Set(noise.out.map(String)).size, 50);
    const lost = passed({ lose: 0.3 }, 200).counts;
    assert.equal(passed({ lose: 0.3, garble: 1 }, 200).counts.lose, lost.lose);
  });
});
