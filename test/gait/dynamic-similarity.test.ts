import assert from "node:assert/strict";
import { it } from "node:test";
import { noticeableFrequency, noticeableLength } from "../../src/gait/dynamic-similarity.ts";
import { GAIT_NAMES, gaitNamed } from "../../src/gait/gaits.ts";
import { BODY } from "./body.ts";

it("what is a noticeable change grows with the legs: lengths in proportion, frequencies with the inverse root", () => {
  const large = { ...BODY, stanceHeight: 4 * BODY.stanceHeight };
  assert.equal(noticeableLength(large), 4 * noticeableLength(BODY));
  assert.equal(noticeableFrequency(large), noticeableFrequency(BODY) / 2);
});

it("a pendulum of a metre beats seconds", () => {
  assert.ok(Math.abs(2 * noticeableFrequency({ ...BODY, stanceHeight: 0.994 }) - 1) < 1e-3);
});

it("every foot-space gait says it of all of its parameters", () => {
  for (const name of GAIT_NAMES.filter((one) => one.startsWith("foot-cpg:")))
    for (const { unit, low, high, lengthscale } of gaitNamed(name).parameters) {
      const length = lengthscale?.(BODY) ?? Number.NaN;
      assert.equal(length, unit === "Hz" ? noticeableFrequency(BODY) : noticeableLength(BODY));
      assert.ok(
        length > 0.1 * (high - low) && length < 2 * (high - low),
        `${length} of ${low} to ${high} ${unit}`,
      );
    }
});
