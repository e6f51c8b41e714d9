import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NOMINAL_CONDITIONS } from "../../sim/conditions.ts";
import { PERTURBED_WORLDS } from "../../sim/perturbed-worlds.ts";
import { score, type TrueWalk, trueWalk, Walkway } from "../../sim/true-walk.ts";
import { drawConditions } from "../../sim/variation.ts";
import { HAND_TUNED_TROT, OPTIMISED_TROT } from "../gait/body.ts";

const trot = (parameters: Record<string, number>) => ({ gait: "foot-cpg:trot", parameters });
let walkway: Walkway;
/** Ten seconds of the faster one. */
let optimised: TrueWalk;

before(async () => {
  walkway = await Walkway.open("nominal");
  optimised = walkway.walk(trot(OPTIMISED_TROT));
});
after(() => walkway.close());

test("the published trots walk as fast as they are known to on this body", () => {
  const handTuned = walkway.walk(trot(HAND_TUNED_TROT));
  // Real robot: 0.26 and 0.15 m/s; the Python prototype of this model: 0.274 and 0.17 m/s.
  assert.ok(Math.abs(optimised.speed - 0.274) < 0.01, `${optimised.speed} m/s`);
  assert.ok(Math.abs(handTuned.speed - 0.17) < 0.01, `${handTuned.speed} m/s`);
  for (const walk of [optimised, handTuned]) {
    assert.equal(walk.fell, false);
    assert.ok(Math.abs(walk.displacement - 10 * walk.speed) < 1e-9);
    assert.ok(Math.abs(walk.lateral) < 0.1 && Math.abs(walk.turned) < 0.1);
    assert.ok(
      walk.jointSpeedPeak > 1.4 * walk.motorSpeedPeak,
      "springs make the legs faster than the motors",
    );
    assert.ok(walk.motorSpeedPeak < 4.5 && walk.torquePeak <= 4);
  }
});

test("walks do not depend on the walks before them", async () => {
  const short = { ...trot(OPTIMISED_TROT), measure: 1.5 };
  const first = walkway.walk(short);
  walkway.walk({ ...trot(HAND_TUNED_TROT), measure: 1.5 }, drawConditions("rough", 3, 4), 0.3);
  assert.deepEqual(walkway.walk(short), first);
  assert.deepEqual(await trueWalk(short), first);
});

test("the energy of a walk is what the motors did and lost, and enough to carry the robot", () => {
  const walk = optimised;
  assert.ok(walk.mechanicalEnergy > 10 && walk.mechanicalEnergy < 300, `${walk.mechanicalEnergy} J`);
  // Joule heat follows from the torque: R (τ / kt)² over eight motors and ten seconds.
  const expected = 0.5 * (walk.torqueRms / 0.5) ** 2 * 8 * 10;
  assert.ok(Math.abs(walk.jouleEnergy / expected - 1) < 0.01, `${walk.jouleEnergy} against ${expected} J`);
});

test("a gait tuned for springs falls without them", async () => {
  const rigid = await Walkway.open("rigid");
  const walk = rigid.walk(trot(OPTIMISED_TROT));
  assert.ok(walk.fell);
  assert.equal(score(walk), 0);
  assert.ok(walk.duration < 10);
  rigid.close();
});

test("a gait the robot refuses cannot be judged", () => {
  assert.throws(() => walkway.walk(trot({ ...OPTIMISED_TROT, step_length: 0.2 })), /refuses to stage: foot/);
});

test("the perturbed worlds are ten, differ from one another, and matter", () => {
  assert.equal(PERTURBED_WORLDS.length, 10);
  assert.equal(new Set(PERTURBED_WORLDS.map((world) => world.name)).size, 10);
  const short = { ...trot(OPTIMISED_TROT), measure: 2 };
  const nominal = walkway.walk(short, NOMINAL_CONDITIONS);
  const displacements = PERTURBED_WORLDS.map(
    ({ conditions, charge }) => walkway.walk(short, conditions, charge).displacement,
  );
  assert.equal(new Set(displacements).size, 10);
  const changed = displacements.filter((value) => Math.abs(value / nominal.displacement - 1) > 0.03);
  assert.ok(changed.length >= 6, `${displacements}`);
});

test("variation is keyed by seed and suggestion, and rough is rougher than mild", () => {
  assert.deepEqual(drawConditions("mild", 1, 2), drawConditions("mild", 1, 2));
  assert.notDeepEqual(drawConditions("mild", 1, 2), drawConditions("mild", 2, 1));
  assert.equal(drawConditions("none", 1, 2), NOMINAL_CONDITIONS);
  const spread = (level: "mild" | "rough"): number => {
    const factors = Array.from({ length: 400 }, (_, walk) =>
      Math.log(drawConditions(level, 1, walk).friction),
    );
    return Math.sqrt(factors.reduce((sum, value) => sum + value * value, 0) / factors.length);
  };
  assert.ok(Math.abs(spread("mild") / 0.06 - 1) < 0.1, `${spread("mild")}`);
  assert.ok(spread("rough") > 4 * spread("mild"));
});
