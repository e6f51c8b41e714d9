/** Tilt from accelerometer and gyroscope, against motions whose tilt is known, and against the simulated robot's. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileMapping } from "../../../../src/links/rosbridge/mapping/frame-assembly.ts";
import { TIME_CONSTANT, TiltFilter } from "../../../../src/links/rosbridge/mapping/tilt-filter.ts";
import { channelName } from "../../../../src/robot/telemetry-frame.ts";
import { channelOf, linkOf, topicOf } from "./example-link.ts";
import { imuWalk } from "./imu-walk.ts";

const G = 9.80665;
const DEGREE = Math.PI / 180;

/** Up in the frame of a body at that tilt, times g. */
function gravity(roll: number, pitch: number): [number, number, number] {
  return [-G * Math.sin(pitch), G * Math.cos(pitch) * Math.sin(roll), G * Math.cos(pitch) * Math.cos(roll)];
}

/** Angular velocity in the body's frame from the rates of roll, pitch and yaw (about x, y, z in the order z, y, x). */
function bodyRates(
  roll: number,
  pitch: number,
  rollRate: number,
  pitchRate: number,
  yawRate: number,
): [number, number, number] {
  return [
    rollRate - Math.sin(pitch) * yawRate,
    Math.cos(roll) * pitchRate + Math.sin(roll) * Math.cos(pitch) * yawRate,
    -Math.sin(roll) * pitchRate + Math.cos(roll) * Math.cos(pitch) * yawRate,
  ];
}

describe("tilt filter", () => {
  it("begins with gravity, anywhere but in free fall", () => {
    for (const [roll, pitch] of [
      [0, 0],
      [0.3, -0.2],
      [-2.5, 0.7],
      [0, 1.5],
    ] as const) {
      const filter = new TiltFilter();
      filter.update(...gravity(roll, pitch), 0, 0, 0, 100);
      assert.ok(Math.abs(filter.roll - roll) < 1e-12 && Math.abs(filter.pitch - pitch) < 1e-12);
    }
    const falling = new TiltFilter();
    falling.update(0, 0, 0.5, 0, 0, 0, 1);
    assert.ok(Number.isNaN(falling.roll) && Number.isNaN(falling.pitch));
    falling.update(...gravity(0.1, 0.2), 0, 0, 0, 1.01);
    assert.ok(Math.abs(falling.roll - 0.1) < 1e-12);
  });

  it("follows a quick motion that turns as well, within 0.05°", () => {
    const filter = new TiltFilter();
    let worst = 0;
    for (let step = 0; step <= 5000; step++) {
      // The gyroscope's rate is that of the middle of the step before.
      const [now, middle] = [step * 0.002, step * 0.002 - 0.001];
      const roll = (t: number): number => 0.4 * Math.sin(9 * t);
      const pitch = (t: number): number => 0.3 * Math.sin(7 * t + 1);
      const rates = bodyRates(
        roll(middle),
        pitch(middle),
        3.6 * Math.cos(9 * middle),
        2.1 * Math.cos(7 * middle + 1),
        1.5,
      );
      filter.update(...gravity(roll(now), pitch(now)), ...rates, 50 + now);
      worst = Math.max(worst, Math.abs(filter.roll - roll(now)), Math.abs(filter.pitch - pitch(now)));
    }
    assert.ok(worst < 0.05 * DEGREE, `${worst / DEGREE}°`);
  });

  it("forgets a wrong beginning in its time constant", () => {
    const filter = new TiltFilter();
    filter.update(...gravity(0.05, 0), 0, 0, 0, 0);
    const steps = Math.round(TIME_CONSTANT / 0.01);
    for (let step = 1; step <= steps; step++) filter.update(...gravity(0, 0), 0, 0, 0, step * 0.01);
    assert.ok(Math.abs(filter.roll - 0.05 / Math.E) < 0.001, `${filter.roll}`);
  });

  it("smooths the acceleration of walking as a low pass of its time constant does", () => {
    const [shake, omega, step] = [3, 8 * Math.PI, 0.001];
    const filter = new TiltFilter();
    let worst = 0;
    for (let sample = 0; sample < 6000; sample++) {
      filter.update(-shake * Math.cos(omega * sample * step), 0, G, 0, 0, 0, sample * step);
      if (sample > 5000) worst = Math.max(worst, Math.abs(filter.pitch));
    }
    const expected = shake / G / Math.hypot(1, omega * TIME_CONSTANT);
    assert.ok(Math.abs(worst / expected - 1) < 0.06, `${worst / DEGREE}°, expected ${expected / DEGREE}°`);
  });

  it("does not know the tilt of a sample that is no number, nor go on over a gap", () => {
    const filter = new TiltFilter();
    filter.update(...gravity(0.1, 0), 0, 0, 0, 0);
    filter.update(0, 0, Number.NaN, 0, 0, 0, 0.01);
    assert.ok(Number.isNaN(filter.roll) && Number.isNaN(filter.pitch));
    filter.update(...gravity(0.1, 0), 0, 0, 0, 0.02);
    assert.ok(Math.abs(filter.roll - 0.1) < 1e-12);
    filter.update(...gravity(-0.6, 0), 0, 0, 0, 5);
    assert.ok(Math.abs(filter.roll + 0.6) < 1e-12);
  });

  it("tells the tilt of the simulated robot's walk from its IMU, and fills the channels", async () => {
    const walk = await imuWalk(6);
    const topic = topicOf("/imu", "sensor_msgs/Imu", [
      channelOf(channelName.roll, "", { pick: { kind: "tilt", angle: "roll" } }),
      channelOf(channelName.pitch, "", { pick: { kind: "tilt", angle: "pitch" } }),
    ]);
    const telemetry = compileMapping(linkOf([topic]), [], 1);
    const errors: number[] = [];
    const alone: number[] = [];
    for (const { time, acceleration, angularVelocity, roll, pitch } of walk) {
      const stamp = { secs: 1000 + Math.floor(time), nsecs: Math.round((time % 1) * 1e9) };
      const message = {
        header: { stamp },
        linear_acceleration: acceleration,
        angular_velocity: angularVelocity,
      };
      assert.ok(telemetry.take("/imu", message, time));
      const [ours, theirs] = telemetry.frame.values;
      errors.push(ours! - roll, theirs! - pitch);
      const { x, y, z } = acceleration;
      alone.push(Math.atan2(y, z) - roll, Math.atan2(-x, Math.hypot(y, z)) - pitch);
    }
    const deviation = (list: readonly number[]): number =>
      Math.sqrt(list.reduce((sum, error) => sum + error ** 2, 0) / list.length);
    assert.ok(walk.length > 500 && deviation(errors) < 2 * DEGREE, `${deviation(errors) / DEGREE}°`);
    assert.ok(Math.max(...errors.map(Math.abs)) < 5 * DEGREE);
    assert.ok(
      deviation(alone) > 4 * deviation(errors),
      `${deviation(alone) / DEGREE}° from the accelerometer alone`,
    );
  });
});
