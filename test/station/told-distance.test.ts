/** Robots that say how far they came only when the walk is over. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { HardwareConfig } from "../../src/config/hardware-config.ts";
import type { TrialRun } from "../../src/station/trial-run.ts";
import { FaultRobot } from "./fault-robot.ts";
import { planOf, shortWalk } from "./station-process.ts";
import { runTrial } from "./trial-bench.ts";

const told: HardwareConfig = { ...shortWalk, speedSource: "robot" };
const opened: FaultRobot[] = [];
after(() => Promise.all(opened.map((robot) => robot.close())));

async function robotThatSays(walkedDistance: (robot: FaultRobot) => Promise<number>): Promise<FaultRobot> {
  const robot = await FaultRobot.open();
  opened.push(robot);
  return Object.assign(robot, { walkedDistance: () => walkedDistance(robot) });
}

describe("a distance told after the walk", () => {
  it("is asked for once the robot rests, and comes with the outcome", async () => {
    const states: string[] = [];
    const robot = await robotThatSays(async ({ robot: { state } }) => {
      states.push(state);
      return 1.25;
    });
    const { outcome, reports } = await runTrial(robot, told, planOf(told));
    assert.deepEqual([outcome.end, outcome.distance, states], ["completed", 1.25, ["off"]]);
    assert.ok(reports.every(({ metrics }) => Number.isNaN(metrics.forward_speed)));
    assert.ok(reports.every(({ metrics }) => metrics.tilt_rms > 0));
  });

  it("is unknown where the robot does not say it, and the walk keeps its end", async () => {
    const failing = await robotThatSays(() => Promise.reject(new Error("no answer")));
    const { outcome } = await runTrial(failing, told, planOf(told));
    assert.deepEqual([outcome.end, outcome.distance], ["completed", Number.NaN]);
  });

  it("is not asked of a walk that did not get to its end, nor where speed is measured", async () => {
    const robot = await robotThatSays(() => assert.fail("asked"));
    const pruned = await runTrial(robot, told, planOf(told), { decide: () => "stop" });
    assert.deepEqual([pruned.outcome.end, pruned.outcome.distance], ["pruned", null]);
    const measured = await runTrial(robot, shortWalk, planOf(shortWalk));
    assert.deepEqual([measured.outcome.end, measured.outcome.distance], ["completed", null]);
  });

  it("is waited for while telemetry fails: a robot at rest has nothing to be stopped for", async () => {
    let run: TrialRun | null = null;
    const robot = await robotThatSays(async ({ clock }) => {
      run?.onTick(clock.now() + 10);
      return 0.5;
    });
    const { outcome, events } = await runTrial(robot, told, planOf(told), {
      placing: async (one) => {
        run = one;
      },
    });
    assert.ok(events.some(({ name }) => name === "frame-age"));
    assert.deepEqual([outcome.end, outcome.distance, outcome.latched], ["completed", 0.5, false]);
    assert.deepEqual(
      robot.stops.map(({ level }) => level),
      ["neutral"],
    );
  });
});
