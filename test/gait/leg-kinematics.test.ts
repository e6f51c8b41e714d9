import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { forwardKinematics, inverseKinematics } from "../../src/gait/leg-kinematics.ts";
import { BODY } from "./body.ts";

const { leg } = BODY;
const angle = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true });

test("a straight leg reaches down, a positive hip angle swings it backward, a negative knee forward", () => {
  const foot = { x: 0, z: 0 };
  forwardKinematics(leg, { hip: 0, knee: 0 }, foot);
  assert.deepEqual([foot.x, foot.z], [-0, -0.17]);
  forwardKinematics(leg, { hip: 0.3, knee: 0 }, foot);
  assert.ok(foot.x < 0);
  forwardKinematics(leg, { hip: 0, knee: -0.3 }, foot);
  assert.ok(foot.x > 0);
});

test("inverse kinematics undoes forward kinematics for every folded posture", () => {
  const unequal = { ...leg, thigh: 0.1, shank: 0.07 };
  for (const geometry of [leg, unequal])
    fc.assert(
      fc.property(angle(-1.2, 1.2), angle(-2.5, -0.01), (hip, knee) => {
        const foot = { x: 0, z: 0 };
        const angles = { hip: 0, knee: 0 };
        forwardKinematics(geometry, { hip, knee }, foot);
        assert.ok(inverseKinematics(geometry, foot.x, foot.z, angles) < 1e-12);
        const turn = 2 * Math.PI;
        const hipError = Math.abs(angles.hip - hip) % turn;
        assert.ok(Math.min(hipError, turn - hipError) < 1e-6, `hip ${angles.hip} for ${hip}`);
        assert.ok(Math.abs(angles.knee - knee) < 1e-6, `knee ${angles.knee} for ${knee}`);
      }),
    );
});

test("a point out of reach is reported with its distance and answered with the nearest posture", () => {
  const angles = { hip: 0, knee: 0 };
  const excess = inverseKinematics(leg, 0.12, -0.16, angles);
  assert.ok(Math.abs(excess - 0.03) < 1e-12, "0.2 m asked of a 0.17 m leg");
  const foot = { x: 0, z: 0 };
  forwardKinematics(leg, angles, foot);
  assert.ok(Math.abs(foot.x / foot.z - 0.12 / -0.16) < 1e-9, "in the right direction");
  assert.ok(inverseKinematics({ ...leg, shank: 0.05 }, 0, -0.02, angles) > 0, "too close to the hip");
});
