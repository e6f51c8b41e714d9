/**
 * Limited-memory BFGS for smooth functions, free or in a box.
 *
 * The direction is the two-loop recursion (J. Nocedal, Math. Comp. 35, 1980) on the variables that are free: one at a
 * bound whose gradient points outwards is held there for the step (D. P. Bertsekas' projected Newton method, 1982). The
 * step is found by backtracking along the projected path with Armijo's condition; pairs without positive curvature are
 * not remembered.
 */

/** Returns f(x) and writes ∇f(x) to `gradient`. A value that is not finite makes the line search step back. */
export type DifferentiableFunction = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Per variable; −∞ and ∞ where there is none. Null: no bounds at all. */
  readonly lower: Float64Array | null;
  readonly upper: Float64Array | null;
  readonly maxIterations: number;
  /** Stops when no element of the projected gradient is larger. */
  readonly gradientTolerance: number;
  /** Stops when one iteration gains less than this relative to max(1, |f|). */
  readonly valueTolerance: number;
}

export interface LbfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
}

const MEMORY = 8;
const ARMIJO = 1e-4;
const MAX_BACKTRACKS = 20;

/** Minimises `f` from `start`, which is clamped into the box and left untouched. */
export function minimizeLbfgs(
  f: DifferentiableFunction,
  start: Float64Array,
  options: LbfgsOptions,
): LbfgsResult {
  const n = start.length;
  const { lower, upper } = options;
  let x: Float64Array = project(Float64Array.from(start), lower, upper);
  let gradient = new Float64Array(n);
  let value = f(x, gradient);
  let evaluations = 1;
  let trial: Float64Array = new Float64Array(n);
  let trialGradient = new Float64Array(n);
  const direction = new Float64Array(n);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  if (!Number.isFinite(value)) return { x, value, evaluations };

  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    if (projectedGradientNorm(x, gradient, lower, upper) <= options.gradientTolerance) break;
    quasiNewtonDirection(direction, x, gradient, steps, changes, lower, upper);
    if (!(slope(direction, gradient) < 0)) {
      steps.length = 0;
      changes.length = 0;
      quasiNewtonDirection(direction, x, gradient, steps, changes, lower, upper);
    }
    let length = steps.length === 0 ? Math.min(1, 1 / norm(direction)) : 1;
    let next = Number.NaN;
    let accepted = false;
    for (let attempt = 0; attempt < MAX_BACKTRACKS; attempt++) {
      for (let i = 0; i < n; i++) trial[i] = x[i]! + length * direction[i]!;
      project(trial, lower, upper);
      let decrease = 0;
      for (let i = 0; i < n; i++) decrease += gradient[i]! * (trial[i]! - x[i]!);
      next = f(trial, trialGradient);
      evaluations++;
      if (Number.isFinite(next) && next <= value + ARMIJO * decrease) {
        accepted = true;
        break;
      }
      length *= shrinkage(value, next, decrease);
    }
    if (!accepted) {
      if (steps.length === 0) break;
      steps.length = 0;
      changes.length = 0;
      continue;
    }
    remember(steps, changes, x, trial, gradient, trialGradient);
    const gain = value - next;
    [x, trial] = [trial, x];
    [gradient, trialGradient] = [trialGradient, gradient];
    value = next;
    if (gain <= options.valueTolerance * Math.max(1, Math.abs(value))) break;
  }
  return { x, value, evaluations };
}

/** Minimum of the parabola through the value, the slope and the rejected value, kept within [0.1, 0.5]. */
function shrinkage(value: number, rejected: number, decrease: number): number {
  if (!Number.isFinite(rejected)) return 0.2;
  const factor = -decrease / (2 * (rejected - value - decrease));
  return Math.min(0.5, Math.max(0.1, Number.isFinite(factor) ? factor : 0.5));
}

function project(x: Float64Array, lower: Float64Array | null, upper: Float64Array | null): Float64Array {
  for (let i = 0; i < x.length; i++) {
    if (lower !== null && x[i]! < lower[i]!) x[i] = lower[i]!;
    if (upper !== null && x[i]! > upper[i]!) x[i] = upper[i]!;
  }
  return x;
}

/** Whether variable i sits on a bound and the descent direction points out of the box. */
function held(
  i: number,
  x: Float64Array,
  gradient: Float64Array,
  lower: Float64Array | null,
  upper: Float64Array | null,
): boolean {
  if (lower !== null && x[i]! <= lower[i]! && gradient[i]! > 0) return true;
  return upper !== null && x[i]! >= upper[i]! && gradient[i]! < 0;
}

function projectedGradientNorm(
  x: Float64Array,
  gradient: Float64Array,
  lower: Float64Array | null,
  upper: Float64Array | null,
): number {
  let largest = 0;
  for (let i = 0; i < x.length; i++) {
    if (!held(i, x, gradient, lower, upper)) largest = Math.max(largest, Math.abs(gradient[i]!));
  }
  return largest;
}

function quasiNewtonDirection(
  direction: Float64Array,
  x: Float64Array,
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
  lower: Float64Array | null,
  upper: Float64Array | null,
): void {
  const n = x.length;
  for (let i = 0; i < n; i++) direction[i] = held(i, x, gradient, lower, upper) ? 0 : -gradient[i]!;
  const alphas = new Float64Array(steps.length);
  for (let k = steps.length - 1; k >= 0; k--) {
    const s = steps[k]!;
    const y = changes[k]!;
    const alpha = slope(s, direction) / slope(s, y);
    alphas[k] = alpha;
    for (let i = 0; i < n; i++) direction[i]! -= alpha * y[i]!;
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = slope(steps[last]!, changes[last]!) / slope(changes[last]!, changes[last]!);
    for (let i = 0; i < n; i++) direction[i]! *= scale;
  }
  for (let k = 0; k < steps.length; k++) {
    const s = steps[k]!;
    const beta = slope(changes[k]!, direction) / slope(s, changes[k]!);
    for (let i = 0; i < n; i++) direction[i]! += (alphas[k]! - beta) * s[i]!;
  }
  for (let i = 0; i < n; i++) if (held(i, x, gradient, lower, upper)) direction[i] = 0;
}

function remember(
  steps: Float64Array[],
  changes: Float64Array[],
  x: Float64Array,
  next: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const s = new Float64Array(x.length);
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    s[i] = next[i]! - x[i]!;
    y[i] = nextGradient[i]! - gradient[i]!;
  }
  const curvature = slope(s, y);
  if (!(curvature > 1e-10 * norm(s) * norm(y))) return;
  steps.push(s);
  changes.push(y);
  if (steps.length > MEMORY) {
    steps.shift();
    changes.shift();
  }
}

function slope(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(slope(a, a));
}
