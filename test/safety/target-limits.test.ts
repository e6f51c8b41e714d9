import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Envelope } from "../../src/safety/limit.ts";
import {
  type TargetFacts,
  targetLimitProblems,
  targetLimits,
  targetRefusal,
} from "../../src/safety/target-limits.ts";
import { simulatedConfig } from "../station/station-process.ts";

const facts: TargetFacts = {
  low: Float64Array.of(-1, 0),
  high: Float64Array.of(1, 2),
  speed: Float64Array.of(10, 20),
  last: Float64Array.of(0, 1),
  elapsed: 0.01,
};

function refusal(positions: readonly number[], change: Partial<TargetFacts> = {}): string | null {
  return targetRefusal(Float64Array.from(positions), { ...facts, ...change });
}

const at = (index: number, value: number, of: Float64Array): Float64Array => of.with(index, value);

describe("streamed targets", () => {
  it("pass inside their joint's limit and as near the last as its speed allows, bounds included", () => {
    for (const positions of [
      [0, 1],
      [0.1, 1.2],
      [-0.1, 0.8],
    ])
      assert.equal(refusal(positions), null, `${positions}`);
    const wide = { elapsed: 1 };
    assert.equal(refusal([1, 2], wide), null);
    assert.equal(refusal([-1, 0], wide), null);
  });

  it("are refused beyond the limit of any joint", () => {
    const wide = { elapsed: 1 };
    for (const positions of [
      [1.0001, 1],
      [-1.0001, 1],
      [0, 2.0001],
      [0, -0.0001],
    ])
      assert.match(refusal(positions, wide) ?? "", /beyond the joint's limit/, `${positions}`);
  });

  it("are refused when they are farther from the last one than its joint's speed allows", () => {
    for (const positions of [
      [0.1001, 1],
      [-0.1001, 1],
      [0, 1.2001],
      [0, 0.7999],
    ])
      assert.match(refusal(positions) ?? "", /too far from the last one/, `${positions}`);
    assert.equal(refusal([0.15, 1], { elapsed: 0.015 }), null, "who is late may have gone farther");
    assert.equal(refusal([0.1 + 5e-10, 1]), null, "rounding is no distance");
    const still = { speed: Float64Array.of(0, 20) };
    assert.equal(refusal([1e-9, 1], still), null, "and the bound itself is inside");
    assert.match(refusal([1.1e-9, 1], still) ?? "", /too far/);
  });

  it("are refused when there are too few, too many, none, or one that is no finite number", () => {
    for (const positions of [[], [0], [0, 1, 1]]) assert.match(refusal(positions) ?? "", /targets for 2/);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.match(refusal([value, 1]) ?? "", /target 0 is not a finite number/);
      assert.match(refusal([0, value]) ?? "", /target 1 is not a finite number/);
    }
    const nobody = { low: new Float64Array(), high: new Float64Array() };
    assert.match(refusal([], nobody) ?? "", /0 targets for 0 joints/);
  });

  it("are refused where a limit, the last target or the time since is not known, or where anything would do", () => {
    const [nan, open] = [Number.NaN, Number.POSITIVE_INFINITY];
    const changes: Partial<TargetFacts>[] = [
      { low: at(1, nan, facts.low) },
      { low: at(1, -open, facts.low) },
      { high: at(1, nan, facts.high) },
      { high: at(1, open, facts.high) },
      { speed: at(1, nan, facts.speed) },
      { speed: at(1, open, facts.speed) },
      { last: at(1, nan, facts.last) },
      { last: at(1, open, facts.last) },
      { elapsed: nan },
      { elapsed: open },
      { elapsed: -1 },
      { low: Float64Array.of(-1) },
      { last: Float64Array.of(0) },
      { speed: Float64Array.of(10) },
      { high: Float64Array.of(1) },
    ];
    for (const change of changes) assert.notEqual(refusal([0, 1], change), null, JSON.stringify(change));
  });

  it("are refused by a robot that takes none", () => {
    for (const none of [null, undefined])
      assert.match(targetRefusal(Float64Array.of(0, 1), none) ?? "", /takes no targets/);
  });
});

describe("limits of streamed targets", () => {
  const joints = ["FR_hip", "FR_knee"];
  const { envelope } = simulatedConfig;
  const abilities = [
    { low: -1.6, high: 1.6, speed: 4 },
    { low: -2.6, high: 0.05, speed: 3 },
  ];
  const open = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

  it("are the joint's own limits of position and speed", () => {
    assert.deepEqual(targetLimits(envelope, joints, abilities), {
      low: Float64Array.of(-1.7, -2.8),
      high: Float64Array.of(1.7, 0.2),
      speed: Float64Array.of(25, 25),
    });
    const slowKnee: Envelope = {
      ...envelope,
      "joint-speed": {
        ...envelope["joint-speed"],
        joints: { FR_knee: { ...envelope["joint-speed"], high: 7 } },
      },
    };
    assert.deepEqual(targetLimits(slowKnee, joints, abilities).speed, Float64Array.of(25, 7));
  });

  it("take the motors' speed where nobody watches the joints'", () => {
    const unwatched = { ...envelope, "joint-speed": { ...envelope["joint-speed"], ...open } };
    assert.deepEqual(targetLimits(unwatched, joints, abilities).speed, Float64Array.of(5, 5));
  });

  it("take what the body can do where the robot has no sensor, and nothing where that is not known either", () => {
    const blind = {
      ...envelope,
      "joint-position": { ...envelope["joint-position"], ...open, joints: {} },
      "joint-speed": { ...envelope["joint-speed"], ...open },
      "motor-speed": { ...envelope["motor-speed"], ...open },
    };
    assert.deepEqual(targetLimits(blind, joints, abilities), {
      low: Float64Array.of(-1.6, -2.6),
      high: Float64Array.of(1.6, 0.05),
      speed: Float64Array.of(4, 3),
    });
    const nothing = { low: Number.NEGATIVE_INFINITY, high: Number.NaN, speed: Number.POSITIVE_INFINITY };
    const none = Float64Array.of(Number.NaN, Number.NaN);
    assert.deepEqual(targetLimits(blind, joints, [nothing, nothing]), { low: none, high: none, speed: none });
  });

  it("are a problem where there are none, joint by joint", () => {
    const sound = targetLimits(envelope, joints, abilities);
    assert.deepEqual(targetLimitProblems(sound, joints), []);
    for (const change of [
      { low: at(1, Number.NEGATIVE_INFINITY, sound.low) },
      { high: at(1, Number.POSITIVE_INFINITY, sound.high) },
      { high: at(1, Number.NaN, sound.high) },
    ])
      assert.deepEqual(targetLimitProblems({ ...sound, ...change }, joints), [
        "targets of FR_knee have no limit joint-position",
      ]);
    for (const speed of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.deepEqual(targetLimitProblems({ ...sound, speed: at(0, speed, sound.speed) }, joints), [
        "targets of FR_hip have no limit of their speed",
      ]);
    const unset = { low: new Float64Array(), high: new Float64Array(), speed: new Float64Array() };
    assert.equal(targetLimitProblems(unset, joints).length, 4);
  });
});
