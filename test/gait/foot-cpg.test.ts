import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { footCpg } from "../../src/gait/foot-cpg.ts";
import type { GaitController, GaitParameters } from "../../src/gait/gait.ts";
import { forwardKinematics } from "../../src/gait/leg-kinematics.ts";
import { PHASE_PATTERN_NAMES, phaseMatrix } from "../../src/gait/phase-patterns.ts";
import { BODY, HAND_TUNED_TROT, OPTIMISED_TROT } from "./body.ts";

const trot = footCpg("trot");

/** Any point of the box the gait starts a new robot with. */
const parameters: fc.Arbitrary<GaitParameters> = fc.record(
  Object.fromEntries(
    trot.parameters.map(({ name, low, high }) => [name, fc.double({ min: low, max: high, noNaN: true })]),
  ),
);

function oscillators(controller: GaitController): Readonly<Float64Array> {
  return (controller as unknown as { oscillators: Float64Array }).oscillators;
}

function walk(controller: GaitController, seconds: number, dt: number): Float64Array {
  const targets = new Float64Array(8);
  for (let step = 0; step < Math.round(seconds / dt); step++) controller.step(dt, targets);
  return targets;
}

test("every oscillator settles on the circle of radius √μ = 1, from inside", () => {
  fc.assert(
    fc.property(parameters, (set) => {
      const controller = trot.start(set, BODY);
      const targets = new Float64Array(8);
      for (let step = 0; step < 100; step++) {
        controller.step(0.01, targets);
        for (const radius of oscillators(controller).subarray(0, 4)) assert.ok(radius <= 1 + 1e-12);
      }
      for (const radius of oscillators(controller).subarray(0, 4)) assert.ok(Math.abs(radius - 1) < 1e-9);
    }),
    { numRuns: 30 },
  );
});

for (const pattern of PHASE_PATTERN_NAMES)
  test(`disturbed phases lock to the matrix of the ${pattern}`, () => {
    const controller = footCpg(pattern).start(
      { ...OPTIMISED_TROT, swing_frequency: 2, stance_frequency: 2 },
      BODY,
    );
    const state = oscillators(controller) as Float64Array;
    state[5]! += 0.9;
    state[6]! -= 0.7;
    state[7]! += 0.4;
    walk(controller, 10, 0.01);
    const matrix = phaseMatrix(pattern);
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        const error = state[4 + j]! - state[4 + i]! - matrix[i]![j]!;
        assert.ok(Math.abs(Math.sin(error / 2)) < 1e-6, `legs ${i} and ${j} are ${error} rad off`);
      }
  });

test("the trot's matrix is that of the published program, modulo whole turns", () => {
  const published = [
    [0, -1, -1, 0],
    [1, 0, 0, 1],
    [1, 0, 0, 1],
    [0, -1, -1, 0],
  ];
  assert.deepEqual(
    phaseMatrix("trot").map((row) => row.map((phase) => phase / Math.PI + 0)),
    published,
  );
});

test("the same parameters and steps give the same targets bit for bit", () => {
  const [one, two] = [trot.start(OPTIMISED_TROT, BODY), trot.start(OPTIMISED_TROT, BODY)];
  assert.deepEqual(walk(one, 3.33, 0.01), walk(two, 3.33, 0.01));
});

test("the walk hardly depends on the control period", () => {
  // Equal frequencies: the derivative is smooth, and only the integration error is left.
  const smooth = { ...OPTIMISED_TROT };
  const fine = walk(trot.start(smooth, BODY), 3, 0.0005);
  for (const dt of [0.002, 0.005, 0.01, 0.02, 0.05]) {
    const coarse = walk(trot.start(smooth, BODY), 3, dt);
    coarse.forEach((target, joint) => {
      assert.ok(Math.abs(target - fine[joint]!) < 2e-3, `${dt} s: ${target} against ${fine[joint]}`);
    });
  }
});

test("swing and stance last half a period of their frequencies when a leg is alone in its rhythm", () => {
  // In a pronk all legs change speed together, so the coupling is silent.
  const controller = footCpg("pronk").start(
    { ...OPTIMISED_TROT, swing_frequency: 2.5, stance_frequency: 1.25 },
    BODY,
  );
  const targets = new Float64Array(8);
  let [swing, cycles] = [0, 0];
  const state = oscillators(controller);
  const dt = 0.001;
  let before = state[4]!;
  for (let step = 0; step < 6000; step++) {
    controller.step(dt, targets);
    if (Math.sin(state[4]!) > 0) swing += dt;
    if (Math.floor(state[4]! / (2 * Math.PI)) > Math.floor(before / (2 * Math.PI))) cycles++;
    before = state[4]!;
  }
  assert.equal(cycles, 10, "0.2 s + 0.4 s a cycle");
  assert.ok(Math.abs(swing / 10 - 0.2) < 0.005);
});

test("feasible parameters never ask for an angle outside its range, infeasible ones would", () => {
  const short = {
    ...BODY,
    leg: { ...BODY.leg, thigh: 0.075, shank: 0.075, kneeRange: [-1.9, -0.3] as const },
  };
  let [feasible, infeasible] = [0, 0];
  fc.assert(
    fc.property(parameters, (set) => {
      const verdict = trot.check(set, short);
      assert.equal(verdict.feasible, verdict.reasons.length === 0);
      const controller = trot.start(set, short);
      const targets = new Float64Array(8);
      let outside = false;
      for (let step = 0; step < 600; step++) {
        controller.step(0.005, targets);
        for (let joint = 0; joint < 8; joint += 2) {
          const knee = targets[joint + 1]!;
          outside ||= Math.abs(targets[joint]!) > 1.6 || knee < -1.9 || knee > -0.3;
        }
      }
      if (verdict.feasible) {
        feasible++;
        assert.equal(outside, false);
      } else infeasible++;
    }),
    { numRuns: 60 },
  );
  assert.ok(feasible > 5 && infeasible > 5, `${feasible} feasible, ${infeasible} infeasible`);
});

test("a foot out of reach is named with its distance and its moment", () => {
  const { feasible, reasons } = trot.check({ ...OPTIMISED_TROT, step_length: 0.12 }, BODY);
  assert.equal(feasible, false);
  assert.match(reasons[0]!, /^foot \d+\.\d mm beyond reach at \d+ % of (swing|stance)$/);
});

test("a missing parameter is infeasible and named", () => {
  const { step_length: _, ...rest } = OPTIMISED_TROT;
  const { feasible, reasons } = trot.check(rest, BODY);
  assert.equal(feasible, false);
  assert.deepEqual(reasons, ["parameter step_length is missing or not a number"]);
  assert.equal(trot.check({ ...OPTIMISED_TROT, swing_frequency: 0 }, BODY).feasible, false);
});

test("the published gaits ask for 6.5 and 7.0 rad/s of a 4 rad/s motor, which is saturation, not refusal", () => {
  const optimised = trot.check(OPTIMISED_TROT, BODY);
  const handTuned = trot.check(HAND_TUNED_TROT, BODY);
  assert.ok(optimised.feasible && handTuned.feasible);
  assert.ok(Math.abs(optimised.saturation - 6.5 / 4) < 0.05, `${optimised.saturation}`);
  assert.ok(Math.abs(handTuned.saturation - 7.0 / 4) < 0.05, `${handTuned.saturation}`);
});

test("the foot follows the published path: 55 mm to either side, 33 mm up, 14 mm down", () => {
  const controller = trot.start(OPTIMISED_TROT, BODY);
  const targets = new Float64Array(8);
  const foot = { x: 0, z: 0 };
  const extent = { back: 0, front: 0, low: 0, high: -1 };
  for (let step = 0; step < 3000; step++) {
    controller.step(0.001, targets);
    if (step < 500) continue;
    forwardKinematics(BODY.leg, { hip: targets[0]!, knee: targets[1]! }, foot);
    extent.back = Math.min(extent.back, foot.x);
    extent.front = Math.max(extent.front, foot.x);
    extent.low = Math.min(extent.low, foot.z);
    extent.high = Math.max(extent.high, foot.z);
  }
  const rounded = Object.values(extent).map((value) => Math.round(1000 * value));
  assert.deepEqual(rounded, [-55, 55, -152, -105]);
});
