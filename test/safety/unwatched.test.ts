/** A robot with few sensors: limits it cannot watch, when its config says so in words. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { envelopeProblems } from "../../src/safety/envelope.ts";
import { type Envelope, LIMIT_NAMES, type Limit, MAY_GO_UNWATCHED } from "../../src/safety/limit.ts";
import { ENVELOPE, FrameSource, JOINTS, layoutWithout, monitorOf } from "./small-robot.ts";

const OPEN = {
  low: Number.NEGATIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
  nominal: 0,
  action: "warn",
  unwatched: "the servos do not report it",
} as const;

function unwatched(names: readonly string[], change: Partial<Limit> = {}): Envelope {
  const limits = LIMIT_NAMES.map((name) => {
    const { joints: _, ...limit } = ENVELOPE[name];
    return [name, names.includes(name) ? { ...limit, ...OPEN, ...change } : ENVELOPE[name]];
  });
  return Object.fromEntries(limits) as Envelope;
}

describe("a limit that goes unwatched", () => {
  it("is allowed where a sensor may be lacking, and nowhere else", () => {
    for (const name of LIMIT_NAMES) {
      const expected = MAY_GO_UNWATCHED.includes(name) ? [] : [`limit ${name} must be watched`];
      assert.deepEqual(envelopeProblems(unwatched([name]), JOINTS), expected);
    }
    for (const never of ["tilt", "duration", "frame-age", "frame-gap", "not-a-number", "frozen"] as const)
      assert.ok(!MAY_GO_UNWATCHED.includes(never), never);
  });

  it("says why, and has no bounds that nobody keeps", () => {
    for (const reason of ["", "  ", null, 3] as never[])
      assert.deepEqual(envelopeProblems(unwatched(["height"], { unwatched: reason }), JOINTS), [
        "limit height goes unwatched without a reason",
      ]);
    const bounded: Partial<Limit>[] = [
      { low: 0 },
      { high: 1 },
      { low: Number.NaN },
      { softLow: 0 },
      { softHigh: 1 },
      { joints: { knee: ENVELOPE.tilt } },
    ];
    for (const change of bounded)
      assert.deepEqual(envelopeProblems(unwatched(["motor-torque"], change), JOINTS), [
        "limit motor-torque goes unwatched and yet has bounds",
      ]);
  });

  it("needs no channel, never stops the robot and counts as far from its limit", () => {
    const lacking = [
      channelName.height,
      channelName.batteryVoltage,
      channelName.poseY,
      ...JOINTS.flatMap((joint) => [
        channelName.jointPosition(joint),
        channelName.jointVelocity(joint),
        channelName.motorVelocity(joint),
        channelName.motorTorque(joint),
        channelName.motorTemperature(joint),
      ]),
    ];
    const layout = layoutWithout(...lacking);
    const monitor = monitorOf(unwatched(MAY_GO_UNWATCHED), layout);
    assert.deepEqual(monitor.problems, []);
    const source = new FrameSource(layout);
    assert.equal(monitor.onFrame(source.next()), null);
    monitor.watch("walking");
    for (let count = 0; count < 100; count++) assert.equal(monitor.onFrame(source.next()), null);
    assert.ok(monitor.upright);
    const debounced = new Float64Array(LIMIT_NAMES.length);
    monitor.readDebounced(debounced);
    for (const [index, name] of LIMIT_NAMES.entries()) {
      if (!MAY_GO_UNWATCHED.includes(name)) continue;
      assert.equal(monitor.constraints(10, 0)[index], -1, name);
      assert.ok(Number.isNaN(debounced[index]), name);
    }
    const breach = monitor.onFrame(source.next({ [channelName.roll]: 1 }));
    assert.equal(breach?.limit.name, "tilt", "what it has is watched");
  });

  it("is not watched even where the robot reports it, and its neighbours still are", () => {
    const monitor = monitorOf(unwatched(["motor-torque"]));
    const source = new FrameSource();
    assert.equal(monitor.onFrame(source.next()), null);
    monitor.watch("walking");
    assert.equal(monitor.onFrame(source.next({ [channelName.motorTorque("hip")]: 1000 })), null);
    const breach = monitor.onFrame(source.next({ [channelName.motorVelocity("hip")]: 1000 }));
    assert.equal(breach?.limit.name, "motor-speed");
  });

  it("that is watched needs its channel", () => {
    const layout = layoutWithout(channelName.height);
    assert.deepEqual(monitorOf(ENVELOPE, layout).problems, ["height needs trunk.height"]);
    assert.deepEqual(monitorOf(unwatched(["height"]), layout).problems, []);
  });
});
