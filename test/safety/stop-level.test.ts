import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { controlledStopLevel, isUpright, type Posture, safeStopLevel } from "../../src/safety/stop-level.ts";
import { ENVELOPE } from "./small-robot.ts";

const upright: Posture = { tilt: 0.1, height: 0.14, imuTrusted: true };

describe("stop level", () => {
  const cases: [string, Partial<Posture>, boolean][] = [
    ["upright", {}, true],
    ["tilted to its limit", { tilt: 0.8 }, true],
    ["tilted beyond", { tilt: 0.8000001 }, false],
    ["of unknown tilt", { tilt: Number.NaN }, false],
    ["as high as allowed", { height: 0.22 }, true],
    ["lifted", { height: 0.2200001 }, false],
    ["of unknown height", { height: Number.NaN }, true],
    ["low", { height: 0.01 }, true],
    ["with an IMU that is not to be trusted", { imuTrusted: false }, false],
  ];
  for (const [words, change, expected] of cases)
    it(`${expected ? "settles or stands" : "cuts"} a robot ${words}`, () => {
      const posture = { ...upright, ...change };
      assert.equal(isUpright(posture, ENVELOPE), expected);
      assert.equal(safeStopLevel("settle", posture, ENVELOPE), expected ? "settle" : "cut");
      assert.equal(controlledStopLevel(posture, ENVELOPE), expected ? "neutral" : "cut");
      assert.equal(safeStopLevel("cut", posture, ENVELOPE), "cut");
    });
});
