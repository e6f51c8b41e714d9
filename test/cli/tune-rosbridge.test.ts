/** A whole study through service, station, link and server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openRosbridgePeer } from "../../sim/rosbridge/rosbridge-peer.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { ManualClock } from "../../src/clock.ts";
import { rosbridgeConfig, simulatedConfig, table, workFolder } from "./gaitsmith.ts";
import { stateIn, tuned } from "./in-process.ts";

/** Walks of three reports, so that the pruner has something to judge. */
const SHORTER = [
  [/measure: 9 s/, "measure: 1.5 s"],
  [/report_interval: 1 s/, "report_interval: 0.5 s"],
] as const;

test("in lockstep a study over rosbridge is, trial by trial, the one in process (ROS 1 and 2)", async (t) => {
  stateIn(t, workFolder(t));
  const study = (folder: string, config: string) => tuned(folder, config, { trials: 4, seed: 7 });
  const folder = workFolder(t);
  const here = await study(folder, simulatedConfig(folder, SHORTER));
  assert.equal(here.trials.length, 4);
  assert.ok(here.trials.every(({ metrics }) => metrics !== null && metrics["forward_speed"] !== null));
  for (const ros of [1, 2] as const) {
    const clock = new ManualClock();
    const body = await openSimulatedRobot({ variant: "nominal", variation: "mild", stationClock: clock });
    const server = await openRosbridgePeer(body, { clock, ros });
    t.after(() => server.close());
    const elsewhere = workFolder(t);
    const there = await study(elsewhere, rosbridgeConfig(elsewhere, server.url, "lockstep", SHORTER));
    await server.close();
    const { received, sent } = server.statistics;
    // A dozen topics a frame.
    assert.ok(sent > 10 * received && received > 1000, `${sent}, ${received}`);
    assert.deepEqual(table(there), table(here));
    assert.deepEqual(there.champion, here.champion);
    assert.deepEqual(there.baseline, here.baseline);
  }
});
