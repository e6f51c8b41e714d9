/**
 * Whether the robot is still the one that the study began with: the seed gait, walked again every so often, is compared with
 * what it was.
 *
 * Two questions are asked of each check, both at 99 %, two-sided, by Student's t: does it lie in the prediction interval of the
 * baseline walks and the earlier checks (a step: something broke, a battery sags), and from three checks on, do all the seed gait's
 * walks together have a slope over the trials (a creep: wear, a slowly emptying battery)? So a steady robot is called changed
 * in 2 of 100 checks at the most. A check outside the interval does not join those that later ones are compared with.
 */
import { HEALTH_UNITS, type TrialHealth } from "../config/trial-health.ts";
import { studentQuantile } from "../optimizer/math/student-t.ts";
import type { TrialRecord } from "./trial-record.ts";

/** A covariate that moved with the reward. */
export interface MovedCovariate {
  readonly name: string;
  readonly unit: string;
  /** Mean of the walks before, and value in the check. */
  readonly from: number;
  readonly to: number;
}

/** The newest check. */
export interface Drift {
  readonly trial: number;
  /** Reward of the seed gait in it, and what was expected: mean and 99 % prediction interval. */
  readonly value: number;
  readonly expected: number;
  readonly interval: readonly [low: number, high: number];
  /** Beyond noise. */
  readonly drifted: boolean;
  readonly covariates: readonly MovedCovariate[];
  readonly words: string;
}

type Walk = Pick<TrialRecord, "number" | "role" | "state" | "value" | "health">;

const CONFIDENCE = 0.99;
/** Covariates are named more easily than an alarm is raised: beside an alarm they are hints. */
const COVARIATE_CONFIDENCE = 0.95;
/** Walks behind a slope: three baseline walks and three checks. */
const WALKS_FOR_SLOPE = 6;
/** Smaller changes of a covariate explain nothing, by unit. */
const LEAST_CHANGE: Readonly<Record<string, number>> = { V: 0.1, "°C": 2 };
/** Of those without one: share of the mean. */
const LEAST_SHARE = 0.1;

/** @returns null while no check, or too little to compare it with, has been walked */
export function driftOf(trials: readonly Walk[]): Drift | null {
  const walks = trials.filter(
    ({ role, state, value }) =>
      (role === "seed-gait" || role === "drift-check") && state === "completed" && value !== null,
  );
  const steady: Walk[] = [];
  let newest: Drift | null = null;
  for (const [index, walk] of walks.entries()) {
    if (walk.role === "seed-gait") {
      steady.push(walk);
      continue;
    }
    const range = predicted(
      steady.map(({ value }) => value!),
      CONFIDENCE,
    );
    if (range === null) continue;
    const stepped = isOutside(range, walk.value!);
    newest = judged(walk, range, stepped, slopes(walks.slice(0, index + 1)), steady);
    if (!stepped) steady.push(walk);
  }
  return newest;
}

function judged(walk: Walk, range: Range, stepped: boolean, creeps: boolean, before: readonly Walk[]): Drift {
  const drifted = stepped || creeps;
  const covariates = drifted ? moved(walk.health, before) : [];
  const { mean, half } = range;
  const value = walk.value!;
  const seen = `the seed gait's reward was ${figure(value)} in trial ${walk.number}, ${figure(mean)} ± ${figure(half)} was expected`;
  const hints = covariates.map(({ name, unit, from, to }) => {
    return `${name.replaceAll("_", " ")} ${figure(from)} → ${figure(to)} ${unit}`;
  });
  const why =
    hints.length > 0
      ? `with it moved: ${hints.join(", ")}`
      : "neither battery nor motor temperatures moved with it: look for wear, loose parts, another ground";
  const how = stepped ? "" : ", and all its walks together rise or fall";
  return {
    trial: walk.number,
    value,
    expected: mean,
    interval: [mean - half, mean + half],
    drifted,
    covariates,
    words: drifted ? `the robot has changed: ${seen}${how}; ${why}` : `the robot is the same: ${seen}`,
  };
}

interface Range {
  readonly mean: number;
  readonly half: number;
}

/** Where one more value of these is expected; null for fewer than two. */
function predicted(values: readonly number[], confidence: number): Range | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const t = studentQuantile(0.5 + confidence / 2, n - 1);
  return { mean, half: t * Math.sqrt(variance * (1 + 1 / n)) };
}

/** Rounding is no change. */
function isOutside({ mean, half }: Range, value: number): boolean {
  return Math.abs(value - mean) > half + 1e-9 * Math.abs(mean);
}

/** Whether the walks' line over the trials has a slope. */
function slopes(walks: readonly Walk[]): boolean {
  const n = walks.length;
  if (n < WALKS_FOR_SLOPE) return false;
  const meanX = walks.reduce((sum, { number }) => sum + number / n, 0);
  const meanY = walks.reduce((sum, { value }) => sum + value! / n, 0);
  let xx = 0;
  let xy = 0;
  for (const { number, value } of walks) {
    xx += (number - meanX) ** 2;
    xy += (number - meanX) * (value! - meanY);
  }
  const slope = xy / xx;
  let squares = 0;
  for (const { number, value } of walks) squares += (value! - meanY - slope * (number - meanX)) ** 2;
  const error = Math.sqrt(squares / (n - 2) / xx);
  return Math.abs(slope) > studentQuantile(0.5 + CONFIDENCE / 2, n - 2) * error + 1e-12;
}

function moved(health: TrialHealth | undefined, before: readonly Walk[]): MovedCovariate[] {
  const names = Object.keys(HEALTH_UNITS) as (keyof typeof HEALTH_UNITS)[];
  return names.flatMap((name) => {
    const to = health?.[name];
    const range = predicted(
      before.flatMap((walk) => walk.health?.[name] ?? []),
      COVARIATE_CONFIDENCE,
    );
    if (to === undefined || range === null || !isOutside(range, to)) return [];
    const unit = HEALTH_UNITS[name];
    const least = LEAST_CHANGE[unit] ?? LEAST_SHARE * Math.abs(range.mean);
    return Math.abs(to - range.mean) < least ? [] : [{ name, unit, from: range.mean, to }];
  });
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
