/** What stands between a parameter set and a robot outside of walks. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Fault } from "../../sim/faults.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock, systemClock } from "../../src/clock.ts";
import type { ParameterSetOnWire } from "../../src/robot/parameters.ts";
import { type HandoverParts, handOver } from "../../src/station/parameter-handover.ts";
import { monitorOf } from "../../src/station/robot-claim.ts";
import { simulatedConfig } from "./station-process.ts";

const { gait, seedGait } = simulatedConfig;
const SEED: ParameterSetOnWire = {
  gait: gait.name,
  values: Object.entries({ ...gait.constants, ...(seedGait as Record<string, number>) }),
};

async function parts(
  t: TestContext,
  change: Partial<HandoverParts> = {},
  { faults = [], streamed }: { faults?: readonly Fault[]; streamed?: { timeout: number } } = {},
) {
  const clock = new ManualClock();
  const robot = await openSimulatedRobot({
    ...{ variant: "nominal", variation: "none", stationClock: clock, faults },
    ...(streamed === undefined ? {} : { streamed }),
  });
  t.after(() => robot.close());
  const capabilities = await robot.open();
  await robot.acquireLease("test");
  const monitor = monitorOf(simulatedConfig, capabilities);
  robot.onFrame((frame) => void monitor.onFrame(frame));
  const claim = { robot, clock, capabilities, monitor };
  return {
    robot,
    parts: {
      ...{ config: simulatedConfig, claim, wall: systemClock },
      ...{ leased: () => true, latched: () => false },
      ...change,
    },
  };
}

describe("handing a parameter set to a robot between walks", () => {
  it("writes through the gate, without torque, and reads what the robot holds", async (t) => {
    const { robot, parts: ours } = await parts(t);
    assert.deepEqual(await handOver({ ask: "read" }, ours), { result: "read", parameters: null });
    assert.deepEqual(await handOver({ ask: "write", parameters: SEED }, ours), { result: "done" });
    assert.equal(robot.state, "off");
    assert.deepEqual(await handOver({ ask: "read" }, ours), { result: "read", parameters: SEED });
    const kept = await handOver({ ask: "store" }, ours);
    assert.equal(kept.result, "unsupported", "it has no memory");
  });

  it("writes nothing without lease, latched, out of reach, or to a robot that is not heard", async (t) => {
    const far = { ...SEED, values: SEED.values.map(([name, value]) => [name, 20 * value] as const) };
    const silent: Fault = { at: 0, kind: "silence", duration: 1e6 };
    const cases: readonly (readonly [Awaited<ReturnType<typeof parts>>, ParameterSetOnWire, RegExp])[] = [
      [await parts(t, { leased: () => false }), SEED, /lease/],
      [await parts(t, { latched: () => true }), SEED, /latched/],
      [await parts(t), far, /not feasible/],
      [await parts(t, {}, { faults: [silent] }), SEED, /telemetry is not fresh/],
    ];
    for (const [{ robot, parts: ours }, parameters, words] of cases) {
      const answer = await handOver({ ask: "write", parameters }, ours);
      assert.equal(answer.result, "refused");
      assert.match("reason" in answer ? answer.reason : "", words);
      assert.equal(await robot.activeParameters(), null);
    }
  });

  it("says of a robot that follows targets that it holds nothing", async (t) => {
    const { parts: ours } = await parts(t, {}, { streamed: { timeout: 0.2 } });
    for (const ask of ["read", "store"] as const)
      assert.equal((await handOver({ ask }, ours)).result, "unsupported");
  });
});
