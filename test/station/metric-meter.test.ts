import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { simulatedLayout } from "../../sim/layout.ts";
import { variantNamed } from "../../sim/variants.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { METRICS, type Metrics } from "../../src/config/metrics.ts";
import { GaitsmithError } from "../../src/errors.ts";
import { ChannelLayout, channelName, type TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import { MetricMeter, speedChannels } from "../../src/station/metric-meter.ts";
import { FaultRobot } from "./fault-robot.ts";
import { planOf, shortWalk, simulatedConfig } from "./station-process.ts";
import { runTrial } from "./trial-bench.ts";

const layout = simulatedLayout(variantNamed("nominal").robot);
const PERIOD = 1 / 64;

/** Measures `seconds` of a walk whose values are given as functions of time. */
function measured(
  values: Readonly<Record<string, (time: number) => number>>,
  seconds = 4,
  config: HardwareConfig = simulatedConfig,
): Metrics {
  const meter = new MetricMeter(config, layout);
  const frame = (time: number): TelemetryFrame => ({
    seq: 0,
    tRobot: 100 + time,
    tArrival: time,
    values: Float64Array.from(layout.channels, ({ name }) => values[name]?.(time) ?? 0),
  });
  meter.stand(frame(0));
  meter.begin(frame(0));
  for (let time = PERIOD; time <= seconds; time += PERIOD) meter.add(frame(time));
  return meter.read();
}

const near = (actual: number, expected: number, slack = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= slack, `${actual} is not ${expected}`);

describe("metrics", () => {
  it("that a robot has no sensors for are unknown, not 0", () => {
    const sparse = new ChannelLayout(
      layout.channels.filter(({ name }) => name.startsWith("imu.") || name === channelName.batteryVoltage),
    );
    const meter = new MetricMeter({ ...simulatedConfig, speedSource: "operator" }, sparse);
    const frame = (time: number): TelemetryFrame => ({
      seq: 0,
      tRobot: time,
      tArrival: time,
      values: new Float64Array(sparse.length).fill(0.1),
    });
    meter.stand(frame(0));
    meter.begin(frame(0));
    meter.add(frame(1));
    const metrics = meter.read();
    const known = Object.entries(metrics)
      .filter(([, value]) => !Number.isNaN(value))
      .map(([name]) => name);
    assert.deepEqual(known, ["tilt_rms", "tilt_peak", "battery_voltage", "duration"]);
    assert.ok(Number.isNaN(meter.distance(frame(1))));
  });

  it("are all there, under their names", () => {
    assert.deepEqual(
      Object.keys(measured({})),
      METRICS.map(({ name }) => name),
    );
  });

  it("measure speed along the heading the robot had before it walked, and drift across it", () => {
    for (const heading of [0, 0.3, -2.5, Math.PI]) {
      const [c, s] = [Math.cos(heading), Math.sin(heading)];
      const metrics = measured({
        [channelName.poseX]: (t) => 1 + (0.25 * c - 0.05 * s) * t,
        [channelName.poseY]: (t) => -2 + (0.25 * s + 0.05 * c) * t,
        [channelName.poseYaw]: (t) => Math.atan2(Math.sin(heading + 0.5 * t), Math.cos(heading + 0.5 * t)),
      });
      near(metrics.forward_speed, 0.25);
      near(metrics.lateral_drift, 0.05);
      // Four seconds at half a radian per second pass the seam at π.
      near(metrics.yaw_drift, 0.5);
      near(metrics.duration, 4);
    }
  });

  it("measure speed over the time the camera saw the robot", () => {
    const metrics = measured({
      [channelName.poseX]: (t) => (t > 0.5 && t < 3 ? 0.2 * t : Number.NaN),
    });
    near(metrics.forward_speed, 0.2);
    const blind = measured({ [channelName.poseX]: () => Number.NaN });
    assert.ok(Number.isNaN(blind.forward_speed) && Number.isNaN(blind.lateral_drift));
  });

  it("take speed from odometry when the config says so", () => {
    const config = { ...simulatedConfig, speedSource: "odometry" as const };
    const metrics = measured(
      { [channelName.odometryX]: (t) => 0.1 * t, [channelName.poseX]: (t) => t },
      4,
      config,
    );
    near(metrics.forward_speed, 0.1);
    assert.ok(Number.isNaN(metrics.foot_slip));
  });

  it("refuse a commanded or missing source of speed", () => {
    const channels = layout.channels.map((channel) =>
      channel.name === channelName.odometryX ? { ...channel, source: "commanded" as const } : channel,
    );
    assert.throws(
      () => speedChannels(new ChannelLayout(channels), "odometry"),
      (error) =>
        error instanceof GaitsmithError &&
        error.code === "ROBOT_MISMATCH" &&
        /its own wish/.test(error.message),
    );
    const blind = new ChannelLayout(layout.channels.filter(({ name }) => name !== channelName.poseYaw));
    assert.throws(() => speedChannels(blind, "pose"), /does not report pose.yaw/);
  });

  it("add up positive mechanical work and heat, over lost frames too", () => {
    const torque = channelName.motorTorque("FR_hip");
    const speed = channelName.motorVelocity("FR_hip");
    const metrics = measured({
      [torque]: () => 2,
      [speed]: () => 3,
      // Braking gives nothing back.
      [channelName.motorTorque("FL_hip")]: () => -1,
      [channelName.motorVelocity("FL_hip")]: () => 2,
      [channelName.poseX]: (t) => 0.5 * t,
    });
    near(metrics.mechanical_energy, 24);
    near(metrics.joule_energy, 4 * simulatedConfig.robot.jouleCoefficient * (4 + 1));
    near(metrics.energy, metrics.mechanical_energy + metrics.joule_energy);
    near(metrics.cost_of_transport, metrics.energy / (simulatedConfig.robot.mass * 9.81 * 2));
    near(metrics.torque_peak, 2);
    assert.ok(measured({ [torque]: () => 2, [speed]: () => 3 }).cost_of_transport > 100);
  });

  it("count saturation only while a motor at its limit lags its target", () => {
    const metrics = (speed: number, lag: number): number =>
      measured({
        [channelName.motorVelocity("RR_knee")]: (t) => (t <= 1 ? speed : 0),
        [channelName.motorTarget("RR_knee")]: () => lag,
      }).saturation;
    near(metrics(4, 0.2), 0.25);
    near(metrics(-4, -0.2), 0.25);
    assert.equal(metrics(3, 0.2), 0);
    assert.equal(metrics(4, 0.01), 0);
    assert.equal(metrics(4, -0.2), 0);
  });

  it("compare each joint's link side with its motor side", () => {
    const metrics = measured({
      [channelName.jointVelocity("FR_hip")]: (t) => (t === 1 ? -8 : 1),
      [channelName.motorVelocity("FR_hip")]: () => 4,
      [channelName.jointVelocity("RL_knee")]: () => 3,
      [channelName.motorVelocity("RL_knee")]: () => 2,
    });
    near(metrics.joint_motor_speed_ratio, 2);
  });

  it("say how the trunk leans, how high it is, and how battery and motors fare", () => {
    const metrics = measured({
      [channelName.roll]: (t) => (t === 2 ? 0.3 : 0.1),
      [channelName.height]: (t) => (t === 1 ? Number.NaN : 0.14),
      [channelName.batteryVoltage]: () => 12.5,
      [channelName.motorTemperature("FL_knee")]: (t) => 30 + t,
    });
    near(metrics.tilt_peak, 0.3);
    near(metrics.tilt_rms, Math.sqrt((256 * 0.01 + 0.09) / 257), 1e-9);
    near(metrics.height_mean, 0.14);
    near(metrics.battery_voltage, 12.5);
    near(metrics.motor_temperature_peak, 34);
  });

  it("see no slip in a foot that moves back as fast as the trunk moves on", () => {
    const { thigh, shank } = simulatedConfig.gait.body!.leg;
    const contact = channelName.contact("FR");
    const swing = channelName.jointVelocity("FR_hip");
    // A straight leg that swings backward by 1 rad/s moves its foot by its length.
    const slip = (speed: number): number =>
      measured({ [contact]: () => 1, [swing]: () => 1, [channelName.poseX]: (t) => speed * t }).foot_slip;
    near(slip(thigh + shank), 0, 1e-9);
    near(slip(thigh + shank + 0.1), 0.1, 1e-9);
    assert.ok(Number.isNaN(measured({ [swing]: () => 1 }).foot_slip));
  });

  it("find more slip on slippery ground", async () => {
    const slip: number[] = [];
    for (const variant of ["grippy", "slippery"]) {
      const robot = await FaultRobot.open(variant);
      const { reports } = await runTrial(robot, shortWalk, planOf(shortWalk));
      slip.push(reports.at(-1)!.metrics.foot_slip);
      await robot.close();
    }
    assert.ok(slip[1]! > 1.3 * slip[0]!, `${slip}`);
  });
});
