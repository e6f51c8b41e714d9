/**
 * The maximum of the acquisition over the feasible part of the space.
 *
 * Candidates are Sobol points over the whole cube, or over the region that may be explored, and small steps around the best places walked so far. From the best
 * few of them, continuous coordinates climb by their gradient and discrete ones by trying their levels, in turn until
 * neither gains; a value is never rounded after the fact.
 */
import { minimizeLbfgs } from "../math/lbfgs.ts";
import type { RandomSource } from "../math/random-source.ts";
import { SobolSequence } from "../math/sobol-sequence.ts";
import type { Feasibility } from "../sampler.ts";
import { levelAt, levelCoordinate } from "../space/dimension.ts";
import { spreadPoint, uniformFeasiblePoint } from "../space/feasible-point.ts";
import { activeDimensions, decode, neutralizeInactive, type UnitSpace } from "../space/unit-space.ts";
import type { Acquisition } from "./acquisition.ts";

export interface SearchRequest {
  readonly unit: UnitSpace;
  readonly acquisition: Pick<Acquisition, "values" | "valueAndGradient">;
  readonly feasible: Feasibility;
  /** Feasible points to search around, best first. */
  readonly centres: readonly Float64Array[];
  readonly source: RandomSource;
}

export interface SearchResult {
  readonly point: Float64Array;
  readonly value: number;
}

const GLOBAL_CANDIDATES = 512;
const LOCAL_CANDIDATES = 48;
const LOCAL_SPREADS = [0.2, 0.05, 0.01] as const;
const CLIMBS = 5;
const ROUNDS = 4;
/** Discrete dimensions up to this many levels are tried in full, larger ones by growing steps. */
const FULL_SCAN = 32;

/** @throws SPACE_INFEASIBLE */
export function maximizeAcquisition(request: SearchRequest): SearchResult {
  const { unit, acquisition } = request;
  const candidates = candidatePoints(request);
  const size = unit.dimensions.length;
  const values = acquisition.values(flatten(candidates, size), candidates.length);
  const order = candidates.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
  const starts = distinctStarts(request, candidates, order);
  if (starts.length === 0) {
    const point = uniformFeasiblePoint(unit, request.feasible, request.source);
    starts.push(point);
  }
  let best: SearchResult | null = null;
  for (const start of starts) {
    const end = climb(request, start);
    if (best === null || end.value > best.value) best = end;
  }
  return best!;
}

function candidatePoints({ unit, centres, source, feasible }: SearchRequest): Float64Array[] {
  const size = unit.dimensions.length;
  const sobol = new SobolSequence(size, source);
  const candidates: Float64Array[] = [];
  const uniform = new Float64Array(size);
  for (let i = 0; i < GLOBAL_CANDIDATES; i++) {
    sobol.next(uniform);
    candidates.push(spreadPoint(unit, uniform, feasible));
  }
  for (const centre of centres) {
    candidates.push(centre);
    for (let i = 0; i < LOCAL_CANDIDATES; i++) {
      candidates.push(neighbour(unit, centre, LOCAL_SPREADS[i % LOCAL_SPREADS.length]!, source));
    }
  }
  return candidates;
}

/** A random step from a point: about half of the coordinates move, at least one. */
function neighbour(
  unit: UnitSpace,
  centre: Float64Array,
  spread: number,
  source: RandomSource,
): Float64Array {
  const point = centre.slice();
  const certain = source.integer(point.length);
  unit.dimensions.forEach((dimension, j) => {
    const moves = source.uniform() < 0.5 || j === certain;
    const step = source.normal();
    const choice = source.uniform();
    if (!moves) return;
    if (dimension.kind === "categorical") {
      if (spread >= 0.2 || j === certain) point[j] = Math.floor(choice * dimension.count);
      return;
    }
    const moved = Math.min(1, Math.max(0, point[j]! + spread * step));
    point[j] =
      dimension.kind === "continuous" ? moved : levelCoordinate(dimension, levelAt(dimension, moved));
  });
  return neutralizeInactive(unit, point);
}

/** The best feasible candidates, each some way from those before it. */
function distinctStarts(
  { unit, feasible }: SearchRequest,
  candidates: readonly Float64Array[],
  order: readonly number[],
): Float64Array[] {
  const starts: Float64Array[] = [];
  for (const i of order) {
    if (starts.length === CLIMBS) break;
    const point = candidates[i]!;
    if (starts.some((start) => start.every((value, j) => Math.abs(value - point[j]!) < 0.05))) continue;
    if (feasible(decode(unit, point))) starts.push(point);
  }
  return starts;
}

function climb(request: SearchRequest, start: Float64Array): SearchResult {
  const { acquisition, unit } = request;
  let point = start;
  let value = acquisition.valueAndGradient(start, new Float64Array(start.length));
  const discrete = unit.dimensions.some(({ kind }) => kind !== "continuous");
  for (let round = 0; round < ROUNDS; round++) {
    const smooth = climbContinuous(request, point, value);
    const stepped = discrete ? climbDiscrete(request, smooth) : smooth;
    const gained = stepped.value > value + 1e-6;
    point = stepped.point;
    value = stepped.value;
    if (!gained || !discrete) break;
  }
  return { point, value };
}

/** L-BFGS on the active continuous coordinates; infeasible steps are shortened until they are feasible. */
function climbContinuous(request: SearchRequest, start: Float64Array, startValue: number): SearchResult {
  const { acquisition, unit, feasible } = request;
  const active = activeDimensions(unit, start);
  const moving: number[] = [];
  for (const [j, { kind }] of unit.dimensions.entries())
    if (kind === "continuous" && active[j]) moving.push(j);
  if (moving.length === 0) return { point: start, value: startValue };
  const point = start.slice();
  const gradient = new Float64Array(start.length);
  const { x, value } = minimizeLbfgs(
    (coordinates, slope) => {
      moving.forEach((j, i) => {
        point[j] = coordinates[i]!;
      });
      const value = acquisition.valueAndGradient(point, gradient);
      moving.forEach((j, i) => {
        slope[i] = -gradient[j]!;
      });
      return feasible(decode(unit, point)) ? -value : Number.POSITIVE_INFINITY;
    },
    Float64Array.from(moving, (j) => start[j]!),
    {
      lower: new Float64Array(moving.length),
      upper: new Float64Array(moving.length).fill(1),
      maxIterations: 60,
      gradientTolerance: 1e-3,
      valueTolerance: 1e-6,
    },
  );
  if (!(-value > startValue)) return { point: start, value: startValue };
  const end = start.slice();
  moving.forEach((j, i) => {
    end[j] = x[i]!;
  });
  return { point: end, value: -value };
}

/** One pass over the active discrete coordinates, each moved to its best feasible level. */
function climbDiscrete({ acquisition, unit, feasible }: SearchRequest, start: SearchResult): SearchResult {
  let { point, value } = start;
  const gradient = new Float64Array(point.length);
  for (const [j, dimension] of unit.dimensions.entries()) {
    if (dimension.kind === "continuous" || !activeDimensions(unit, point)[j]) continue;
    const here = levelAt(dimension, point[j]!);
    for (const level of levelsToTry(here, dimension.count, dimension.kind === "categorical")) {
      const trial = point.slice();
      trial[j] = levelCoordinate(dimension, level);
      neutralizeInactive(unit, trial);
      const reached = acquisition.valueAndGradient(trial, gradient);
      if (!(reached > value) || !feasible(decode(unit, trial))) continue;
      point = trial;
      value = reached;
    }
  }
  return { point, value };
}

function levelsToTry(here: number, count: number, categorical: boolean): number[] {
  if (categorical || count <= FULL_SCAN) {
    return Array.from({ length: count }, (_, level) => level).filter((level) => level !== here);
  }
  const levels: number[] = [];
  for (let step = 1; step < count; step *= 2) {
    if (here - step >= 0) levels.push(here - step);
    if (here + step < count) levels.push(here + step);
  }
  return levels;
}

function flatten(points: readonly Float64Array[], size: number): Float64Array {
  const rows = new Float64Array(points.length * size);
  points.forEach((point, i) => {
    rows.set(point, i * size);
  });
  return rows;
}
