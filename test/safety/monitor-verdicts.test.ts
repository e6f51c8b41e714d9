/** When crossing a bound counts, and which of several verdicts is given. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import type { LimitName } from "../../src/safety/limit.ts";
import { missingByLimit } from "../../src/safety/missing-channels.ts";
import type { Breach } from "../../src/safety/monitor.ts";
import {
  ENVELOPE,
  FrameSource,
  JOINTS,
  layoutWithout,
  monitorOf,
  walking,
  withLimit,
} from "./small-robot.ts";

describe("monitor: verdicts", () => {
  const fast = { [channelName.motorVelocity("hip")]: 6 };

  it("debounces with streaks: one good frame starts anew, an unknown one does not", () => {
    const { monitor, source } = walking(
      withLimit("motor-speed", { debounce: { kind: "streak", frames: 3 } }),
    );
    const unknown = { [channelName.motorVelocity("hip")]: Number.NaN };
    for (const change of [fast, fast, {}, fast, unknown, fast])
      assert.equal(monitor.onFrame(source.next(change)), null);
    assert.equal(monitor.onFrame(source.next(fast))?.value, 6);
  });

  it("tells the debounced value: of a streak the one closest to the bound", () => {
    const { monitor, source } = walking(withLimit("height", { debounce: { kind: "streak", frames: 3 } }));
    const at = (height: number): Breach | null =>
      monitor.onFrame(source.next({ [channelName.height]: height }));
    assert.deepEqual([at(0.05), at(0.06)], [null, null]);
    const low = at(0.04);
    assert.deepEqual([low?.value, low?.bound], [0.06, 0.07]);
    const above = walking(withLimit("height", { debounce: { kind: "streak", frames: 2 } }));
    above.monitor.onFrame(above.source.next({ [channelName.height]: 0.5 }));
    const high = above.monitor.onFrame(above.source.next({ [channelName.height]: 0.3 }));
    assert.deepEqual([high?.value, high?.bound], [0.3, 0.22]);
  });

  it("does not count an old tilt for an unknown one", () => {
    const { monitor, source } = walking(withLimit("tilt", { debounce: { kind: "streak", frames: 2 } }));
    for (const roll of [1, Number.NaN, Number.NaN, 0])
      assert.equal(monitor.onFrame(source.next({ [channelName.roll]: roll })), null);
  });

  it("names the most severe of several, and reports each limit once", () => {
    const cutting = withLimit("motor-torque", { action: "cut" });
    const { monitor, source } = walking(cutting);
    const torque = { [channelName.motorTorque("knee")]: 5 };
    const hot = { [channelName.motorTemperature("hip")]: 90 };
    const first = monitor.onFrame(source.next({ ...fast, ...torque, ...hot }));
    assert.equal(first?.limit.name, "motor-torque");
    assert.equal(monitor.onFrame(source.next({ ...fast, ...torque, ...hot }))?.limit.name, "motor-speed");
    assert.equal(
      monitor.onFrame(source.next({ ...fast, ...torque, ...hot }))?.limit.name,
      "motor-temperature",
    );
    assert.equal(monitor.onFrame(source.next({ ...fast, ...torque, ...hot })), null);
    assert.equal(monitor.breach, first);
  });

  it("only notes a warning", () => {
    const { monitor, source } = walking(withLimit("motor-speed", { action: "warn" }));
    assert.equal(monitor.onFrame(source.next(fast))?.limit.action, "warn");
    assert.equal(monitor.breach, null);
    assert.equal(monitor.healthy(source.tRobot + source.underway), true);
    const hot = { [channelName.motorTemperature("hip")]: 90 };
    assert.equal(monitor.onFrame(source.next({ ...fast, ...hot }))?.limit.name, "motor-temperature");
  });

  it("is not healthy before the first frame and after a breach", () => {
    const monitor = monitorOf();
    assert.equal(monitor.healthy(0), false);
    const source = new FrameSource();
    monitor.onFrame(source.next());
    assert.equal(monitor.healthy(source.tRobot + source.underway), true);
    monitor.watch("powered");
    monitor.onFrame(source.next(fast));
    assert.equal(monitor.healthy(source.tRobot + source.underway), false);
  });

  it("knows the posture", () => {
    const { monitor, source } = walking();
    assert.equal(monitor.upright, true);
    monitor.onFrame(source.next({ [channelName.roll]: 0.5, [channelName.pitch]: 0 }));
    assert.ok(Math.abs(monitor.posture.tilt - 0.5) < 1e-9);
    assert.equal(monitor.upright, true);
    monitor.onFrame(source.next({ [channelName.roll]: Number.NaN, [channelName.height]: 0.3 }));
    assert.ok(Math.abs(monitor.posture.tilt - 0.5) < 1e-9);
    assert.deepEqual(
      [monitor.posture.imuTrusted, monitor.posture.height, monitor.upright],
      [false, 0.3, false],
    );
    monitor.onFrame(source.next({ [channelName.height]: Number.NaN }));
    assert.deepEqual([monitor.posture.imuTrusted, monitor.posture.height], [true, 0.3]);
    monitor.onFrame(source.next({ [channelName.acceleration("z")]: Number.NaN }));
    assert.equal(monitor.posture.imuTrusted, false);
    for (let count = 0; count < 30; count++)
      monitor.onFrame(source.next({ [channelName.acceleration("z")]: 9.81 }));
    assert.equal(monitor.posture.imuTrusted, false);
    assert.equal(monitorOf().upright, false);
  });

  it("sees the stop button", () => {
    const { monitor, source } = walking();
    assert.equal(monitor.stopButton, false);
    monitor.onFrame(source.next({ [channelName.stopButton]: 1 }));
    assert.equal(monitor.stopButton, true);
    const layout = layoutWithout(channelName.stopButton);
    const without = monitorOf(ENVELOPE, layout);
    without.onFrame(new FrameSource(layout).next());
    assert.equal(without.stopButton, false);
  });

  it("forgets everything on reset", () => {
    const { monitor, source } = walking();
    monitor.onFrame(source.next({ ...fast, [channelName.stopButton]: 1 }));
    monitor.reset();
    assert.deepEqual(
      [monitor.breach, monitor.stopButton, monitor.fresh, monitor.upright],
      [null, false, false, false],
    );
    assert.ok(Number.isNaN(monitor.walkStart));
    assert.equal(monitor.healthy(source.tRobot), false);
    // The counter and the clock may start again, and what was frozen or lost before counts no more.
    const again = new FrameSource();
    assert.equal(monitor.onFrame(again.next(fast)), null);
    monitor.watch("walking");
    assert.equal(monitor.onFrame(again.next(fast))?.limit.name, "motor-speed");
  });

  it("cannot be built on an envelope that is not complete", () => {
    assert.throws(() => monitorOf(withLimit("tilt", { high: Number.NaN })), /limit tilt has no high bound/);
  });

  const watched: [string, LimitName][] = [
    [channelName.roll, "tilt"],
    [channelName.pitch, "tilt"],
    [channelName.height, "height"],
    [channelName.jointPosition("hip"), "joint-position"],
    [channelName.jointVelocity("knee"), "joint-speed"],
    [channelName.motorVelocity("knee"), "motor-speed"],
    [channelName.motorTorque("hip"), "motor-torque"],
    [channelName.motorTemperature("hip"), "motor-temperature"],
    [channelName.batteryVoltage, "battery-voltage"],
    [channelName.poseY, "lateral-distance"],
  ];
  for (const [channel, limit] of watched)
    it(`says that ${limit} cannot be watched without ${channel}`, () => {
      const layout = layoutWithout(channel);
      const monitor = monitorOf(ENVELOPE, layout);
      assert.deepEqual(monitor.problems, [`${limit} needs ${channel}`]);
      monitor.watch("walking");
      assert.equal(monitor.onFrame(new FrameSource(layout).next()), null);
    });

  it("groups what is missing by limit, however many joints there are", () => {
    const torques = JOINTS.map(channelName.motorTorque);
    const layout = layoutWithout(...torques, channelName.roll, channelName.pitch);
    assert.deepEqual(monitorOf(ENVELOPE, layout).problems, [
      "motor-torque needs motor.*.torque of 2 joints",
      `tilt needs ${channelName.roll}, ${channelName.pitch}`,
    ]);
    const legs = ["a", "b", "c"];
    const some = ["a", "c"].map((joint) => ({
      limit: "motor-torque" as const,
      joint,
      name: channelName.motorTorque,
    }));
    assert.deepEqual(missingByLimit(some, legs), ["motor-torque needs motor.*.torque of a, c"]);
    const ofRobot = { limit: "height" as const, joint: null, name: (joint: string) => `range${joint}` };
    assert.deepEqual(missingByLimit([ofRobot], legs), ["height needs range"]);
  });

  it("has no problems with a robot that reports everything", () => {
    assert.deepEqual(monitorOf().problems, []);
  });

  it("trusts no robot without inertial sensors", () => {
    const names = [
      channelName.roll,
      channelName.pitch,
      channelName.angularVelocity("x"),
      channelName.acceleration("z"),
    ];
    const layout = layoutWithout(...names);
    const monitor = monitorOf(ENVELOPE, layout);
    monitor.onFrame(new FrameSource(layout).next());
    assert.equal(monitor.posture.imuTrusted, false);
  });
});
