/**
 * What the trials tell a tree-structured Parzen estimator: where they were, and how they rank.
 *
 * Walks that repeat a set on purpose (baseline walks, replicates) are one observation with the mean of their values. As
 * observations of their own three baseline walks would fill all the places for good parameters until 30 walks are done.
 * A set of which one such walk was aborted counts as aborted.
 */
import type { ParameterSet } from "../search-space.ts";
import { coordinateOf } from "../space/dimension.ts";
import type { UnitSpace } from "../space/unit-space.ts";
import type { Direction, ObservedTrial } from "../trial.ts";

/**
 * What decides the order of observations, first element first, smaller is better: completed walks (0) by value, pruned
 * ones (1) by how far they came and then by their last value, those that broke a limit (2) by the sum of violations.
 */
export type Rank = readonly [group: 0 | 1 | 2, first: number, second: number];

export interface Observation {
  /** Coordinates in the unit cube; NaN where the trial lacks the parameter. */
  readonly point: Float64Array;
  /** null while the walk is under way, and for a fall in another bracket. */
  readonly rank: Rank | null;
}

/** An aborted walk without a breached limit (an operator's stop) counts like a limit breached at the planned end. */
const LEAST_ABORT_VIOLATION = 1;

/** Walks that repeat a set on purpose. */
const REPEATED: ReadonlySet<ObservedTrial["role"]> = new Set(["seed-gait", "drift-check", "replicate"]);

/** The points of parameter sets already read: sets do not change, so they need not be read again at the next suggestion. */
export type KnownPoints = WeakMap<ParameterSet, Float64Array>;

/**
 * In order of number. Interrupted and abandoned walks are left out, as is a completed one without a value, and the one that is
 * being asked for (a retry's first attempt). A fall in another bracket is there without a rank:
 * it repels as a fall does, and the bracket's own walks alone decide which are good.
 */
export function observations(
  unit: UnitSpace,
  trials: readonly ObservedTrial[],
  direction: Direction,
  suggestion: number,
  known: KnownPoints = new WeakMap(),
): Observation[] {
  const sign = direction === "maximize" ? -1 : 1;
  const found: Observation[] = [];
  const repeats: Observation[] = [];
  for (const trial of trials) {
    const pending = trial.state === "running";
    if (pending && trial.suggestion === suggestion) continue;
    const unranked = pending || trial.endedElsewhere === "aborted";
    const rank = unranked ? null : rankOf(trial, sign);
    if (rank === undefined) continue;
    let point = known.get(trial.parameters);
    if (point === undefined) {
      point = observedPoint(unit, trial.parameters);
      known.set(trial.parameters, point);
    }
    const observation = { point, rank };
    found.push(observation);
    if (REPEATED.has(trial.role)) repeats.push(observation);
  }
  return repeats.length === 0 ? found : pooled(found, repeats);
}

function rankOf(trial: ObservedTrial, sign: 1 | -1): Rank | undefined {
  const { state, value } = trial;
  if (state !== "completed" && state !== "pruned" && state !== "aborted") return undefined;
  const violation = violationOf(trial);
  if (violation > 0) return [2, violation, 0];
  if (state === "completed") return value === null ? undefined : [0, sign * value, 0];
  const last = trial.reports.at(-1);
  if (last === undefined) return [1, 1, 0];
  return [1, -last.step, Number.isNaN(last.value) ? Number.POSITIVE_INFINITY : sign * last.value];
}

/** Sum of the constraint values above 0. */
function violationOf({ state, constraints }: ObservedTrial): number {
  let sum = 0;
  for (const constraint of constraints) if (constraint > 0) sum += constraint;
  return state === "aborted" ? Math.max(sum, LEAST_ABORT_VIOLATION) : sum;
}

function observedPoint(unit: UnitSpace, parameters: ParameterSet): Float64Array {
  const point = new Float64Array(unit.dimensions.length);
  for (let i = 0; i < point.length; i++) {
    const dimension = unit.dimensions[i]!;
    const value = parameters[dimension.parameter.name];
    const coordinate = value === undefined ? Number.NaN : coordinateOf(dimension, value);
    // A choice that the space does not have is none.
    point[i] = dimension.kind === "categorical" && coordinate < 0 ? Number.NaN : coordinate;
  }
  return point;
}

/** Puts each deliberate repeat together with the first walk of the same place. */
function pooled(found: readonly Observation[], repeats: readonly Observation[]): Observation[] {
  const pools = new Map<Observation, Observation[]>();
  for (const repeat of repeats) {
    const first = found.find(({ point }) => samePlace(point, repeat.point))!;
    const pool = pools.get(first);
    if (pool === undefined) pools.set(first, first === repeat ? [repeat] : [first, repeat]);
    else pool.push(repeat);
  }
  const repeated = new Set(repeats);
  return found.flatMap((observation) => {
    const pool = pools.get(observation);
    if (pool !== undefined) return [{ point: observation.point, rank: pooledRank(pool) }];
    return repeated.has(observation) ? [] : [observation];
  });
}

/** The worst group's walks decide unless that is being pruned; equal ones count with the mean. */
function pooledRank(pool: readonly Observation[]): Rank | null {
  const ranks = pool.flatMap(({ rank }) => (rank === null ? [] : [rank]));
  for (const group of [2, 0] as const) {
    const alike = ranks.filter((rank) => rank[0] === group);
    if (alike.length > 0) return [group, alike.reduce((sum, [, first]) => sum + first / alike.length, 0), 0];
  }
  return ranks[0] ?? null;
}

function samePlace(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
