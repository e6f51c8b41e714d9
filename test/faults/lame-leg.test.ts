/** A leg that grows weak stops no walk and breaks no limit: the seed gait, walked again, tells. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { driftOf } from "../../src/study/drift.ts";
import { FaultRobot } from "../station/fault-robot.ts";
import { planOf, shortWalk } from "../station/station-process.ts";
import { runTrial } from "../station/trial-bench.ts";

it("finds a leg at 30 % of its strength by the first walk of the seed gait after it, and no change before", async () => {
  const walks: Parameters<typeof driftOf>[0][number][] = [];
  const walk = async (variant: string): Promise<void> => {
    const robot = await FaultRobot.open(variant);
    const number = walks.length;
    const { outcome, reports } = await runTrial(robot, shortWalk, {
      ...planOf(shortWalk),
      suggestion: number,
    });
    await robot.close();
    assert.equal(outcome.end, "completed", outcome.reason.words);
    walks.push({
      number,
      role: number < 3 ? "seed-gait" : "drift-check",
      state: "completed",
      value: reports.at(-1)!.metrics.forward_speed,
      ...(outcome.health === undefined ? {} : { health: outcome.health }),
    });
  };
  for (let k = 0; k < 5; k++) await walk("nominal");
  assert.equal(driftOf(walks)?.drifted, false, driftOf(walks)?.words);
  await walk("lame");
  const drift = driftOf(walks);
  assert.equal(drift?.drifted, true, drift?.words);
});
