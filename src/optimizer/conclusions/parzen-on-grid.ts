/**
 * The density of one parameter among a handful of gaits: a Parzen estimator on a grid, as PED-ANOVA uses it. Kernels are
 * normal, cut off at the ends of the range and summed over each grid cell, with D. W. Scott's bandwidth (Multivariate Density
 * Estimation, 1992); one very wide kernel stands for the prior, so that no cell is empty. Numbers are those of Optuna.
 */
import { normalProbability } from "../math/normal-distribution.ts";
import type { CategoricalParameter, Parameter, ParameterValue } from "../search-space.ts";

/** Grid cells of a continuous parameter; one with fewer levels has a cell for each. */
const CELLS = 50;
/** A kernel is at least so wide that nine tenths of it lie in one cell. */
const SMALLEST_BANDWIDTH = 0.5 / 1.64;
const PRIOR_WEIGHT = 1;

/** Number of cells of a parameter, at least 1. */
export function cellCount(parameter: Parameter): number {
  if (parameter.kind === "categorical") return parameter.choices.length;
  const { low, high, log, step } = parameter;
  if (!(high > low)) return 1;
  if (log && parameter.kind === "int") return Math.min(Math.ceil(Math.log2(high - low + 1)) + 1, CELLS);
  return step === null ? CELLS : Math.min(Math.round((high - low) / step) + 1, CELLS);
}

/**
 * Probability of each cell.
 * @param values at least one value that the parameter may take
 */
export function parzenOnGrid(parameter: Parameter, values: readonly ParameterValue[]): Float64Array {
  return parameter.kind === "categorical" ? categorical(parameter, values) : numeric(parameter, values);
}

function categorical({ choices }: CategoricalParameter, values: readonly ParameterValue[]): Float64Array {
  const counts = new Float64Array(choices.length);
  for (const value of values) counts[choices.indexOf(value)]! += 1;
  const seen = counts.filter((count) => count > 0).length;
  const kernels = seen + 1;
  const share = PRIOR_WEIGHT / kernels;
  const whole = 1 + choices.length * share;
  const total = values.length + PRIOR_WEIGHT;
  return counts.map(
    (count) =>
      ((count * (1 + share) + (values.length - count) * share) / whole + PRIOR_WEIGHT / choices.length) /
      total,
  );
}

function numeric(
  parameter: Exclude<Parameter, CategoricalParameter>,
  values: readonly ParameterValue[],
): Float64Array {
  const cells = cellCount(parameter);
  const counts = new Float64Array(cells);
  for (const value of values) counts[cellOf(parameter, Number(value), cells)]! += 1;
  const density = new Float64Array(cells);
  const total = values.length + PRIOR_WEIGHT;
  const bandwidth = scottBandwidth(counts, values.length);
  for (const [cell, count] of counts.entries())
    if (count > 0) addKernel(density, cell, bandwidth, count / total);
  addKernel(density, (cells - 1) / 2, cells, PRIOR_WEIGHT / total);
  return density;
}

function cellOf(
  { low, high, log }: Exclude<Parameter, CategoricalParameter>,
  value: number,
  cells: number,
): number {
  const scaled = (v: number): number => (log ? Math.log(v) : v);
  const width = (scaled(high) - scaled(low)) / (cells - 1);
  const cell = Math.ceil((scaled(value) - scaled(low)) / width - 0.5);
  return Math.min(cells - 1, Math.max(0, cells === 1 ? 0 : cell));
}

/** Scott's rule on the cells' indices, with the smaller of deviation and interquartile range / 1.34. */
function scottBandwidth(counts: Float64Array, n: number): number {
  let mean = 0;
  for (const [cell, count] of counts.entries()) mean += (count * cell) / n;
  let squares = 0;
  for (const [cell, count] of counts.entries()) squares += count * (cell - mean) ** 2;
  const deviation = Math.sqrt(squares / Math.max(1, n - 1));
  const lower = quantileCell(counts, (before) => before >= Math.floor(n / 4));
  const upper = quantileCell(counts, (before) => before > Math.floor((3 * n) / 4));
  return Math.max(SMALLEST_BANDWIDTH, 1.059 * Math.min((upper - lower) / 1.34, deviation) * n ** -0.2);
}

/** The first occupied cell whose cumulative count passes, else the last occupied one. */
function quantileCell(counts: Float64Array, passes: (cumulative: number) => boolean): number {
  let cumulative = 0;
  let last = 0;
  for (const [cell, count] of counts.entries()) {
    if (count === 0) continue;
    cumulative += count;
    last = cell;
    if (passes(cumulative)) break;
  }
  return last;
}

function addKernel(density: Float64Array, center: number, bandwidth: number, weight: number): void {
  const below = (edge: number): number => normalProbability((edge - center) / bandwidth);
  const whole = below(density.length - 0.5) - below(-0.5);
  for (const cell of density.keys())
    density[cell]! += (weight * (below(cell + 0.5) - below(cell - 0.5))) / whole;
}
