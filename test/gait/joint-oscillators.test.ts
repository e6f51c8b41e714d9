import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { advancePhase, jointOscillators } from "../../src/gait/joint-oscillators.ts";
import { neutralStance } from "../../src/gait/neutral-stance.ts";
import { BODY } from "./body.ts";

const parameters = fc.record(
  Object.fromEntries(
    jointOscillators.parameters.map(({ name, low, high }) => [
      name,
      fc.double({ min: low, max: high, noNaN: true }),
    ]),
  ),
);

test("advancing the phase twice is advancing it once by both times", () => {
  const time = fc.double({ min: 1e-4, max: 0.3, noNaN: true });
  const speed = fc.double({ min: 5, max: 31, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 6.28, noNaN: true }),
      time,
      time,
      speed,
      speed,
      (phase, a, b, up, down) => {
        const once = advancePhase(phase, a + b, up, down);
        const twice = advancePhase(advancePhase(phase, a, up, down), b, up, down);
        assert.ok(Math.abs(Math.sin((once - twice) / 2)) < 1e-9, `${once} against ${twice}`);
      },
    ),
  );
});

test("the targets do not depend on the control period at all", () => {
  fc.assert(
    fc.property(parameters, (set) => {
      const [coarse, fine] = [jointOscillators.start(set, BODY), jointOscillators.start(set, BODY)];
      const [a, b] = [new Float64Array(8), new Float64Array(8)];
      for (let step = 0; step < 100; step++) {
        coarse.step(0.02, a);
        for (let part = 0; part < 10; part++) fine.step(0.002, b);
      }
      a.forEach((target, joint) => {
        assert.ok(Math.abs(target - b[joint]!) < 1e-9);
      });
    }),
    { numRuns: 20 },
  );
});

test("without amplitude and offset every joint stays in the neutral stance", () => {
  const still = Object.fromEntries(
    jointOscillators.parameters.map(({ name }) => [name, name.endsWith("frequency") ? 2 : 0]),
  );
  const controller = jointOscillators.start(still, BODY);
  const targets = new Float64Array(8);
  controller.step(0.01, targets);
  assert.deepEqual(targets, neutralStance(BODY));
  assert.deepEqual(jointOscillators.check(still, BODY), { feasible: true, reasons: [], saturation: 0 });
});

test("feasible parameters keep every joint in its range, and the verdict is not always the same", () => {
  const wide = { ...BODY, leg: { ...BODY.leg, kneeRange: [-1.75, -0.6] as const } };
  const verdicts = new Set<boolean>();
  fc.assert(
    fc.property(parameters, fc.double({ min: 0, max: 1, noNaN: true }), (set, share) => {
      const milder = Object.fromEntries(
        Object.entries(set).map(([name, value]) => [
          name,
          name.endsWith("amplitude") ? share * value : value,
        ]),
      );
      const { feasible } = jointOscillators.check(milder, wide);
      verdicts.add(feasible);
      const controller = jointOscillators.start(milder, wide);
      const targets = new Float64Array(8);
      for (let step = 0; feasible && step < 300; step++) {
        controller.step(0.01, targets);
        for (let joint = 1; joint < 8; joint += 2)
          assert.ok(targets[joint]! >= -1.75 - 1e-9 && targets[joint]! <= -0.6 + 1e-9);
      }
    }),
    { numRuns: 100 },
  );
  assert.equal(verdicts.size, 2);
});
