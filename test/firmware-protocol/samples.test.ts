import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeSamples, encodeSamples, samplesLength } from "../../firmware-protocol/codec/samples.ts";

test("samples come back exact as f32, and to half a step as i16", () => {
  const channels = fc.array(
    fc.tuple(fc.float({ noNaN: true, min: -30, max: 30 }), fc.constantFrom(0, 0.001, 0.25)),
  );
  fc.assert(
    fc.property(channels, (pairs) => {
      const values = pairs.map(([value]) => value);
      const resolutions = pairs.map(([, resolution]) => resolution);
      const back = new Float64Array(values.length);
      assert.ok(decodeSamples(encodeSamples(values, resolutions), resolutions, back));
      for (const [index, value] of values.entries())
        assert.ok(
          Math.abs(back[index]! - value) <= 0.5000001 * resolutions[index]!,
          `${value}: ${back[index]}`,
        );
    }),
  );
});

test("16 bits clip, and what is not finite is not trusted", () => {
  const values = [100, -100, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN];
  const resolutions = [0.001, 0.001, 0.001, 0.001, 0];
  const samples = encodeSamples(values, resolutions);
  assert.equal(Buffer.from(samples).toString("hex"), "ff7f" + "0180" + "0080" + "0080" + "0000c07f");
  const back = new Float64Array(5);
  decodeSamples(samples, resolutions, back);
  assert.deepEqual([...back], [32.767, -32.767, Number.NaN, Number.NaN, Number.NaN]);
});

test("samples of other channels are refused", () => {
  assert.equal(samplesLength([0, 0.1, 0]), 10);
  const values = new Float64Array(3);
  assert.equal(decodeSamples(new Uint8Array(9), [0, 0.1, 0], values), false);
  assert.equal(decodeSamples(new Uint8Array(10), [0, 0.1, 0], new Float64Array(2)), false);
});

test("samples of one form are those of mixed ones", () => {
  const value = fc.oneof(
    fc.double(),
    fc.double({ min: -1, max: 1 }),
    fc.integer({ min: -70_000, max: 70_000 }).map((halves) => halves / 2),
    fc.constantFrom(-32_767.5, 32_767.5, -32_768, 32_768, 2 ** 31, 2 ** 32, 2 ** 33, -(2 ** 32)),
    fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, -0),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), fc.constantFrom(0, 1, 0.001), (values, resolution) => {
      // A channel of the other form at the end makes them mixed.
      const other = resolution === 0 ? 1 : 0;
      const alone = values.map(() => resolution);
      const mixed = [...alone, other];
      const samples = encodeSamples(values, alone);
      const more = encodeSamples([...values, 0], mixed);
      assert.deepEqual(samples, more.subarray(0, samples.length));
      const [back, backMixed] = [new Float64Array(values.length), new Float64Array(mixed.length)];
      assert.ok(decodeSamples(samples, alone, back) && decodeSamples(more, mixed, backMixed));
      assert.deepEqual(back, backMixed.subarray(0, -1));
    }),
    { numRuns: 2000 },
  );
});
