/**
 * One parameter as a coordinate for the algorithms.
 *
 * A continuous parameter becomes a coordinate in [0, 1] (through the logarithm with `log`). An ordered discrete one
 * (int, or float with a step) keeps its list of levels, each with a coordinate in (0, 1): bounds are widened by half a
 * step on each side before scaling, as Optuna does, so that every level owns an equal share of the interval (of the
 * logarithmic one with `log`). A categorical one is the index of its choice; only equality means anything.
 */
import type { FloatParameter, IntParameter, Parameter, ParameterValue } from "../search-space.ts";

export interface Dimension {
  readonly parameter: Parameter;
  readonly kind: "continuous" | "ordered" | "categorical";
  /** Number of levels or choices; 0 for a continuous parameter. */
  readonly count: number;
  /** Of an ordered parameter with `log`: the logarithms of its bounds, half a step farther out; else NaN. */
  readonly logBottom: number;
  readonly logTop: number;
}

const NO_LOG = { logBottom: Number.NaN, logTop: Number.NaN };

export function dimensionOf(parameter: Parameter): Dimension {
  const { logBottom, logTop } = NO_LOG;
  if (parameter.kind === "categorical")
    return { parameter, kind: "categorical", count: parameter.choices.length, logBottom, logTop };
  const { low, high, log, step } = parameter;
  if (step === null) return { parameter, kind: "continuous", count: 0, logBottom, logTop };
  const count = levelCount(low, high, step);
  if (!log) return { parameter, kind: "ordered", count, logBottom, logTop };
  const highest = Math.min(high, low + (count - 1) * step);
  return {
    parameter,
    kind: "ordered",
    count,
    logBottom: Math.log(low - 0.5),
    logTop: Math.log(highest + 0.5),
  };
}

/** Levels low, low + step, … not above high; a level a rounding error above it counts. */
function levelCount(low: number, high: number, step: number): number {
  return Math.floor((high - low) / step + 1e-9) + 1;
}

/** The coordinate of a value inside the parameter's range; a categorical value's index (−1 when unknown). */
export function coordinateOf(dimension: Dimension, value: ParameterValue): number {
  const { parameter } = dimension;
  if (parameter.kind === "categorical") return parameter.choices.indexOf(value);
  if (dimension.kind === "continuous") return scaled(Number(value), parameter);
  return levelCoordinate(dimension, nearestLevel(dimension, Number(value)));
}

/** The value of a coordinate; a discrete coordinate takes the level or choice it belongs to. */
export function valueAt(dimension: Dimension, coordinate: number): ParameterValue {
  const { parameter } = dimension;
  if (parameter.kind === "categorical") return parameter.choices[clampIndex(coordinate, dimension.count)]!;
  if (dimension.kind === "ordered") return levelValue(dimension, levelAt(dimension, coordinate));
  const { low, high, log } = parameter;
  const value = log
    ? Math.exp(Math.log(low) + coordinate * (Math.log(high) - Math.log(low)))
    : low + coordinate * (high - low);
  return Math.min(high, Math.max(low, value));
}

/** Maps a uniform number in [0, 1) to a coordinate of the dimension. */
export function coordinateFromUniform(dimension: Dimension, uniform: number): number {
  if (dimension.kind === "continuous") return uniform;
  if (dimension.kind === "categorical")
    return clampIndex(Math.floor(uniform * dimension.count), dimension.count);
  return levelCoordinate(dimension, levelAt(dimension, uniform));
}

/**
 * What the space says of the parameter's length-scale, as a length of its coordinate; of a logarithmic scale in its middle.
 * Null where it says nothing.
 */
export function lengthscaleOf({ parameter, kind, count, logBottom, logTop }: Dimension): number | null {
  if (parameter.kind === "categorical" || parameter.lengthscale === undefined) return null;
  const { low, high, log, step, lengthscale } = parameter;
  if (!log) return lengthscale / (kind === "ordered" ? count * Number(step) : high - low);
  const height = kind === "ordered" ? logTop - logBottom : Math.log(high / low);
  return lengthscale / (Math.sqrt(low * high) * height);
}

/** Value of an ordered dimension's level (0-based); rounding must not carry the last one over the bound (3 · 0.1 > 0.3). */
function levelValue(dimension: Dimension, level: number): number {
  const { low, high, step } = dimension.parameter as IntParameter;
  return Math.min(high, low + level * step);
}

/** Coordinate of a level of an ordered dimension, or of a choice of a categorical one. */
export function levelCoordinate(dimension: Dimension, level: number): number {
  if (dimension.kind === "categorical") return level;
  const { log } = dimension.parameter as IntParameter;
  if (!log) return (level + 0.5) / dimension.count;
  const { logBottom, logTop } = dimension;
  return (Math.log(levelValue(dimension, level)) - logBottom) / (logTop - logBottom);
}

/** The level (or choice) whose share of the interval holds the coordinate. */
export function levelAt(dimension: Dimension, coordinate: number): number {
  if (dimension.kind === "categorical") return clampIndex(coordinate, dimension.count);
  const { log, low } = dimension.parameter as IntParameter;
  if (!log) return clampIndex(Math.floor(coordinate * dimension.count), dimension.count);
  const { logBottom, logTop } = dimension;
  return clampIndex(
    Math.round(Math.exp(logBottom + coordinate * (logTop - logBottom)) - low),
    dimension.count,
  );
}

/** Where the share of an ordered dimension's level begins; that of its count is the end of the interval. */
export function levelBoundary(dimension: Dimension, level: number): number {
  const { log, low } = dimension.parameter as IntParameter;
  if (!log) return level / dimension.count;
  const { logBottom, logTop } = dimension;
  return (Math.log(low + level - 0.5) - logBottom) / (logTop - logBottom);
}

/** The coordinates at which one level of an ordered dimension ends and the next begins, ascending. */
export function levelBoundaries(dimension: Dimension): Float64Array {
  const inner = Math.max(0, dimension.count - 1);
  return Float64Array.from({ length: inner }, (_, i) => levelBoundary(dimension, i + 1));
}

function nearestLevel(dimension: Dimension, value: number): number {
  const { low, step } = dimension.parameter as IntParameter;
  return clampIndex(Math.round((value - low) / step), dimension.count);
}

function clampIndex(index: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.round(index)));
}

function scaled(value: number, { low, high, log }: FloatParameter | IntParameter): number {
  const unit = log
    ? (Math.log(value) - Math.log(low)) / (Math.log(high) - Math.log(low))
    : (value - low) / (high - low);
  return Math.min(1, Math.max(0, unit));
}

/** Whether the value is one the parameter may take. */
export function admits(parameter: Parameter, value: ParameterValue | undefined): boolean {
  if (value === undefined) return false;
  if (parameter.kind === "categorical") return parameter.choices.includes(value);
  if (typeof value !== "number" || !(value >= parameter.low) || !(value <= parameter.high)) return false;
  if (parameter.kind === "int" && !Number.isInteger(value)) return false;
  if (parameter.step === null) return true;
  const steps = (value - parameter.low) / parameter.step;
  return Math.abs(steps - Math.round(steps)) < 1e-8 * Math.max(1, Math.abs(steps));
}
