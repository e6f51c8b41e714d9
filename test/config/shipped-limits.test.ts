import assert from "node:assert/strict";
import { test } from "node:test";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import type { Cleared, Command } from "../../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../../src/robot/parameters.ts";
import type { SafetyMonitor } from "../../src/safety/monitor.ts";
import { monitorOf } from "../../src/station/robot-claim.ts";

const CONFIG = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));

/** In the order of the gait's parameters. */
const GAITS: Readonly<Record<string, readonly number[]>> = {
  /** Raffin et al. 2022, optimised on the real robot. */
  published: [0.033, 0.014, 0.055, 1.724, 1.724],
  /** 0.3 m/s: links at 13 rad/s, hips close to their stops. */
  fast: [0.038, 0.01, 0.066, 1.172, 2.351],
};

function onWire(values: readonly number[]): ParameterSetOnWire {
  const pairs = CONFIG.space.parameters.map(({ name }, index): [string, number] => [name, values[index]!]);
  return { gait: CONFIG.gait.name, values: pairs };
}

/** The first limit that a walk of ten seconds, or of so many, breaks, or null. */
async function breachOf(
  parameters: ParameterSetOnWire,
  suggestion: number,
  seconds = 10,
): Promise<string | null> {
  const robot = await openSimulatedRobot({ variant: "nominal", variation: "mild" });
  let monitor: SafetyMonitor | null = null;
  robot.onFrame((frame) => monitor?.onFrame(frame));
  const capabilities = await robot.open();
  monitor = monitorOf(CONFIG, capabilities);
  assert.deepEqual(capabilities.joints, CONFIG.robot.joints);
  assert.deepEqual(monitor.problems, []);
  const advance = async (frames: number): Promise<void> => {
    for (let frame = 0; frame < frames && monitor?.breach == null; frame++) await robot.advance();
  };
  const send = (command: Command) => robot.send(command as Cleared<Command>);
  await robot.acquireLease("test");
  await robot.place({ seed: 7, suggestion, carryOver: null });
  await send({ kind: "arm" });
  monitor.watch("powered");
  await advance(150);
  await send({ kind: "stage", parameters, rampIn: CONFIG.walk.rampIn, rampOut: CONFIG.walk.rampOut });
  await send({ kind: "commit", hash: parameterHash(parameters) });
  await send({ kind: "start" });
  monitor.watch("walking");
  await advance(100 * seconds);
  await robot.close();
  return monitor.breach?.limit.name ?? null;
}

test("the shipped limits let healthy walks pass, slow and fast", async () => {
  const seed = CONFIG.space.parameters.map(({ name }) => CONFIG.seedGait[name] as number);
  for (const [name, values] of Object.entries({ seed, ...GAITS })) {
    // The fast one comes closest to them, from its first strides to its warmest.
    assert.equal(await breachOf(onWire(values), 1, name === "fast" ? 10 : 3), null, name);
  }
});

test("the shipped limits stop a fall, for leaning", async () => {
  assert.equal(await breachOf(onWire([0.035, 0.028, 0.058, 1.049, 2.309]), 1), "tilt");
});
