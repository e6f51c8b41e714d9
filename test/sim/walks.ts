/** Drives a simulated robot the way a station does, for tests and benchmarks. */
import assert from "node:assert/strict";
import type { SimulatedRobot } from "../../sim/simulated-robot.ts";
import type { GaitParameters } from "../../src/gait/gait.ts";
import { gaitNamed } from "../../src/gait/gaits.ts";
import type { Cleared, Command } from "../../src/robot/command.ts";
import { type ParameterSetOnWire, parameterHash } from "../../src/robot/parameters.ts";
import type { Acknowledgement, Capabilities } from "../../src/robot/robot.ts";
import type { TelemetryFrame } from "../../src/robot/telemetry-frame.ts";

type Values = (values: Float64Array, at: (channel: string) => number, frame: TelemetryFrame) => void;

/** The firmware stands behind every gate; here it is asked directly. */
export function order(robot: SimulatedRobot, command: Command): Promise<Acknowledgement> {
  return robot.send(command as Cleared<Command>);
}

export function onWire(gait: string, parameters: GaitParameters): ParameterSetOnWire {
  return {
    gait,
    values: gaitNamed(gait).parameters.map(({ name }) => [name, parameters[name] ?? Number.NaN]),
  };
}

/** Opens and leases the robot, and hands every frame to `see`. */
export async function reach(robot: SimulatedRobot, see: Values = () => {}): Promise<Capabilities> {
  let layout: Capabilities["layout"] | null = null;
  robot.onFrame((frame) => {
    see(frame.values, (channel) => layout?.indexOf(channel) ?? -1, frame);
  });
  const capabilities = await robot.open();
  layout = capabilities.layout;
  await robot.acquireLease("test");
  return capabilities;
}

export async function advance(robot: SimulatedRobot, frames: number): Promise<void> {
  for (let frame = 0; frame < frames; frame++) await robot.advance();
}

/** Arms, stages, commits and starts; every step must be accepted. */
export async function startWalk(
  robot: SimulatedRobot,
  gait: string,
  parameters: GaitParameters,
  ramps: { rampIn: number; rampOut: number } = { rampIn: 0.5, rampOut: 0.5 },
): Promise<void> {
  const set = onWire(gait, parameters);
  const accepted = async (command: Command): Promise<Acknowledgement> => {
    const answer = await order(robot, command);
    assert.ok(answer.accepted, `${command.kind}: ${answer.reason}`);
    return answer;
  };
  await accepted({ kind: "arm" });
  await advance(robot, 50);
  const staged = await accepted({ kind: "stage", parameters: set, ...ramps });
  assert.equal(staged.hash, parameterHash(set));
  await accepted({ kind: "commit", hash: staged.hash! });
  await accepted({ kind: "start" });
}
