/** The short walk with which a robot proves a set that it was given, and what is made of it. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { Metrics } from "../../config/metrics.ts";
import type { Direction } from "../../optimizer/trial.ts";
import type { WalkOutcome } from "../../station/messages.ts";
import type { LoneWalkEnd } from "../lone-walk.ts";
import { withDistance } from "../walked-distance.ts";
import { isAsGood, type Prediction } from "./prediction.ts";

/** s of measuring */
const SECONDS = 5;

/**
 * The config with its walk shortened to five seconds of measuring: a whole number of reports, and one at least. Everything that
 * watches over the robot stays.
 */
export function shortened(config: HardwareConfig): HardwareConfig {
  const { measure, reportInterval } = config.walk;
  if (measure <= SECONDS) return config;
  // One report for the whole walk, of robots whose distance is known only afterwards.
  const whole = reportInterval >= measure;
  const reports = Math.max(1, Math.floor(SECONDS / reportInterval + 1e-9));
  const walk = whole
    ? { ...config.walk, measure: SECONDS, reportInterval: SECONDS }
    : { ...config.walk, measure: reports * reportInterval };
  return { ...config, walk };
}

/** Metrics with the distance that the robot says it came, where it is the robot that says. */
export function finalMetrics(
  { outcome, metrics }: LoneWalkEnd,
  { speedSource, walk, robot }: HardwareConfig,
): Metrics | null {
  if (metrics === null || speedSource !== "robot" || outcome.distance === null) return metrics;
  if (Number.isNaN(outcome.distance)) return metrics;
  return withDistance(metrics, outcome.distance, walk, outcome.measured, robot.mass);
}

export interface WalkVerdict {
  readonly accepted: boolean;
  readonly words: string;
}

/** @param reward NaN: it cannot be computed */
export function judgeTestWalk(
  { end, reason }: WalkOutcome,
  reward: number,
  prediction: Prediction | null,
  direction: Direction,
): WalkVerdict {
  if (end !== "completed") return { accepted: false, words: `the test walk was ${end}: ${reason.words}` };
  if (Number.isNaN(reward))
    return { accepted: true, words: "it walked to the end; what it scored is not known on this robot" };
  const scored = `it scored ${short(reward)}`;
  if (prediction === null)
    return { accepted: true, words: `it walked to the end; ${scored}, and nothing foretells what it should` };
  const { low, high } = prediction;
  const foretold = `${short(low)} to ${short(high)} was foretold`;
  return isAsGood(reward, prediction, direction)
    ? { accepted: true, words: `${scored}, ${foretold}` }
    : { accepted: false, words: `${scored}, worse than foretold: ${foretold}` };
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
