import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { envelopeProblems } from "../../src/safety/envelope.ts";
import { type Envelope, LIMIT_NAMES, type Limit } from "../../src/safety/limit.ts";
import { nextDown, nextUp } from "./next-number.ts";
import { ENVELOPE, JOINTS, NOT_NUMBERS, withLimit } from "./small-robot.ts";

const problems = (envelope: unknown): string[] => envelopeProblems(envelope as Envelope, JOINTS);
const both = ["height", "joint-position"];

describe("envelope", () => {
  it("is complete when every limit is set and sound", () => {
    assert.deepEqual(problems(ENVELOPE), []);
  });

  for (const name of LIMIT_NAMES) {
    it(`misses ${name}`, () => {
      const { [name]: _, ...rest } = ENVELOPE;
      for (const absent of [rest, { ...rest, [name]: undefined }, { ...rest, [name]: null }])
        assert.deepEqual(problems(absent), [`limit ${name} is not set`]);
    });

    it(`refuses ${name} without a finite bound on the side that matters`, () => {
      const sides = both.includes(name) ? ["low", "high"] : [name === "battery-voltage" ? "low" : "high"];
      for (const side of sides)
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined])
          assert.deepEqual(problems(withLimit(name, { [side]: value } as Partial<Limit>)), [
            `limit ${name} has no ${side} bound (${value})`,
          ]);
    });

    it(`refuses ${name} without a nominal value strictly inside`, () => {
      const { low, high } = ENVELOPE[name];
      for (const nominal of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
        assert.equal(problems(withLimit(name, { nominal })).length, 1);
      for (const nominal of [low, high].filter(Number.isFinite))
        assert.match(problems(withLimit(name, { nominal }))[0] ?? "", /must hold low < nominal < high/);
    });
  }

  it("refuses an unset envelope altogether", () => {
    assert.equal(problems(undefined).length, LIMIT_NAMES.length);
    assert.equal(problems(null).length, LIMIT_NAMES.length);
  });

  it("refuses an open side that is not a number", () => {
    assert.match(problems(withLimit("tilt", { low: Number.NaN }))[0] ?? "", /low < nominal/);
    assert.match(problems(withLimit("battery-voltage", { high: Number.NaN }))[0] ?? "", /low < nominal/);
  });

  it("accepts a finite bound on the other side too", () => {
    assert.deepEqual(problems(withLimit("tilt", { low: -1 })), []);
  });

  it("refuses a limit under another's name, without action, without outcome", () => {
    assert.deepEqual(problems(withLimit("tilt", { name: "height" })), ["limit tilt carries the name height"]);
    assert.deepEqual(problems(withLimit("tilt", { action: "pray" as never })), ["limit tilt has no action"]);
    assert.deepEqual(problems(withLimit("tilt", { outcome: "" as never })), ["limit tilt has no outcome"]);
    for (const action of ["settle", "cut", "warn"] as const)
      assert.deepEqual(problems(withLimit("tilt", { action })), []);
    for (const outcome of ["aborted", "interrupted"] as const)
      assert.deepEqual(problems(withLimit("tilt", { outcome })), []);
  });

  it("refuses a debounce rule that is none", () => {
    const frames = "needs a whole number of frames, not";
    const window = "needs a window longer than 0 s, not";
    const wrong: readonly (readonly [unknown, string])[] = [
      [undefined, "does not say when crossing counts"],
      [{ kind: "never" }, "does not say when crossing counts"],
      [{ kind: "streak" }, `${frames} undefined`],
      [{ kind: "streak", frames: 0 }, `${frames} 0`],
      [{ kind: "streak", frames: 1.5 }, `${frames} 1.5`],
      [{ kind: "streak", frames: Number.POSITIVE_INFINITY }, `${frames} Infinity`],
      [{ kind: "window", seconds: 0 }, `${window} 0`],
      [{ kind: "window", seconds: -1 }, `${window} -1`],
      [{ kind: "window", seconds: Number.NaN }, `${window} NaN`],
      [{ kind: "window", seconds: Number.POSITIVE_INFINITY }, `${window} Infinity`],
    ];
    for (const [debounce, words] of wrong)
      assert.deepEqual(problems(withLimit("tilt", { debounce: debounce as never })), [`limit tilt ${words}`]);
    assert.deepEqual(problems(withLimit("tilt", { debounce: { kind: "streak", frames: 1 } })), []);
    assert.deepEqual(problems(withLimit("tilt", { debounce: { kind: "window", seconds: 0.001 } })), []);
  });

  it("refuses a soft bound that is not strictly between nominal and its bound", () => {
    const { low, nominal } = ENVELOPE["battery-voltage"];
    for (const softLow of [...NOT_NUMBERS, low - 1, low, nominal, nominal + 1])
      assert.deepEqual(problems(withLimit("battery-voltage", { softLow })), [
        `limit battery-voltage must warn between low and nominal, not at ${softLow}`,
      ]);
    for (const softLow of [nextUp(low), nextDown(nominal)])
      assert.deepEqual(problems(withLimit("battery-voltage", { softLow })), []);
    const { high, nominal: usual } = ENVELOPE.tilt;
    for (const softHigh of [...NOT_NUMBERS, usual - 1, usual, high, high + 1])
      assert.deepEqual(problems(withLimit("tilt", { softHigh })), [
        `limit tilt must warn between nominal and high, not at ${softHigh}`,
      ]);
    for (const softHigh of [nextUp(usual), nextDown(high)])
      assert.deepEqual(problems(withLimit("tilt", { softHigh })), []);
    assert.deepEqual(problems(withLimit("height", { softLow: 0.1, softHigh: 0.2 })), []);
  });

  it("judges the bounds of single joints the same way", () => {
    const joints = {
      knee: { low: -1, high: Number.NaN, nominal: 0 },
      tail: { low: -1, high: 1, nominal: 0 },
    };
    assert.deepEqual(problems(withLimit("joint-position", { joints })), [
      "limit joint-position of knee has no high bound (NaN)",
      "limit joint-position has bounds for tail, which is no joint",
    ]);
  });
});
