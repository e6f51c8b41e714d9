import assert from "node:assert/strict";
import { test } from "node:test";
import { NOMINAL_CONDITIONS } from "../../sim/conditions.ts";
import { GRAVITY, mjcf, PHYSICS_STEP, standingHeight } from "../../sim/mjcf.ts";
import { Physics } from "../../sim/physics.ts";
import { NOMINAL_GROUND, NOMINAL_ROBOT, totalMass } from "../../sim/robot-model.ts";
import { VARIANT_NAMES, VARIANTS, variantNamed } from "../../sim/variants.ts";
import { GaitsmithError } from "../../src/errors.ts";

const attribute = (xml: string, pattern: RegExp): number[] =>
  [...xml.matchAll(pattern)].map((match) => Number(match[1]));
const stiffnesses = (xml: string): number[] => attribute(xml, / stiffness="([\d.]+)"/g);
const torques = (xml: string): number[] => attribute(xml, /forcerange="-[\d.]+ ([\d.]+)"/g);

test("the robot weighs 3.1 kg, one more with its payload, and MuJoCo agrees", async () => {
  assert.ok(Math.abs(totalMass(NOMINAL_ROBOT) - 3.104) < 1e-9);
  for (const name of ["nominal", "payload"] as const) {
    const { robot, ground } = VARIANTS[name];
    const physics = await Physics.load(robot, ground);
    assert.ok(Math.abs(physics.mass - totalMass(robot)) < 1e-9, name);
    physics.close();
  }
  assert.ok(Math.abs(totalMass(VARIANTS.payload.robot) - totalMass(NOMINAL_ROBOT) - 1) < 1e-9);
});

test("every variant compiles and stands on its feet", async () => {
  for (const name of VARIANT_NAMES) {
    const physics = await Physics.load(VARIANTS[name].robot, VARIANTS[name].ground);
    physics.reset(NOMINAL_CONDITIONS);
    for (let motor = 0; motor < 8; motor++) physics.setMotorTarget(motor, physics.motorPosition(motor));
    for (let step = 0; step < 1 / PHYSICS_STEP; step++) physics.step();
    const load = [0, 1, 2, 3].reduce((sum, leg) => sum + physics.footForce(leg), 0);
    assert.ok(Math.abs(load / (physics.mass * GRAVITY) - 1) < 0.1, `${name}: feet carry ${load} N`);
    const height = physics.position(2);
    assert.ok(height > 0.08 && height <= standingHeight(NOMINAL_ROBOT) + 0.005, `${name}: ${height} m`);
    physics.close();
  }
});

test("variants differ from the nominal robot in what their names say, and in nothing else", () => {
  const nominal = mjcf(NOMINAL_ROBOT, NOMINAL_GROUND);
  const of = (name: string): string => mjcf(variantNamed(name).robot, variantNamed(name).ground);
  assert.deepEqual(stiffnesses(nominal), Array(8).fill(2.75));
  assert.deepEqual(stiffnesses(of("soft")), Array(8).fill(2));
  assert.deepEqual(stiffnesses(of("stiff")), Array(8).fill(4));
  assert.deepEqual(stiffnesses(of("rigid")), Array(8).fill(50));
  assert.match(of("rigid"), /stiffness="50" damping="0.45"/);
  assert.deepEqual(torques(nominal), Array(8).fill(4));
  assert.deepEqual(torques(of("weak-motor")), Array(8).fill(2));
  const lame = of("lame");
  assert.deepEqual(
    stiffnesses(lame).map((value) => Math.round(1000 * value)),
    [825, 825, 2750, 2750, 2750, 2750, 2750, 2750],
  );
  assert.deepEqual(torques(lame).slice(0, 3), [1.2, 1.2, 4]);
  for (const [name, friction] of [
    ["slippery", 0.4],
    ["grippy", 1.2],
  ] as const)
    assert.equal(of(name), nominal.replaceAll('friction="0.8 ', `friction="${friction} `));
  assert.equal(of("tilt"), nominal, "a slope is a turned gravity, not another model");
});

test("a slope turns gravity and leaves its strength", async () => {
  const physics = await Physics.load(VARIANTS.tilt.robot, VARIANTS.tilt.ground);
  physics.reset(NOMINAL_CONDITIONS);
  const [x, y, z] = physics.down;
  assert.ok(Math.abs(Math.hypot(x, y, z) - 1) < 1e-12);
  assert.ok(Math.abs(Math.atan2(-x, -z) - (3 * Math.PI) / 180) < 1e-12, "uphill pulls backward");
  physics.close();
});

test("gravel is ±5 mm high and the same every time", async () => {
  const { robot, ground } = VARIANTS.gravel;
  assert.equal(mjcf(robot, ground), mjcf(robot, ground));
  assert.match(mjcf(robot, ground), /size="4\.5 1\.5 0\.01 0\.05"/);
});

test("an unknown variant is refused with the names that exist", () => {
  assert.throws(
    () => variantNamed("toString"),
    (error) => error instanceof GaitsmithError && /nominal, soft, stiff/.test(error.describe()),
  );
});

test("without motors the robot only loses energy", async () => {
  const physics = await Physics.load(NOMINAL_ROBOT, NOMINAL_GROUND);
  physics.reset({
    ...NOMINAL_CONDITIONS,
    start: { ...NOMINAL_CONDITIONS.start, joints: [0.3, 0, -0.2, 0, 0.1, 0.3, 0, -0.3] },
  });
  for (let motor = 0; motor < 8; motor++) physics.setMotorStrength(motor, 0, 0);
  const total = (): number => {
    const { kinetic, potential } = physics.mechanicalEnergy();
    return kinetic + potential;
  };
  let before = total();
  const start = before;
  // The ground, a stiff spring that MuJoCo does not count, may give back a little of what it took.
  for (let step = 0; step < 500; step++) {
    physics.step();
    const now = total();
    assert.ok(now < before + 2e-3, `step ${step} gains ${now - before} J`);
    before = now;
  }
  assert.ok(before < start);
  physics.close();
});
