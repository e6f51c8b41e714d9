import assert from "node:assert/strict";
import { before, test } from "node:test";
import { NOMINAL_SENSORS } from "../../sim/sensor-model.ts";
import { openSimulatedRobot, type SimulatedRobot } from "../../sim/simulated-robot.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { OPTIMISED_TROT } from "../gait/body.ts";
import { advance, reach, startWalk } from "./walks.ts";

/** Everything one walk reported while standing and while walking, and what was true at those moments. */
const standing = new Map<string, number[]>();
const walking = new Map<string, number[]>();
let truth: { x: number[]; height: number[] };
let robot: SimulatedRobot;

before(async () => {
  robot = await openSimulatedRobot({ variant: "nominal", variation: "none" });
  truth = { x: [], height: [] };
  let record: Map<string, number[]> | null = null;
  const { layout } = await reach(robot, (values) => {
    layout.channels.forEach((channel, index) => {
      const list = record?.get(channel.name) ?? [];
      list.push(values[index]!);
      record?.set(channel.name, list);
    });
  });
  await robot.place({ seed: 3, suggestion: 1, carryOver: null });
  await advance(robot, 200);
  record = standing;
  await advance(robot, 600);
  record = null;
  await startWalk(robot, "foot-cpg:trot", OPTIMISED_TROT);
  await advance(robot, 100);
  record = walking;
  for (let frame = 0; frame < 600; frame++) {
    await robot.advance();
    truth.x.push(robot.truth().x);
    truth.height.push(robot.truth().height);
  }
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

const near = (value: number, expected: number, share: number, what: string): void =>
  assert.ok(Math.abs(value / expected - 1) < share, `${what}: ${value}, expected about ${expected}`);

test("a standing robot's noise is what the sensor model says", () => {
  const { imu, pose, voltage } = NOMINAL_SENSORS;
  for (const axis of ["x", "y", "z"] as const) {
    near(deviation(standing.get(channelName.angularVelocity(axis))!), imu.gyroNoise, 0.15, `gyro ${axis}`);
    near(deviation(standing.get(channelName.acceleration(axis))!), imu.accelerationNoise, 0.15, axis);
    assert.ok(Math.abs(mean(standing.get(channelName.angularVelocity(axis))!)) < 4 * imu.gyroBias);
  }
  near(mean(standing.get(channelName.acceleration("z"))!), 9.81, 0.02, "gravity");
  // Rounding to steps of q adds q²/12 to the variance.
  const steps = (noise: number, quantum: number): number => Math.hypot(noise, quantum / Math.sqrt(12));
  near(
    deviation(standing.get(channelName.poseX)!),
    steps(pose.positionNoise, pose.positionQuantum),
    0.15,
    "pose",
  );
  near(deviation(standing.get(channelName.poseYaw)!), pose.yawNoise, 0.15, "pose yaw");
  near(
    deviation(standing.get(channelName.batteryVoltage)!),
    steps(voltage.noise, voltage.quantum),
    0.2,
    "voltage",
  );
  for (const name of [channelName.roll, channelName.pitch])
    assert.ok(deviation(standing.get(name)!) < 3 * imu.tiltWander && deviation(standing.get(name)!) > 1e-4);
});

test("readings come in steps: encoders of 2π/16384, pose of 1 mm", () => {
  const quantum = (2 * Math.PI) / NOMINAL_SENSORS.encoder.ticks;
  for (const value of walking.get(channelName.jointPosition("FR_hip"))!)
    assert.ok(Math.abs(value / quantum - Math.round(value / quantum)) < 1e-6);
  for (const value of walking.get(channelName.poseX)!)
    assert.ok(Math.abs(1000 * value - Math.round(1000 * value)) < 1e-6);
});

test("inertial channels never repeat a value, so that a frozen sensor can be told", () => {
  for (const name of [channelName.roll, channelName.angularVelocity("y"), channelName.acceleration("z")]) {
    const values = standing.get(name)!;
    assert.ok(values.every((value, index) => value !== values[index - 1]));
  }
});

test("the pose follows the truth, late, and odometry does within a tenth", () => {
  const pose = walking.get(channelName.poseX)!;
  const walked = truth.x.at(-1)! - truth.x[0]!;
  near(pose.at(-1)! - pose[0]!, walked, 0.02, "pose");
  const behind = mean(truth.x.map((x, index) => x - pose[index]!));
  const speed = walked / 6;
  // 30 ms in the cameras and between one and three frames on the way.
  assert.ok(behind / speed > 0.03 && behind / speed < 0.08, `${behind / speed} s late`);
  const odometry = walking.get(channelName.odometryX)!;
  near(odometry.at(-1)! - odometry[0]!, walked, 0.1, "odometry");
  near(mean(walking.get(channelName.height)!), mean(truth.height), 0.01, "height");
});

test("links outrun their motors, both sides of the spring are measured", () => {
  const peak = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
  const link = peak(walking.get(channelName.jointVelocity("FR_knee"))!);
  const motor = peak(walking.get(channelName.motorVelocity("FR_knee"))!);
  assert.ok(motor < 4.6, `${motor} rad/s`);
  assert.ok(link > 1.3 * motor, `${link} against ${motor} rad/s`);
});

test("all four feet press while standing, and each lifts while trotting, diagonals together", () => {
  const share = (leg: string): number => mean(walking.get(channelName.contact(leg))!);
  for (const leg of ["FR", "FL", "RR", "RL"]) {
    assert.equal(Math.min(...standing.get(channelName.contact(leg))!), 1);
    assert.ok(share(leg) > 0.3 && share(leg) < 0.9, `${leg} presses ${share(leg)} of the time`);
  }
  const agree = (one: string, two: string): number => {
    const [a, b] = [walking.get(channelName.contact(one))!, walking.get(channelName.contact(two))!];
    return mean(a.map((contact, index) => (contact === b[index] ? 1 : 0)));
  };
  assert.ok(agree("FR", "RL") > agree("FR", "FL") + 0.2);
});

test("only motor targets are commanded; nothing true is in the layout", async () => {
  const { layout } = await robot.open();
  for (const { name, source } of layout.channels)
    assert.equal(source === "commanded", name.endsWith(".target"), name);
  assert.equal(layout.length, new Set(layout.channels.map((channel) => channel.name)).size);
});
