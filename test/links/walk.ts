/** What tests of robots without a session of their own do first. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { RobotUnderTest } from "../../src/conformance/robot.ts";
import { type ParameterSetOnWire, parameterHash } from "../../src/robot/parameters.ts";

/** Opens, arms and starts it. */
export async function walk(robot: RobotUnderTest, gait: ParameterSetOnWire): Promise<void> {
  await robot.open();
  await robot.acquireLease("test");
  for (const command of [
    { kind: "arm" },
    { kind: "stage", parameters: gait, rampIn: 0.3, rampOut: 0.5 },
    { kind: "commit", hash: parameterHash(gait) },
    { kind: "start" },
  ] as const) {
    const { accepted, reason } = await robot.send(command);
    if (!accepted) throw new Error(`${command.kind}: ${reason}`);
  }
}

export async function until(holds: () => boolean, seconds: number): Promise<void> {
  for (const end = performance.now() + 1000 * seconds; !holds(); await pause(10))
    assert.ok(performance.now() < end, `not within ${seconds} s: ${holds}`);
}
