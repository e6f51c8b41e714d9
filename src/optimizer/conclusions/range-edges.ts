/** "The best lies on the edge of the range: widen it." */
import { logSafety } from "../gaussian-process/acquisition.ts";
import type { CategoricalParameter, Parameter } from "../search-space.ts";
import { coordinateOf, type Dimension, levelCoordinate } from "../space/dimension.ts";
import { encode } from "../space/unit-space.ts";
import type { StudyModel } from "./study-model.ts";

export interface EdgeOptions {
  /** How near to a bound counts as on the edge, as a share of the range in the searched scale; 0.05 unless given. */
  readonly margin?: number;
}

export interface EdgeWarning {
  readonly parameter: string;
  readonly side: "low" | "high";
  /** The bound, in the parameter's unit. */
  readonly bound: number;
  /** The champion's value. */
  readonly value: number;
  /** Whether the champion itself lies on the edge. */
  readonly championThere: boolean;
  /**
   * By how much the reward would improve a tenth of the range beyond the champion, by the model's slope there, in reward
   * units; negative where it gets worse outwards.
   */
  readonly improvement: number;
  /** How many of the best gaits lie on this edge, and of how many. */
  readonly bestThere: number;
  readonly best: number;
  /** Probability that a walk of the champion stays inside every limit: a wider range is not a safer one. */
  readonly safety: number;
}

const DEFAULT_MARGIN = 0.05;
/** The best quarter of the gaits, at least this many, is asked where it lies. */
const FEWEST_BEST = 4;
/** Of ten ends of ranges, two of four gaits lie near one by chance in every seventh study; three in hardly any. */
const FEWEST_THERE = 3;
/** With fewer levels than this the best lie on an edge by chance. */
const FEWEST_LEVELS = 4;

/**
 * Names a numeric parameter when the champion lies on an edge of its range and the model's slope there points outward, or when half
 * of the best gaits (and at least three) lie on one edge. A discrete parameter is on the edge at its first or last level.
 */
export function edgeWarnings(
  model: StudyModel,
  { margin = DEFAULT_MARGIN }: EdgeOptions = {},
): EdgeWarning[] {
  const { ranked, unit, limits } = model;
  const champion = ranked[0];
  if (champion === undefined) return [];
  const point = encode(unit, champion.params);
  const best = ranked.slice(0, Math.max(FEWEST_BEST, Math.ceil(ranked.length / 4)));
  const safety = Math.exp(logSafety(limits, point));
  return unit.dimensions.flatMap((dimension, index) => {
    const { parameter } = dimension;
    const own = champion.params[parameter.name];
    if (!isRange(parameter) || own === undefined) return [];
    return (["low", "high"] as const).flatMap((side): EdgeWarning[] => {
      const onEdge = (value: unknown): boolean =>
        typeof value === "number" && isOnEdge(dimension, coordinateOf(dimension, value), side, margin);
      const championThere = onEdge(own);
      const bestThere = best.filter(({ params }) => onEdge(params[parameter.name])).length;
      const improvement = outwardImprovement(model, point, index, side);
      const many = bestThere >= Math.max(FEWEST_THERE, best.length / 2) && !isCoarse(dimension);
      if (!(championThere && improvement > 0) && !many) return [];
      return [
        {
          parameter: parameter.name,
          side,
          bound: parameter[side],
          value: Number(own),
          championThere,
          improvement,
          bestThere,
          best: best.length,
          safety,
        },
      ];
    });
  });
}

/** A number with more than two values: of two, either is an edge. */
function isRange(parameter: Parameter): parameter is Exclude<Parameter, CategoricalParameter> {
  if (parameter.kind === "categorical") return false;
  const { low, high, step } = parameter;
  return high > low && (step === null || high - low > 1.5 * step);
}

function isCoarse({ kind, count }: Dimension): boolean {
  return kind === "ordered" && count < FEWEST_LEVELS;
}

function isOnEdge(dimension: Dimension, coordinate: number, side: "low" | "high", margin: number): boolean {
  const [first, last] =
    dimension.kind === "ordered"
      ? [levelCoordinate(dimension, 0), levelCoordinate(dimension, dimension.count - 1)]
      : [0, 1];
  return side === "low" ? coordinate <= Math.max(first, margin) : coordinate >= Math.min(last, 1 - margin);
}

/** The trend's slope at the champion, away from the middle, times a tenth of the range, in reward units. */
function outwardImprovement(
  { trend, unit }: StudyModel,
  point: Float64Array,
  index: number,
  side: "low" | "high",
): number {
  const outward = side === "high" ? 1 : -1;
  const dimension = unit.dimensions[index]!;
  return 0.1 * trend.observations.spread * outward * slope();

  function slope(): number {
    if (dimension.kind === "continuous") {
      const prediction = trend.posterior.prediction();
      trend.posterior.predict(point, prediction);
      return prediction.meanGradient[index]!;
    }
    // Between the levels the function means nothing: from the last level but one to the last.
    const end = side === "high" ? dimension.count - 1 : 0;
    const [outer, inner] = [levelCoordinate(dimension, end), levelCoordinate(dimension, end - outward)];
    const at = (coordinate: number): number => {
      const moved = point.slice();
      moved[index] = coordinate;
      return trend.posterior.mean(moved);
    };
    return (at(outer) - at(inner)) / (outer - inner);
  }
}
