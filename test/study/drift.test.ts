/** Drift checks: what is flagged, what is not, and how often a steady robot is called changed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import { driftOf } from "../../src/study/drift.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";

type Walk = Parameters<typeof driftOf>[0][number];

/** Walks of the seed gait: three at the start, then a check every 16 trials. */
function walksOf(values: readonly number[], health: (walk: number) => TrialRecord["health"] = () => ({})) {
  return values.map((value, walk): Walk => {
    const known = health(walk);
    return {
      number: walk < 3 ? walk : 3 + 16 * (walk - 2),
      role: walk < 3 ? "seed-gait" : "drift-check",
      state: "completed",
      value,
      ...(known === undefined ? {} : { health: known }),
    };
  });
}

describe("drift of the seed gait", () => {
  it("says nothing before there is a check to compare", () => {
    assert.equal(driftOf([]), null);
    assert.equal(driftOf(walksOf([0.4, 0.41, 0.42])), null);
    const [baseline, , , check] = walksOf([0.4, 0.41, 0.42, 0.3]);
    assert.equal(driftOf([baseline!, check!]), null, "one walk says nothing of noise");
  });

  it("flags a step beyond the prediction interval, and keeps flagging it", () => {
    // t(99.5 %, 2) = 9.925 times 0.01 times the root of 4/3.
    const at = (value: number) => driftOf(walksOf([0.4, 0.41, 0.42, value]))!;
    assert.deepEqual(
      at(0.41).interval.map((bound) => bound.toFixed(4)),
      ["0.2954", "0.5246"],
    );
    assert.deepEqual([at(0.3).drifted, at(0.29).drifted, at(0.53).drifted], [false, true, true]);
    const after = driftOf(walksOf([0.4, 0.41, 0.42, 0.41, 0.2, 0.21]))!;
    assert.deepEqual([after.trial, after.drifted], [51, true]);
    assert.match(after.words, /the robot has changed: the seed gait's reward was 0\.21 in trial 51/);
  });

  it("flags a creep that no single check shows", () => {
    const creeping = [0.4, 0.412, 0.406, 0.4, 0.39, 0.385, 0.376, 0.37];
    const { drifted, interval, value, words } = driftOf(walksOf(creeping))!;
    assert.ok(value > interval[0] && value < interval[1]);
    assert.ok(drifted);
    assert.match(words, /rise or fall/);
  });

  it("leaves out walks that were not completed, and others than the seed gait's", () => {
    const walks = walksOf([0.4, 0.41, 0.42, 0.41]);
    const others: Walk[] = [
      { number: 70, role: "drift-check", state: "interrupted", value: null },
      { number: 71, role: "suggested", state: "completed", value: 9 },
    ];
    assert.deepEqual(driftOf([...walks, ...others]), driftOf(walks));
  });

  it("names the covariates that moved with it, and nothing that did not", () => {
    const health = (walk: number) => ({
      battery_rest: walk === 4 ? 11.1 : 12.4 + 0.02 * walk,
      motor_temperature_before: 24 + (walk % 2),
      actuators_after: [],
    });
    const drift = driftOf(walksOf([0.4, 0.41, 0.42, 0.41, 0.2], health))!;
    assert.deepEqual(
      drift.covariates.map(({ name, to }) => [name, to]),
      [["battery_rest", 11.1]],
    );
    assert.match(drift.words, /battery rest 12\.4 → 11\.1 V/);
    const none = driftOf(walksOf([0.4, 0.41, 0.42, 0.41, 0.2]))!;
    assert.match(none.words, /look for wear/);
  });

  it("calls a steady robot changed in less than 2.5 of 100 checks", () => {
    const source = new RandomSource({ seed: 6, index: 0, stream: "steady" });
    const studies = 600;
    const alarms = [0, 0, 0, 0, 0, 0];
    for (let study = 0; study < studies; study++) {
      const values = Array.from({ length: 9 }, () => 0.4 + 0.02 * source.normal());
      for (let check = 0; check < alarms.length; check++)
        if (driftOf(walksOf(values.slice(0, 4 + check)))!.drifted) alarms[check]!++;
    }
    const rates = alarms.map((count) => count / studies);
    const mean = rates.reduce((sum, rate) => sum + rate / rates.length, 0);
    assert.ok(mean > 0.005 && mean < 0.025, `${rates.join(", ")}`);
  });

  it("finds a loss of a third against a noise of 4 %", () => {
    const source = new RandomSource({ seed: 7, index: 0, stream: "weak" });
    let found = 0;
    for (let study = 0; study < 400; study++) {
      const steady = Array.from({ length: 5 }, () => 0.4 + 0.016 * source.normal());
      if (driftOf(walksOf([...steady, 0.27 + 0.016 * source.normal()]))!.drifted) found++;
    }
    assert.ok(found > 380, `${found} of 400`);
  });
});
