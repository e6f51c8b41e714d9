import assert from "node:assert/strict";
import { test } from "node:test";
import { HardLimits } from "../../sim/serial/hard-limits.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";

test("a hard limit can be narrowed, never widened, and stops the robot when it is crossed for some frames", async () => {
  const body = await openSimulatedRobot({ variant: "nominal", variation: "none" });
  const capabilities = await body.open();
  const limits = new HardLimits(capabilities);
  assert.equal(limits.count, 2 + capabilities.joints.length);
  assert.equal(limits.at(limits.count), null);
  assert.equal(limits.narrow(0, -0.5, 0.25), null);
  const { name, low, high } = limits.at(0)!;
  assert.deepEqual([name, low, high], [channelName.roll, -0.5, 0.25]);
  for (const [from, to, wrong] of [
    [-2, 0.25, "low"],
    [-0.5, 2, "high"],
    [Number.NaN, 0.25, "low"],
    [-0.5, Number.NaN, "high"],
    [0.25, -0.5, "high"],
  ] as const)
    assert.equal(limits.narrow(0, from, to), wrong);
  assert.equal(limits.at(0)?.high, 0.25);
  const values = new Float64Array(capabilities.layout.length);
  const roll = capabilities.layout.indexOf(channelName.roll);
  const crossedAfter = (rolls: readonly number[]): number =>
    rolls.findIndex((value) => {
      values[roll] = value;
      return limits.crossedBy(values) !== null;
    });
  assert.equal(crossedAfter(new Array(30).fill(0.26)), 9);
  assert.equal(crossedAfter([...new Array(9).fill(-0.6), 0, ...new Array(9).fill(-0.6)]), -1);
  limits.forget();
  assert.equal(limits.at(0)?.high, 1.2);
  await body.close();
});
