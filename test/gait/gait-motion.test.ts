import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GaitController } from "../../src/gait/gait.ts";
import { GaitMotion } from "../../src/gait/gait-motion.ts";

const NEUTRAL = Float64Array.of(0.5, -1);
const PERIOD = 0.01;

/** Asks for the same angles at all times. */
const holding = (...angles: number[]): GaitController => ({
  time: 0,
  step: (_, targets) => targets.set(angles),
});

function after(motion: GaitMotion, seconds: number): Float64Array {
  for (let step = 0; step < Math.round(seconds / PERIOD); step++) motion.step(PERIOD);
  return motion.targets.slice();
}

const near = (actual: Float64Array, expected: readonly number[]): void =>
  expected.forEach((value, joint) => {
    assert.ok(Math.abs(actual[joint]! - value) < 1e-9, `${actual} instead of ${expected}`);
  });

describe("the motion from lying to walking and back", () => {
  it("rises from where it is told, slowly at both ends, and then stands", () => {
    const motion = new GaitMotion(NEUTRAL);
    const from = Float64Array.of(0, -2);
    motion.rise(from, 0.4);
    from.fill(9);
    near(after(motion, 0.01), [0.5 * 0.00184375, -2 + 0.00184375]);
    near(after(motion, 0.19), [0.25, -1.5]);
    assert.equal(motion.state, "rising");
    near(after(motion, 0.2), [0.5, -1]);
    assert.equal(motion.state, "standing");
    near(after(motion, 1), [0.5, -1]);
  });

  it("blends into the gait and out of it without a jump", () => {
    const motion = new GaitMotion(NEUTRAL);
    motion.walk(holding(1, 0), 0.5);
    near(after(motion, 0.25), [0.75, -0.5]);
    near(after(motion, 0.25), [1, 0]);
    near(after(motion, 3), [1, 0]);
    motion.rampOut(0.5);
    assert.equal(motion.state, "ramping-out");
    near(after(motion, 0.25), [0.75, -0.5]);
    near(after(motion, 0.25), [0.5, -1]);
    assert.equal(motion.state, "standing");
  });

  it("leaves an unfinished ramp from where it is", () => {
    const motion = new GaitMotion(NEUTRAL);
    motion.walk(holding(1, 0), 0.5);
    after(motion, 0.25);
    motion.rampOut(0.5);
    near(after(motion, 0.01), [0.75 - 0.25 * 0.001184, -0.5 - 0.5 * 0.001184]);
  });

  it("walks at once and stands at once where the ramps have no length", () => {
    const motion = new GaitMotion(NEUTRAL);
    motion.walk(holding(1, 0), 0);
    near(after(motion, PERIOD), [1, 0]);
    motion.rampOut(0);
    near(after(motion, PERIOD), [0.5, -1]);
    assert.equal(motion.state, "standing");
  });
});
