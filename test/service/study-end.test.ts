/** How a study ends whose sampler has nothing left to propose. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import type { WalkingStation } from "../../src/service/study-runner-parts.ts";
import { runGaitStudy } from "../bench/gait/study.ts";

/** Every walk completes with one report; the longer the steps, the faster. */
const walks: WalkingStation = {
  async run({ trial, attempt, parameters }, decide) {
    const speed = parameters["step_length"] ?? Number.NaN;
    const metrics = { forward_speed: speed, lateral_drift: 0 } as never;
    await decide({ kind: "report", trial, attempt, step: 1, tRobot: 1, time: 1, metrics });
    return {
      trial,
      attempt,
      end: "completed",
      reason: { code: "finished", words: "", time: 12, channel: null, value: null, limit: null },
      truncated: false,
      constraints: [],
      breached: null,
      reports: 1,
      walked: 12,
      measured: 9,
      distance: null,
      carryOver: null,
      recording: null,
      latched: false,
    };
  },
  stop: () => {},
};

test("a grid that is walked to its end confirms its best and finishes", async () => {
  const read = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
  assert.ok(read.study !== null);
  const values = {
    ground_clearance: [0.03],
    ground_penetration: [0.005],
    step_length: [0.02, 0.03, 0.04],
    swing_frequency: [2, 2.5],
    stance_frequency: [2],
  };
  const study = { ...read.study, sampler: { name: "grid", options: { values } } };
  const { trials, end } = await runGaitStudy({ config: { ...read, study }, walks });
  assert.deepEqual(
    ["seed-gait", "suggested", "replicate"].map((role) => trials.filter((one) => one.role === role).length),
    [3, 6, 3],
  );
  assert.deepEqual(end, { state: "finished", words: "all 6 points of the grid are walked", latched: false });
  const replicates = trials.filter(({ role }) => role === "replicate");
  assert.ok(replicates.every(({ parameters }) => parameters["step_length"] === 0.04));
});
