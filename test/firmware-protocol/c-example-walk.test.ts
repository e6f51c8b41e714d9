/**
 * The example firmware walks the simulated body: sensors as its board would read them go in, targets come out. The station's
 * monitor watches under the shipped config, and what the firmware thinks of its height and path is held against the truth.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { responseTo } from "../../firmware-protocol/codec/challenge.ts";
import type { Message } from "../../firmware-protocol/codec/message-table.ts";
import { NOMINAL_CONDITIONS } from "../../sim/conditions.ts";
import { CONTROL_PERIOD } from "../../sim/firmware.ts";
import { PHYSICS_STEP } from "../../sim/mjcf.ts";
import { Plant } from "../../sim/plant.ts";
import { NOMINAL_GROUND, NOMINAL_ROBOT } from "../../sim/robot-model.ts";
import { type TrueState, trueState } from "../../sim/true-state.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { neutralStance } from "../../src/gait/neutral-stance.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import { parameterHash } from "../../src/robot/parameters.ts";
import { ChannelLayout, type TelemetryFrame } from "../../src/robot/telemetry-frame.ts";
import type { SafetyMonitor } from "../../src/safety/monitor.ts";
import { Preflight } from "../../src/station/preflight.ts";
import { monitorOf } from "../../src/station/robot-claim.ts";
import { compileExample, ExampleRobot } from "./c-example-robot.ts";
import { WITHOUT_CC } from "./c-program.ts";

const CONFIG = readHardwareConfig(hardwareConfigPath("teensy-elastic-quadruped.yaml"));
const JOINTS = CONFIG.robot.joints;
const AXES = [0, 1, 2] as const;
/** Of a converter of 12 bits and a potentiometer of 270°, rad. */
const ENCODER_STEP = 4.71 / 4096;

class Walk {
  readonly plant: Plant;
  readonly robot: ExampleRobot;
  monitor: SafetyMonitor | null = null;
  time = 0;
  #noise = 1;

  constructor(plant: Plant, robot: ExampleRobot) {
    this.plant = plant;
    this.robot = robot;
    plant.reset(NOMINAL_CONDITIONS, { charge: 1, temperatures: [] });
    // It stands before its computer is switched on.
    for (let step = 0; step < Math.round(0.5 / PHYSICS_STEP); step++) plant.step();
  }

  sense(): Promise<void> {
    const { physics, battery, heat } = this.plant;
    const { stiffness } = NOMINAL_ROBOT.spring;
    const link = JOINTS.map((_, joint) => physics.jointPosition(joint));
    // The simulated knees are driven against the trunk, the example's against the thigh: these springs bend as much as it
    // takes to put the same torques on thigh and shank.
    const motor = JOINTS.map((_, joint) => {
      const [hip, knee] = [joint & ~1, joint | 1];
      const ofKnee = stiffness * (physics.motorPosition(knee) - link[hip]! - link[knee]!);
      const ofHip = stiffness * (physics.motorPosition(hip) - link[hip]!) + ofKnee;
      return link[joint]! + (joint === hip ? ofHip : ofKnee) / stiffness;
    });
    const read = (angle: number): number => Math.round(angle / ENCODER_STEP + this.#random()) * ENCODER_STEP;
    const thermistor = JOINTS.map((_, joint) => {
      const ohm = 10_000 * Math.exp(3950 * (1 / (273.15 + heat.temperature(joint)) - 1 / 298.15));
      return ohm / (ohm + 10_000);
    });
    return this.robot.sense({
      motor: motor.map(read),
      link: link.map(read),
      thermistor,
      acceleration: AXES.map((axis) => physics.acceleration(axis) + 0.05 * this.#random()),
      turning: AXES.map((axis) => physics.angularVelocity(axis) + 0.002 * this.#random() + 0.02),
      voltage: battery.voltage,
      button: false,
    });
  }

  /** One control period of firmware and body; the host listens and lives. */
  async period(): Promise<void> {
    const { plant, robot } = this;
    await this.sense();
    await robot.tick();
    const { seq, challenge } = robot.telemetry!;
    await robot.say({ kind: "keepalive", telemetrySeq: seq, response: responseTo(challenge) });
    this.time += CONTROL_PERIOD;
    this.monitor?.onFrame(this.frame());
    const named = robot.read();
    plant.setTargets(Float64Array.from(JOINTS, (joint) => named.get(`motor.${joint}.target`)!));
    plant.mode = robot.drive;
    for (let step = 0; step < Math.round(CONTROL_PERIOD / PHYSICS_STEP); step++) plant.step();
  }

  /** The newest, as the link hands it over. */
  frame(): TelemetryFrame {
    const { seq, time: tRobot } = this.robot.telemetry!;
    return { seq, tRobot, tArrival: this.time, values: this.robot.values() };
  }

  async seconds(seconds: number, observe: () => void = () => {}): Promise<void> {
    for (let period = 0; period < Math.round(seconds / CONTROL_PERIOD); period++) {
      await this.period();
      observe();
    }
  }

  async order(message: Message, answer: Message["kind"]): Promise<Message> {
    const reply = await this.robot.ask(message);
    assert.equal(reply.kind, answer, JSON.stringify(reply));
    return reply;
  }

  truth(): TrueState {
    return trueState(this.plant.physics);
  }

  /** Evenly in −1 … 1, the same in every run. */
  #random(): number {
    this.#noise = (this.#noise * 48_271) % 0x7fffffff;
    return (2 * this.#noise) / 0x7fffffff - 1;
  }
}

describe("the example firmware in the simulated body", { skip: WITHOUT_CC }, () => {
  const program = WITHOUT_CC ? "" : compileExample();
  let walk: Walk;

  before(async () => {
    walk = new Walk(await Plant.load(NOMINAL_ROBOT, NOMINAL_GROUND), new ExampleRobot(program));
    await walk.sense();
  });

  after(async () => {
    walk.plant.close();
    await walk.robot.close();
  });

  it("walks the seed gait within the config's limits, and knows how high and how far", async (t) => {
    const { robot } = walk;
    const { channels, hello } = await robot.introduce(CONFIG.robot.id);
    const layout = new ChannelLayout(channels.map(({ channel }) => channel));
    const preflight = new Preflight(CONFIG, layout, hello.telemetryRate);
    const monitor = monitorOf(CONFIG, { layout, telemetryRate: hello.telemetryRate });
    walk.monitor = monitor;
    let verdict: ReturnType<Preflight["look"]> = "wait";
    await walk.seconds(1.5, () => {
      if (verdict === "wait") verdict = preflight.look(walk.frame(), monitor.breach?.limit.name ?? null);
    });
    assert.equal(verdict, "ready");
    const lease = await walk.order({ kind: "acquire-lease", owner: "test" }, "lease");
    assert.ok(lease.kind === "lease");
    robot.session = lease.epoch & 0xffff;
    await walk.order({ kind: "arm" }, "ack");
    monitor.watch("powered");
    await walk.seconds(1.5);

    const standing = robot.read();
    neutralStance(CONFIG.gait.body!).forEach((angle, joint) => {
      const target = standing.get(`motor.${JOINTS[joint]}.target`)!;
      assert.ok(Math.abs(target - angle) <= 1e-4, `${JOINTS[joint]} stands at ${target}, not ${angle}`);
    });

    const values = Object.entries(CONFIG.seedGait) as [string, number][];
    const { rampIn, rampOut } = CONFIG.walk;
    const parameters = { gait: CONFIG.gait.name, values };
    await walk.order({ kind: "stage", ...parameters, rampIn, rampOut, part: 0, parts: 1 }, "staged");
    await walk.order({ kind: "commit", hash: Number.parseInt(parameterHash(parameters), 16) }, "ack");
    await walk.order({ kind: "start" }, "ack");
    monitor.watch("walking");
    await walk.seconds(rampIn + CONFIG.walk.settle);

    const begin = { truth: walk.truth(), said: robot.read() };
    let heightError = 0;
    await walk.seconds(CONFIG.walk.measure, () => {
      const height = robot.read().get("trunk.height")!;
      heightError = Math.max(heightError, Math.abs(height - walk.truth().height));
    });
    const end = { truth: walk.truth(), said: robot.read() };
    const said = (name: string): number => end.said.get(name)! - begin.said.get(name)!;
    const [walked, turned] = [end.truth.x - begin.truth.x, end.truth.yaw - begin.truth.yaw];
    const measured = { walked: said("odometry.x"), turned: said("odometry.yaw") };
    t.diagnostic(
      `walked ${walked.toFixed(3)} m, by odometry ${measured.walked.toFixed(3)} m; turned ${turned.toFixed(4)} rad, ` +
        `by gyroscope ${measured.turned.toFixed(4)} rad; height within ${(1000 * heightError).toFixed(1)} mm`,
    );
    assert.equal(monitor.breach, null);
    assert.ok(walked > 0.5, "it walks");
    // Feet that already press slide a little, which odometry cannot tell.
    assert.ok(Math.abs(measured.walked - walked) < 0.15 * walked);
    assert.ok(Math.abs(measured.turned - turned) < 0.02);
    assert.ok(heightError < 0.005);
    for (const joint of JOINTS)
      assert.ok(Math.abs(end.said.get(`motor.${joint}.temperature`)! - 25) < 15, `${joint} is warm`);
  });
});
