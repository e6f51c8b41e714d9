/**
 * Grid search: every feasible point of a grid once, in random order unless told otherwise, so that a study that is
 * stopped early has looked everywhere and not in one corner (as Optuna's GridSampler and Vizier's shuffled grid do).
 *
 * What has been walked is read from the trials' parameters; a study may be continued with a finer grid.
 */
import { fail } from "../../errors.ts";
import { keyedPermutation } from "../math/keyed-permutation.ts";
import { RandomSource } from "../math/random-source.ts";
import { atLeast, type OptionRules, withDefaults } from "../options.ts";
import type { AskRequest, Sampler, SamplerContext } from "../sampler.ts";
import type { ParameterSet, SearchSpace } from "../search-space.ts";
import { refuseInfeasible, uniformFeasiblePoint } from "../space/feasible-point.ts";
import { type Grid, type GridOptions, gridOf } from "../space/grid.ts";
import { parameterKey } from "../space/parameter-key.ts";
import { decode, encode, type UnitSpace, unitSpace } from "../space/unit-space.ts";
import { validateSpace } from "../space/validate-space.ts";
import type { ObservedTrial } from "../trial.ts";

export interface GridSamplerOptions extends GridOptions {
  /** Random order; else the first parameter changes fastest. */
  readonly shuffle: boolean;
}

export const GRID_DEFAULTS: GridSamplerOptions = { shuffle: true, points: 5, values: {} };

export const GRID_RULES: OptionRules<GridSamplerOptions> = {
  points: atLeast(1),
  values: {
    accepts: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    wanted: "lists of values by parameter",
  },
};

/** Refused points after which the search for one more feasible point is given up. */
const REFUSALS = 200_000;
/** Points that may not be explored yet after which none is looked for that may, and of how many the nearest is chosen. */
const FAR_POINTS = 10_000;
const STEPPING_STONES = 500;

/**
 * Points of the grid that the sampler would walk, infeasible ones counted too.
 * @throws SPACE_INVALID, CONFIG_INVALID
 */
export function gridSize(space: SearchSpace, options: Partial<GridOptions> = {}): number {
  validateSpace(space);
  return gridOf(space, withDefaults("sampler grid", { ...options }, GRID_DEFAULTS, GRID_RULES)).size;
}

/** Its `ask` throws SAMPLER_EXHAUSTED when every feasible point has been walked, or another one is too rare to be found. */
export function gridSampler(context: SamplerContext, options: Partial<GridSamplerOptions> = {}): Sampler {
  const { shuffle, ...shape } = { ...GRID_DEFAULTS, ...options };
  const unit = unitSpace(context.space);
  const grid = gridOf(context.space, shape);
  const numberAt = shuffle
    ? keyedPermutation(grid.size, { seed: context.seed, index: 0, stream: "grid" })
    : (place: number): number => place;
  return {
    name: "grid",
    ask(request) {
      const { place, parameters, stone } = nextPoint(unit, context.seed, grid, numberAt, request);
      const note = `point ${place + 1} of ${grid.size}`;
      return { parameters, bookkeeping: null, note: stone ? `on the way to ${note}` : note };
    },
  };
}

interface GridPoint {
  readonly place: number;
  readonly parameters: ParameterSet;
  /** Not the point itself, but as near to it as may be explored so far. */
  readonly stone: boolean;
}

/**
 * The first point in the order that is feasible and that no suggestion has taken. Where none of those left may be explored yet,
 * the way to the nearest of them is walked in steps.
 */
function nextPoint(
  unit: UnitSpace,
  seed: number,
  grid: Grid,
  numberAt: (place: number) => number,
  { trials, suggestion, feasible }: AskRequest,
): GridPoint {
  const taken = takenPoints(trials, suggestion);
  const { region } = feasible;
  let stone: (GridPoint & { readonly distance: number }) | null = null;
  let far = 0;
  let walked = 0;
  let refused = 0;
  for (let place = 0; place < grid.size && refused < REFUSALS && far < FAR_POINTS; place++) {
    const parameters = grid.at(numberAt(place));
    if (taken.has(parameterKey(parameters))) walked++;
    else if (feasible(parameters)) return { place, parameters, stone: false };
    else {
      refused++;
      if (region === undefined || !region.elsewhere(parameters) || ++far > STEPPING_STONES) continue;
      const point = encode(unit, parameters);
      const nearer = region.pulledBack(point);
      if (nearer === null) continue;
      const distance = Math.hypot(...nearer.map((value, j) => value - point[j]!));
      if (stone !== null && distance >= stone.distance) continue;
      const towards = decode(unit, nearer);
      // A step that was walked before and led nowhere is not walked again.
      if (!taken.has(parameterKey(towards))) stone = { place, parameters: towards, stone: true, distance };
    }
  }
  if (stone !== null) return stone;
  if (far > 0) {
    // Every such step has been walked: anywhere near what is safe, until there is a new way.
    const source = new RandomSource({ seed, index: suggestion, stream: "grid" });
    const parameters = decode(unit, uniformFeasiblePoint(unit, feasible, source));
    return { place: taken.size, parameters, stone: true };
  }
  if (walked === 0) refuseInfeasible(refused);
  const skipped = refused === 0 ? "" : `, ${refused} of its ${grid.size} are not feasible`;
  return fail("SAMPLER_EXHAUSTED", {
    what:
      refused === REFUSALS
        ? `${walked} points of the grid are walked, and ${refused} others were not feasible`
        : `all ${walked} points of the grid are walked${skipped}`,
    where: "sampler grid",
    remedy: "Raise `points`, or go on with another sampler.",
  });
}

/** What was suggested or enqueued, whatever came of it: an interrupted walk is tried again under its own suggestion. */
function takenPoints(trials: readonly ObservedTrial[], suggestion: number): Set<string> {
  const taken = new Set<string>();
  for (const trial of trials) {
    const own = trial.role === "suggested" || trial.role === "enqueued";
    if (own && trial.suggestion !== suggestion) taken.add(parameterKey(trial.parameters));
  }
  return taken;
}
