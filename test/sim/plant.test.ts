import assert from "node:assert/strict";
import { test } from "node:test";
import { Battery, LIPO_3S, openCircuitVoltage } from "../../sim/battery.ts";
import { residueAtStart } from "../../sim/carry-over.ts";
import { NOMINAL_CONDITIONS } from "../../sim/conditions.ts";
import { PHYSICS_STEP } from "../../sim/mjcf.ts";
import { MotorHeat, SMALL_MOTOR_HEAT } from "../../sim/motor-heat.ts";
import { Plant } from "../../sim/plant.ts";
import { NOMINAL_GROUND, NOMINAL_ROBOT } from "../../sim/robot-model.ts";

const RESTED = { charge: 1, temperatures: Array(8).fill(SMALL_MOTOR_HEAT.ambient) };

test("the open-circuit voltage falls with the charge, from 12.6 V to 9 V", () => {
  assert.ok(Math.abs(openCircuitVoltage(1) - 12.6) < 1e-12);
  assert.ok(Math.abs(openCircuitVoltage(0) - 9) < 1e-12);
  for (let charge = 0; charge < 1; charge += 0.01)
    assert.ok(openCircuitVoltage(charge + 0.01) > openCircuitVoltage(charge));
});

test("the battery gives back the energy it holds, sags under load and recovers", () => {
  const battery = new Battery(LIPO_3S);
  battery.reset(0.9);
  const resting = battery.voltage;
  for (let step = 0; step < 500; step++) battery.step(0.002, 100);
  const sag = openCircuitVoltage(battery.charge) - battery.voltage;
  assert.ok(Math.abs(sag - LIPO_3S.resistance * battery.current) < 1e-12);
  assert.ok(sag > 0.5 && battery.voltage < resting, `${sag} V at ${battery.current} A`);
  // 106 W at about 11.6 V for 1 s.
  const drawn = (0.9 - battery.charge) * LIPO_3S.capacity;
  assert.ok(Math.abs(drawn - 106 / 11.6) < 0.4, `${drawn} A·s`);
  for (let step = 0; step < 500; step++) battery.step(0.002, -LIPO_3S.idlePower);
  assert.ok(resting - battery.voltage < 0.05);
});

test("a motor heats by power times resistance, with the time constant of its windings", () => {
  const heat = new MotorHeat(SMALL_MOTOR_HEAT, 1);
  const { ambient, resistance, capacity } = SMALL_MOTOR_HEAT;
  for (let time = 0; time < resistance * capacity; time += 0.1) heat.step(0, 0.1, 2);
  const expected = ambient + 2 * resistance * (1 - Math.exp(-1));
  assert.ok(Math.abs(heat.temperature(0) - expected) < 0.1);
  const [rested] = MotorHeat.rested(SMALL_MOTOR_HEAT, [heat.temperature(0)], resistance * capacity);
  assert.ok(Math.abs(rested! - ambient - (heat.temperature(0) - ambient) / Math.E) < 1e-9);
});

test("a motor above its limit is cut out until it has cooled well below", () => {
  const heat = new MotorHeat(SMALL_MOTOR_HEAT, 1);
  while (!heat.isCutOut(0)) heat.step(0, 0.1, 40);
  assert.ok(heat.temperature(0) >= SMALL_MOTOR_HEAT.cutOut);
  while (heat.isCutOut(0)) heat.step(0, 0.1, 0);
  assert.ok(heat.temperature(0) <= SMALL_MOTOR_HEAT.cutIn);
});

test("a cut-out motor exerts nothing and its neighbours go on", async () => {
  const plant = await Plant.load(NOMINAL_ROBOT, NOMINAL_GROUND);
  const temperatures = [90, 23, 23, 23, 23, 23, 23, 23];
  plant.reset(NOMINAL_CONDITIONS, { charge: 1, temperatures });
  plant.mode = "follow";
  for (let step = 0; step < 100; step++) plant.step();
  assert.equal(Math.abs(plant.physics.motorTorque(0)), 0);
  assert.ok(Math.abs(plant.physics.motorTorque(1)) > 0.05);
  plant.close();
});

test("motors slew at 4 rad/s and push 4 N·m at most, and less of both on an empty battery", async () => {
  const plant = await Plant.load(NOMINAL_ROBOT, NOMINAL_GROUND);
  const far = Float64Array.from({ length: 8 }, (_, joint) => (joint % 2 === 0 ? 1.5 : -2.5));
  const peaks = (charge: number): { speed: number; torque: number } => {
    plant.reset(NOMINAL_CONDITIONS, { ...RESTED, charge });
    plant.mode = "follow";
    plant.setTargets(far);
    const peak = { speed: 0, torque: 0 };
    for (let step = 0; step < 100; step++) {
      plant.step();
      for (let motor = 0; motor < 8; motor++) {
        peak.speed = Math.max(peak.speed, Math.abs(plant.physics.motorVelocity(motor)));
        peak.torque = Math.max(peak.torque, Math.abs(plant.physics.motorTorque(motor)));
      }
    }
    return peak;
  };
  const [full, empty] = [peaks(1), peaks(0.01)];
  assert.ok(full.speed > 3.6 && full.speed < 4.4, `${full.speed} rad/s`);
  assert.ok(full.torque <= 4 + 1e-9);
  assert.ok(empty.speed < 0.95 * full.speed, `${empty.speed} rad/s`);
  plant.close();
});

test("targets reach the drives after the command delay and not before", async () => {
  const plant = await Plant.load(NOMINAL_ROBOT, NOMINAL_GROUND);
  const firstTorque = (commandDelay: number): number => {
    plant.reset({ ...NOMINAL_CONDITIONS, commandDelay }, RESTED);
    plant.mode = "follow";
    const still = Array.from({ length: 8 }, (_, motor) => plant.physics.motorPosition(motor));
    plant.setTargets(
      Float64Array.from(still, (angle, motor) => angle - (motor % 2 === 1 ? still[motor - 1]! : 0) + 0.2),
    );
    for (let step = 0; ; step++) {
      plant.step();
      if (plant.physics.motorTorque(0) > 0.4) return step * PHYSICS_STEP;
    }
  };
  const difference = firstTorque(0.02) - firstTorque(0);
  assert.ok(Math.abs(difference - 0.02) <= PHYSICS_STEP + 1e-9, `${difference} s`);
  plant.close();
});

test("what a walk leaves behind cools and drains during the pause, and survives JSON", () => {
  const left = { charge: 0.5, temperatures: [60, 40, 23, 23, 23, 23, 23, 23] };
  const next = residueAtStart(JSON.parse(JSON.stringify(left)), 8);
  assert.ok(next.charge < 0.5 && next.charge > 0.49);
  assert.ok(next.temperatures[0]! < 60 && next.temperatures[0]! > 40);
  assert.equal(residueAtStart({ ...left, charge: 0.1 }, 8).charge, 1, "exchanged");
  for (const nonsense of [null, undefined, 7, {}, { charge: 0.5, temperatures: [1, 2] }])
    assert.deepEqual(residueAtStart(nonsense, 8), RESTED);
});
