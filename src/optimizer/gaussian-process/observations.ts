/** The trials that tell about the objective, as the data of a Gaussian process. */
import { encode, type UnitSpace } from "../space/unit-space.ts";
import { type Direction, type ObservedTrial, tellsObjective } from "../trial.ts";
import type { ProcessData } from "./fit.ts";
import { unwarp, vizierWarp } from "./output-warp.ts";
import { measuredTime, withinWalkVariance } from "./walk-noise.ts";

/** What is done to the rewards before they are standardised: nothing, or Vizier's output warping. */
export type OutputWarp = "none" | "vizier";

/** Standardised for maximisation: y = (± value − center) / spread, of the warped values where they are warped. */
export interface ObjectiveObservations extends ProcessData {
  /** The trial behind each row. */
  readonly trials: readonly ObservedTrial[];
  /** 1 to maximise, −1 to minimise. */
  readonly sign: 1 | -1;
  /** Of the values themselves. */
  readonly center: number;
  readonly spread: number;
  /** The reward, in its own units and with its own sign, of a standardised value. */
  readonly toReward: (y: number) => number;
}

/** Completed walks enter with their value, pruned ones with what they measured. */
export function objectiveObservations(
  unit: UnitSpace,
  trials: readonly ObservedTrial[],
  direction: Direction,
  outputWarp: OutputWarp = "none",
): ObjectiveObservations {
  const telling = trials.filter(tellsObjective);
  const sign = direction === "maximize" ? 1 : -1;
  const values = Float64Array.from(telling, ({ value }) => sign * value!);
  const { center, spread } = centerAndSpread(values);
  const within = withinWalkVariance(telling) / spread / spread;
  return {
    shape: kernelShape(unit),
    x: encodeAll(unit, telling),
    ...standardised(values, { center, spread, sign }, outputWarp),
    // A warp bends the scale: the variance within walks is taken to bend with the whole of it.
    knownVariance: Float64Array.from(telling, (trial) => {
      const time = measuredTime(trial);
      return time > 0 && Number.isFinite(within) ? within / time : 0;
    }),
    trials: telling,
    sign,
    center,
    spread,
  };
}

function standardised(
  values: Float64Array,
  { center, spread, sign }: { center: number; spread: number; sign: number },
  outputWarp: OutputWarp,
): Pick<ObjectiveObservations, "y" | "toReward"> {
  if (outputWarp === "none")
    return {
      y: values.map((value) => (value - center) / spread),
      toReward: (y) => sign * (center + spread * y),
    };
  const warped = vizierWarp(values);
  const scale = centerAndSpread(warped);
  const back = unwarp(values, warped);
  return {
    y: warped.map((value) => (value - scale.center) / scale.spread),
    toReward: (y) => sign * back(scale.center + scale.spread * y),
  };
}

export function kernelShape(unit: UnitSpace): ProcessData["shape"] {
  return {
    size: unit.dimensions.length,
    categorical: unit.dimensions.map(({ kind }) => kind === "categorical"),
  };
}

/** The trials' points as rows. */
export function encodeAll(unit: UnitSpace, trials: readonly ObservedTrial[]): Float64Array {
  const size = unit.dimensions.length;
  const x = new Float64Array(trials.length * size);
  trials.forEach((trial, i) => {
    x.set(encode(unit, trial.parameters), i * size);
  });
  return x;
}

/** Mean and population standard deviation; spread 1 where all values are (nearly) equal. */
export function centerAndSpread(values: Float64Array): { center: number; spread: number } {
  const n = values.length;
  if (n === 0) return { center: 0, spread: 1 };
  // Scaled by the largest magnitude first, so that huge values do not overflow.
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return { center: 0, spread: 1 };
  let mean = 0;
  for (const value of values) mean += value / largest / n;
  let variance = 0;
  for (const value of values) variance += (value / largest - mean) ** 2 / n;
  const deviation = Math.sqrt(variance);
  return {
    center: mean * largest,
    // Differences of denormal size count as none: their square would be 0.
    spread: Math.max(deviation > 1e-10 ? deviation * largest : largest, 1e-300),
  };
}
