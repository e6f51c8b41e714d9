import assert from "node:assert/strict";
import { test } from "node:test";
import { StreamTiming } from "../../src/station/stream-timing.ts";

test("every interval between two targets is measured, pauses between walks are not", () => {
  const timing = new StreamTiming(100);
  assert.deepEqual(timing.figures(), {
    targets: 0,
    targetsRate: Number.NaN,
    targetsJitterMedian: Number.NaN,
    targetsJitter99: Number.NaN,
    targetsJitterMost: Number.NaN,
    targetsLongest: Number.NaN,
    targetsLate: 0,
    targetsSkipped: 0,
    targetsSlowed: 0,
  });
  timing.sent(Number.NaN);
  for (let count = 0; count < 97; count++) timing.sent(0.01);
  timing.sent(0.0151);
  timing.sent(0.031);
  timing.skipped(2);
  timing.slowed();
  timing.sent(Number.NaN);
  timing.sent(0.0149);
  const figures = timing.figures();
  assert.equal(figures["targets"], 102);
  assert.ok(Math.abs(figures["targetsRate"]! - 100 / (0.97 + 0.0151 + 0.031 + 0.0149)) < 1e-9);
  assert.ok(figures["targetsJitterMedian"]! < 1e-12);
  assert.ok(Math.abs(figures["targetsJitter99"]! - 0.021) < 1e-9);
  assert.ok(Math.abs(figures["targetsJitterMost"]! - 0.021) < 1e-9);
  assert.ok(Math.abs(figures["targetsLongest"]! - 0.031) < 1e-9);
  assert.deepEqual([figures["targetsLate"], figures["targetsSkipped"], figures["targetsSlowed"]], [2, 2, 1]);
});

test("the worst interval is not forgotten, however long the stream goes on", () => {
  const timing = new StreamTiming(100);
  timing.sent(0.05);
  for (let count = 0; count < 20_000; count++) timing.sent(0.0101);
  const figures = timing.figures();
  assert.ok(Math.abs(figures["targetsJitterMost"]! - 0.04) < 1e-9);
  assert.ok(Math.abs(figures["targetsJitter99"]! - 0.0001) < 1e-9);
});
