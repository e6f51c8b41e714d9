/**
 * A cheap stand-in for tuning a gait: five parameters, one smooth ridge of good gaits beside a cliff behind which a tenth
 * of all parameter sets fall, 6 % walk-to-walk noise, 3 % per second within a walk. Every seed is another landscape.
 * Calibrated to the prototype's figures: the best of 60 random walks reaches about 0.82 of the best there is.
 */
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { ParameterSet } from "../../src/optimizer/search-space.ts";
import type { ObservedTrial, TrialRole } from "../../src/optimizer/trial.ts";
import { unitCube } from "../optimizer/unit-cube.ts";

const DIMENSIONS = 5;

export const LANDSCAPE_SPACE = unitCube(DIMENSIONS);

const SECONDS = 9;
const WALK_NOISE = 0.06;
const WINDOW_NOISE = 0.03;

export interface Landscape {
  /** True reward, 0 where the robot falls. */
  truth(parameters: ParameterSet): number;
  readonly best: number;
  readonly seedGait: ParameterSet;
  walk(
    parameters: ParameterSet,
    trial: Pick<ObservedTrial, "number" | "suggestion" | "bookkeeping">,
    role: TrialRole,
  ): ObservedTrial;
}

export function landscape(seed: number): Landscape {
  const source = new RandomSource({ seed, index: 0, stream: "landscape" });
  const d = DIMENSIONS;
  const peak = Array.from({ length: d }, () => 0.2 + 0.6 * source.uniform());
  const width = Array.from({ length: d }, () => 0.35 * Math.exp(0.5 * source.normal()));
  const mix = Array.from({ length: d * d }, () => 0.35 * source.normal());
  const waves = Array.from({ length: 6 }, () => ({
    k: Array.from({ length: d }, () => 4 * source.normal()),
    phase: 6.28 * source.uniform(),
    height: 0.015 * source.normal(),
  }));
  const cliff = Array.from({ length: d }, () => source.normal());
  const bend = Array.from({ length: d }, () => source.normal());
  const reward = (x: readonly number[]): number => {
    let q = 0;
    for (let i = 0; i < d; i++) {
      let u = (x[i]! - peak[i]!) / width[i]!;
      for (let j = 0; j < d; j++) if (j !== i) u += (mix[i * d + j]! * (x[j]! - peak[j]!)) / width[j]!;
      q += u * u;
    }
    let ripple = 0;
    for (const { k, phase, height } of waves) {
      ripple += height * Math.sin(phase + k.reduce((sum, value, i) => sum + value * x[i]!, 0));
    }
    return 0.42 / (1 + 0.12 * q) - 0.04 + ripple;
  };
  const risk = (x: readonly number[]): number =>
    cliff.reduce((sum, c, i) => sum + c * (x[i]! - 0.5), 0) +
    Math.sin(bend.reduce((sum, b, i) => sum + 2 * b * x[i]!, 0)) * 0.5 +
    1.5 * reward(x);

  const points = Array.from({ length: 4000 }, () => Array.from({ length: d }, () => source.uniform()));
  const risks = points.map(risk).sort((a, b) => a - b);
  const edge = risks[Math.floor(0.9 * risks.length)]!;
  const nominal = risks[Math.floor(0.3 * risks.length)]!;
  const fallsAt = (x: readonly number[]): boolean => risk(x) > edge;
  const safeReward = (x: readonly number[]): number => (fallsAt(x) ? 0 : reward(x));
  const best = climb(points, safeReward, source);
  const seedPoint =
    points.filter(
      (x) => risk(x) < nominal + 0.5 * (edge - nominal) && reward(x) > 0.1 && reward(x) < 0.2,
    )[0] ?? points[0]!;
  const coordinates = (parameters: ParameterSet): number[] =>
    Array.from({ length: d }, (_, i) => Number(parameters[`x${i}`]));

  return {
    truth: (parameters) => safeReward(coordinates(parameters)),
    best,
    seedGait: Object.fromEntries(seedPoint.map((value, i) => [`x${i}`, value])),
    walk(parameters, trial, role) {
      const x = coordinates(parameters);
      const noise = new RandomSource({ seed, index: trial.suggestion, stream: "walk" });
      const level = reward(x) * (1 + WALK_NOISE * noise.normal());
      const margin = (risk(x) - edge) / (edge - nominal) + 0.05 * noise.normal();
      const falls = margin > 0;
      const end = falls ? Math.max(0.5, SECONDS * noise.uniform()) : SECONDS;
      const reports = [];
      let sum = 0;
      for (let step = 1; step <= end; step++) {
        sum += level * (1 + WINDOW_NOISE * noise.normal());
        reports.push({ step, value: sum / step, time: step });
      }
      return {
        ...trial,
        role,
        state: falls ? "aborted" : "completed",
        parameters,
        reports,
        value: falls ? null : reports.at(-1)!.value,
        constraints: [falls ? 1 + (SECONDS - end) / SECONDS : Math.max(-1, Math.min(0, margin))],
        breached: falls ? 0 : null,
        walked: end + 3,
      };
    },
  };
}

function climb(
  points: readonly number[][],
  f: (x: readonly number[]) => number,
  source: RandomSource,
): number {
  const starts = [...points].sort((a, b) => f(b) - f(a)).slice(0, 8);
  let best = 0;
  for (const start of starts) {
    let x = start;
    let value = f(x);
    for (let i = 0, spread = 0.2; i < 1500; i++, spread *= 0.996) {
      const y = x.map((v) => Math.min(1, Math.max(0, v + spread * source.normal())));
      const reached = f(y);
      if (reached > value) [x, value] = [y, reached];
    }
    best = Math.max(best, value);
  }
  return best;
}
