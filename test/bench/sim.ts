/**
 * The simulated robot's figures: how fast it runs, how much walks differ, and how well its speed sources tell the
 * truth. Run with `node test/bench/sim.ts [walks]`; figures go to stdout as one JSON document.
 */

import { randomStream } from "../../sim/random.ts";
import { openSimulatedRobot } from "../../sim/simulated-robot.ts";
import { FALL, Walkway } from "../../sim/true-walk.ts";
import { drawConditions } from "../../sim/variation.ts";
import { footCpg } from "../../src/gait/foot-cpg.ts";
import type { GaitParameters } from "../../src/gait/gait.ts";
import { channelName } from "../../src/robot/telemetry-frame.ts";
import { HAND_TUNED_TROT, OPTIMISED_TROT } from "../gait/body.ts";
import { deviation, mean } from "../proof/statistics.ts";
import { advance, reach, startWalk } from "../sim/walks.ts";

const TROT = footCpg("trot");
/** Found by a short evolution strategy in the nominal world. */
const FAST_TROT: GaitParameters = {
  ground_clearance: 0.0276,
  ground_penetration: 0.0244,
  step_length: 0.0624,
  swing_frequency: 3.558,
  stance_frequency: 1.899,
};
const GAITS = { handTuned: HAND_TUNED_TROT, optimised: OPTIMISED_TROT, fast: FAST_TROT };
const WALK = { gait: TROT.name, rampIn: 0.5, settle: 0.5, measure: 9 };
const walks = Number(process.argv[2] ?? 40);

/** A random point of the gait's box, half-cycle durations uniform. */
function randomGait(index: number): GaitParameters {
  const random = randomStream("bench", index);
  return Object.fromEntries(
    TROT.parameters.map(({ name, low, high, unit }) =>
      unit === "Hz"
        ? [name, 1 / (1 / high + random.uniform() * (1 / low - 1 / high))]
        : [name, low + random.uniform() * (high - low)],
    ),
  );
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = a.reduce((sum, value, index) => sum + (value - meanA) * (b[index]! - meanB), 0);
  return product / ((a.length - 1) * deviation(a) * deviation(b));
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((i, j) => values[i]! - values[j]!);
  const rank: number[] = [];
  order.forEach((index, position) => {
    rank[index] = position;
  });
  return rank;
}

/** Walk-to-walk spread of true speed, with each level of variation. */
async function spread(): Promise<object> {
  const walkway = await Walkway.open("nominal");
  const table: Record<string, object> = {};
  for (const variation of ["mild", "rough"] as const)
    for (const [name, parameters] of Object.entries(GAITS)) {
      const speeds: number[] = [];
      let falls = 0;
      for (let walk = 0; walk < walks; walk++) {
        const result = walkway.walk({ ...WALK, parameters }, drawConditions(variation, 9, walk));
        if (result.fell) falls++;
        else speeds.push(result.speed);
      }
      const sigma = deviation(speeds);
      table[`${variation}: ${name}`] = { mean: mean(speeds), sigma, relative: sigma / mean(speeds), falls };
    }
  walkway.close();
  return table;
}

/** What the speed sources say against what is true, over random gaits and mild variation. */
async function sources(): Promise<object> {
  const robot = await openSimulatedRobot({ variant: "nominal", variation: "mild" });
  const x = { pose: 0, odometry: 0 };
  const { layout } = await reach(robot, (values, at) => {
    x.pose = values[at(channelName.poseX)]!;
    x.odometry = values[at(channelName.odometryX)]!;
  });
  const speeds = { truth: [] as number[], pose: [] as number[], odometry: [] as number[] };
  const started = performance.now();
  let robotTime = 0;
  for (let walk = 0; walk < 2 * walks; walk++) {
    await robot.place({ seed: 5, suggestion: walk, carryOver: null });
    await startWalk(robot, TROT.name, randomGait(walk));
    await advance(robot, 100);
    const [truth, pose, odometry] = [robot.truth(), x.pose, x.odometry];
    await advance(robot, 900);
    const end = robot.truth();
    robotTime += end.time;
    if (end.tilt > FALL.tilt) continue;
    const seconds = end.time - truth.time;
    speeds.truth.push((end.x - truth.x) / seconds);
    speeds.pose.push((x.pose - pose) / seconds);
    speeds.odometry.push((x.odometry - odometry) / seconds);
  }
  const timesRealTime = (1000 * robotTime) / (performance.now() - started);
  await robot.close();
  const against = (source: number[]) => ({
    correlation: correlation(source, speeds.truth),
    rankCorrelation: correlation(ranks(source), ranks(speeds.truth)),
    rmse: Math.sqrt(mean(source.map((speed, index) => (speed - speeds.truth[index]!) ** 2))),
  });
  return {
    walks: speeds.truth.length,
    falls: 2 * walks - speeds.truth.length,
    channels: layout.length,
    pose: against(speeds.pose),
    odometry: against(speeds.odometry),
    timesRealTime,
  };
}

/** Growth of the process over many short walks, MB: flat, when everything WebAssembly holds is reused or freed. */
async function memory(): Promise<object> {
  const robot = await openSimulatedRobot({ variant: "nominal", variation: "mild" });
  await reach(robot);
  const resident = (): number => process.memoryUsage().rss / 1e6;
  let settled = resident();
  for (let walk = 0; walk < 1000; walk++) {
    if (walk === 200) settled = resident();
    await robot.place({ seed: 1, suggestion: walk, carryOver: robot.carryOver() });
    await startWalk(robot, TROT.name, OPTIMISED_TROT);
    await advance(robot, 20);
  }
  const growth = resident() - settled;
  await robot.close();
  return { walks: 1000, growth };
}

console.log(
  JSON.stringify({ spread: await spread(), sources: await sources(), memory: await memory() }, null, 2),
);
