/** Covariates of walks, the look at the actuators while the robot stands, and motors that are given time to cool. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { SMALL_MOTOR_HEAT } from "../../sim/motor-heat.ts";
import type { SimulatedRobotOptions } from "../../sim/simulated-robot.ts";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import { ChannelLayout, channelName } from "../../src/robot/telemetry-frame.ts";
import { HealthMeter } from "../../src/station/health-meter.ts";
import { ACTUATOR_CHECK, type Cooling, preflightPlace } from "../../src/station/messages.ts";
import { FaultRobot } from "./fault-robot.ts";
import { planOf, shortWalk, simulatedConfig } from "./station-process.ts";
import { runTrial } from "./trial-bench.ts";

const opened: FaultRobot[] = [];
after(() => Promise.all(opened.map((robot) => robot.close())));

async function robotOf(variant = "nominal", options: Partial<SimulatedRobotOptions> = {}) {
  const robot = await FaultRobot.open(variant, true, options);
  opened.push(robot);
  return robot;
}

/** What is looked at before and after a walk does not hang on how long it is. */
const step: HardwareConfig = {
  ...shortWalk,
  walk: { ...shortWalk.walk, measure: 0.5, reportInterval: 0.5 },
};

const HOT = (temperature: number) => ({ charge: 0.8, temperatures: Array<number>(8).fill(temperature) });

describe("covariates of a walk", () => {
  it("are measured from telemetry", async () => {
    const robot = await robotOf();
    const { outcome } = await runTrial(robot, simulatedConfig, planOf(simulatedConfig));
    const health = outcome.health!;
    assert.ok(health.battery_rest! > 12 && health.battery_rest! < 12.7, `${health.battery_rest}`);
    assert.ok(health.battery_lowest! < health.battery_mean! && health.battery_mean! < health.battery_rest!);
    assert.ok(health.motor_temperature_after! > health.motor_temperature_before! + 0.5);
    assert.ok(health.motor_temperature_after_mean! < health.motor_temperature_after!);
    assert.deepEqual([health.actuators_before, health.actuators_after], [[], []]);
    assert.equal(health.cool_down, undefined);
  });

  it("are absent where the robot does not report them, and where it did not walk", () => {
    const layout = new ChannelLayout([
      { name: channelName.batteryVoltage, unit: "V", source: "measured" },
      { name: channelName.batteryCurrent, unit: "A", source: "measured" },
    ]);
    const meter = new HealthMeter(layout, ["a", "b"]);
    const frame = (tRobot: number, voltage: number, current: number) => {
      return { seq: 0, tRobot, tArrival: 0, values: Float64Array.of(voltage, current) };
    };
    meter.rest(frame(0, 12, 0.5));
    meter.rest(frame(0.1, Number.NaN, 0.5));
    meter.rest(frame(0.2, 13, 0.5));
    assert.deepEqual(meter.read(), { battery_rest: 12.5 });
    for (let k = 0; k <= 20; k++) meter.load(frame(1 + k / 20, k === 10 ? 5 : 11, 2));
    const { battery_lowest, battery_mean, charge_used, energy_used, ...rest } = meter.read();
    assert.deepEqual(rest, { battery_rest: 12.5 });
    // Two amperes for a second; one sample of 5 V among others of 11 V is not the lowest voltage.
    assert.ok(Math.abs(charge_used! - 2) < 1e-9 && Math.abs(energy_used! - 22) < 1);
    assert.ok(battery_lowest! > 7 && battery_lowest! < 11 && battery_mean! > 10.5);
    const blind = new HealthMeter(new ChannelLayout([]), ["a"]);
    const empty = { seq: 0, tRobot: 1, tArrival: 0, values: new Float64Array() };
    blind.rest(empty);
    blind.load(empty);
    assert.deepEqual(blind.read(), {});
  });
});

describe("the look at the actuators", () => {
  for (const variant of [
    "nominal",
    "soft",
    "stiff",
    "rigid",
    "payload",
    "slippery",
    "grippy",
    "weak-motor",
    "tilt",
    "tilt-down",
    "gravel",
  ])
    it(`finds nothing on a healthy robot: ${variant}`, async () => {
      const robot = await robotOf(variant, { variation: "rough" });
      for (let suggestion = 0; suggestion < 2; suggestion++) {
        const { outcome } = await runTrial(robot, step, { ...planOf(step), suggestion });
        assert.deepEqual(outcome.health?.actuators_before, [], outcome.reason.words);
        if (outcome.end === "completed") assert.deepEqual(outcome.health?.actuators_after, []);
        else assert.notEqual(outcome.reason.code, ACTUATOR_CHECK);
      }
    });

  it("keeps a robot from walking whose joint does not hold its target: an accident, nothing latches", async () => {
    const robot = await robotOf();
    robot.spoil = ({ values }, { layout }) => {
      values[layout.indexOf(channelName.motorPosition("FL_knee"))]! += 0.3;
      return true;
    };
    const { outcome, latches, failure } = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.deepEqual([outcome.end, outcome.reason.code], ["interrupted", ACTUATOR_CHECK]);
    assert.match(outcome.reason.words, /FL_knee does not hold its target: it is 0\.[23]\d* rad off/);
    assert.match(outcome.health?.actuators_before?.[0] ?? "", /FL_knee/);
    assert.deepEqual([outcome.constraints, outcome.walked, latches, failure], [[], 0, [], null]);
    assert.equal(robot.robot.state, "off");
  });

  it("says after the walk which joint did not move with its target", async () => {
    const robot = await robotOf();
    let held = Number.NaN;
    robot.spoil = (frame, { layout }) => {
      const index = layout.indexOf(channelName.motorPosition("RR_hip"));
      // Once it stands: a jammed gear's motor trembles a little.
      if (robot.robot.state === "walking" && Number.isNaN(held)) held = frame.values[index]!;
      if (!Number.isNaN(held)) frame.values[index] = held + 0.002 * Math.sin(100 * frame.tRobot);
      return true;
    };
    const log = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.equal(log.outcome.end, "completed", log.outcome.reason.words);
    assert.match(log.outcome.health?.actuators_after?.join() ?? "", /RR_hip did not move with its target/);
    assert.ok(log.events.some(({ name, words }) => name === ACTUATOR_CHECK && /RR_hip/.test(words)));
  });

  it("finds a motor that cut out in the walk", async () => {
    const heat = { ...SMALL_MOTOR_HEAT, capacity: 0.2, cutOut: 36, cutIn: 24 };
    const robot = await robotOf("nominal", { heat });
    const { outcome } = await runTrial(robot, shortWalk, planOf(shortWalk));
    const words = [outcome.reason.words, ...(outcome.health?.actuators_after ?? [])].join("; ");
    assert.match(words, /does not hold its target/);
  });

  it("changes nothing about when the robot walks", async () => {
    const robot = await robotOf();
    const { phases } = await runTrial(robot, step, planOf(step));
    const at = new Map(phases.map(({ phase, tRobot }) => [phase, tRobot]));
    assert.equal((at.get("ramp-in")! - at.get("stand")!).toFixed(2), shortWalk.walk.stand.toFixed(2));
    assert.equal((at.get("done")! - at.get("stand-down")!).toFixed(2), shortWalk.walk.stand.toFixed(2));
  });
});

describe("motors that are too hot", () => {
  /** A walk begun with motors at 70 °C, on a robot that may walk below 65 °C. */
  async function hotWalk(config: HardwareConfig, coolDownWithin?: number) {
    const robot = await robotOf();
    const told: Cooling[] = [];
    const log = await runTrial(
      robot,
      config,
      {
        ...planOf(config),
        carryOver: HOT(76),
        ...(coolDownWithin === undefined ? {} : { coolDownWithin }),
      },
      { cooling: (cooling) => told.push(cooling) },
    );
    return { log, told };
  }

  it("are given time to cool, and some more, which is told, counted, and no robot time", async () => {
    const { log, told } = await hotWalk(step);
    assert.equal(log.outcome.end, "completed", log.outcome.reason.words);
    assert.ok(told.length > 1 && told[0]!.wanted === 60 && told[0]!.within === 600);
    assert.ok(told.every(({ hottest }, k) => k === 0 || hottest < told[k - 1]!.hottest + 0.5));
    const { cool_down, motor_temperature_before } = log.outcome.health!;
    assert.ok(cool_down! > 5 && cool_down! < 60, `${cool_down} s`);
    assert.ok(motor_temperature_before! <= 60.5, `begun at ${motor_temperature_before} °C`);
    const { rampIn, settle, measure, rampOut } = step.walk;
    assert.ok(Math.abs(log.outcome.walked - (rampIn + settle + measure + rampOut)) < 0.1);
  });

  it("refuse when they do not cool in time", async () => {
    const { log, told } = await hotWalk(step, 4);
    assert.equal(told.length, 2);
    assert.equal(log.failure?.code, "PREFLIGHT_REFUSED");
    assert.equal(log.failure?.where, preflightPlace("motor-temperature"));
    assert.equal(log.outcome.end, "interrupted");
  });

  it("do not keep a robot waiting that something else refuses", async () => {
    const robot = await robotOf();
    robot.spoil = ({ values }, { layout }) => {
      values[layout.indexOf(channelName.pitch)] = 0.6;
      return true;
    };
    let told = 0;
    const { failure } = await runTrial(
      robot,
      shortWalk,
      { ...planOf(shortWalk), carryOver: HOT(76) },
      { cooling: () => told++ },
    );
    assert.equal(failure?.code, "PREFLIGHT_REFUSED");
    assert.match(failure?.message ?? "", /tilted/);
    assert.equal(told, 0);
  });
});
