/** Walks of the seed gait on the ground: the baseline, how much walks differ, and how far they came. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { Metrics } from "../../config/metrics.ts";
import { readQuantity } from "../../config/units.ts";
import type { WalkOutcome } from "../../station/messages.ts";
import { gaitParameters } from "../feasibility.ts";
import { withDistance } from "../walked-distance.ts";
import { baselineFindings, metricSpreads, spreadOf } from "./baseline.ts";
import type { FirstRunPorts, GivenStation } from "./ports.ts";
import type { StepRecord } from "./record.ts";
import { recordingOf } from "./recordings.ts";
import { judged, STOPPED, type Step, type StepResult } from "./step.ts";

const WALKS = 3;
/** A typed distance beyond so many lengths of the arena is a slip of the unit. */
const BEYOND_ARENA = 3;

export const GROUND_STEP: Step = {
  name: "ground",
  title: "Three walks of the seed gait",
  instructions:
    "Put the robot on its start line, the way in front of it free. It walks the seed gait three times, as long as in a study. Have a tape measure ready. Hand near the power switch.",
  run: async (ports) => {
    const walks: GroundWalk[] = [];
    const station = await ports.station(ports.config);
    try {
      for (let walk = 0; walk < WALKS; walk++) {
        const result = await groundWalk(ports, station, walk === 0);
        if (result === "stop" || ports.stopped()) return { ...STOPPED, ...kept(ports, walks) };
        if ("words" in result) return { ...result, ...kept(ports, walks) };
        walks.push(result);
      }
    } finally {
      await station.close();
    }
    const metrics = walks.map((walk) => walk.metrics);
    const { reward } = ports;
    const scored =
      reward === null
        ? spreadOf(
            "forward_speed",
            "m/s",
            metrics.map((one) => one.forward_speed),
          )
        : spreadOf(
            "reward",
            "",
            metrics.map((one) => reward.score(one)),
          );
    return judged(
      baselineFindings(scored, metricSpreads(metrics)),
      `the seed gait walks: ${scored.name} ${scored.mean.toPrecision(3)} ± ${scored.sd.toPrecision(2)} (SD)`,
      kept(ports, walks),
    );
  },
};

export interface GroundWalk {
  readonly metrics: Metrics;
  readonly recording: string | null;
  /** m; NaN where it is not known */
  readonly odometry: number;
  readonly measured: number;
}

/**
 * One walk on the ground, placed and measured by a person where the robot needs one.
 *
 * @param first the robot stands on its start line already
 */
export async function groundWalk(
  ports: FirstRunPorts,
  station: GivenStation,
  first: boolean,
): Promise<GroundWalk | StepResult | "stop"> {
  const { config, person } = ports;
  if (!first && !station.ready.returnsByItself) {
    const typed = await person.ask(
      "Put the robot back on its start line. Enter when it stands there · q: stop",
    );
    if (typed === null || /^q/iu.test(typed)) return "stop";
  }
  const { outcome, metrics } = await station.walk({
    parameters: gaitParameters(config, config.seedGait),
    recording: recordingOf(ports, "ground"),
    observe: true,
  });
  if (ports.stopped()) return "stop";
  if (outcome.end !== "completed" || metrics === null)
    return { verdict: "failed", words: `a walk ended early: ${outcome.reason.words}`, findings: [] };
  const { odometry = Number.NaN, pose = Number.NaN } = outcome.observed?.distance ?? {};
  const measured = await measuredDistance(ports, outcome, odometry, pose);
  if (measured === "stop") return "stop";
  const told =
    Number.isFinite(measured) && (config.speedSource === "operator" || config.speedSource === "robot");
  const whole = told
    ? withDistance(metrics, measured, config.walk, outcome.measured, config.robot.mass)
    : metrics;
  const speed = Number.isFinite(whole.forward_speed) ? `${whole.forward_speed.toFixed(3)} m/s` : "walked";
  person.say(`  ${speed}${Number.isFinite(odometry) ? `, odometry ${odometry.toFixed(3)} m` : ""}`);
  return { metrics: whole, recording: outcome.recording, odometry, measured };
}

/** How far it came, from the start line straight ahead to where it stands, m; NaN when nobody knows. */
async function measuredDistance(
  { config, person }: FirstRunPorts,
  outcome: WalkOutcome,
  odometry: number,
  pose: number,
): Promise<number | "stop"> {
  if (config.speedSource === "robot") return outcome.distance ?? Number.NaN;
  if (config.speedSource !== "operator" && !Number.isFinite(odometry)) return Number.NaN;
  const usual = Number.isFinite(pose)
    ? `Enter: ${pose.toFixed(3)} m, as the external pose says`
    : "Enter: unknown";
  for (;;) {
    const typed = await person.ask(
      `How far did it come, from the start line straight ahead? Measure and type it, e.g. 1.23 m · ${usual} · q: stop`,
    );
    if (typed === null || /^q/iu.test(typed)) return "stop";
    if (typed === "") return pose;
    const reading = readQuantity(typed, "m");
    const problem = !reading.ok
      ? `${reading.what}. ${reading.remedy}`
      : Math.abs(reading.value) > BEYOND_ARENA * config.arenaLength
        ? `${typed} is farther than this robot can have come. Check the unit.`
        : null;
    if (reading.ok && problem === null) return reading.value;
    person.say(`  ${problem}`);
  }
}

/** What is kept of walks whatever came after them. */
export function kept(
  { config }: { readonly config: HardwareConfig },
  walks: readonly GroundWalk[],
): Pick<StepRecord, "recordings" | "distances" | "odometryScale"> {
  const distances = walks
    .filter(({ odometry, measured }) => Number.isFinite(odometry) && Number.isFinite(measured))
    .map(({ odometry, measured }) => ({ odometry, measured }));
  return {
    recordings: walks.flatMap(({ recording }) => recording ?? []),
    distances,
    odometryScale: config.odometryScale,
  };
}
