/** The trials that tell about the objective, as the data of a Gaussian process. */
import { encode, type UnitSpace } from "../space/unit-space.ts";
import type { Direction, ObservedTrial } from "../trial.ts";
import type { ProcessData } from "./fit.ts";
import { measuredTime, withinWalkVariance } from "./walk-noise.ts";

/** Standardised for maximisation: y = (± value − center) / spread. */
export interface ObjectiveObservations extends ProcessData {
  /** The trial behind each row. */
  readonly trials: readonly ObservedTrial[];
  /** 1 to maximise, −1 to minimise. */
  readonly sign: 1 | -1;
  readonly center: number;
  readonly spread: number;
}

/** Completed walks with their value, pruned ones with what they measured; aborted walks never. */
export function tellsObjective(trial: ObservedTrial): boolean {
  const finished = trial.state === "completed" || trial.state === "pruned";
  return finished && trial.value !== null && Number.isFinite(trial.value);
}

export function objectiveObservations(
  unit: UnitSpace,
  trials: readonly ObservedTrial[],
  direction: Direction,
): ObjectiveObservations {
  const telling = trials.filter(tellsObjective);
  const sign = direction === "maximize" ? 1 : -1;
  const values = Float64Array.from(telling, ({ value }) => sign * value!);
  const { center, spread } = centerAndSpread(values);
  const within = withinWalkVariance(telling) / spread / spread;
  return {
    shape: kernelShape(unit),
    x: encodeAll(unit, telling),
    y: values.map((value) => (value - center) / spread),
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
