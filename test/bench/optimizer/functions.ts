/** The six functions behind Optuna's figures: definitions here, noise unit and check values from the fixture. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** To be minimised over [0, 1]ᵈ; the minimum is 0. */
export interface BenchmarkFunction {
  readonly name: string;
  readonly size: number;
  /** Standard deviation over the domain: the unit of the noise. */
  readonly deviation: number;
  readonly value: (x: readonly number[]) => number;
  readonly checks: readonly { readonly x: readonly number[]; readonly f: number }[];
}

interface Definition {
  readonly dim: number;
  readonly std_over_domain: number;
  readonly R?: readonly number[][];
  readonly check: BenchmarkFunction["checks"];
}

const file = join(import.meta.dirname, "../../fixtures/benchmark_functions.json");
const { functions } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly functions: Readonly<Record<string, Definition>>;
};

const FORMULAS: Readonly<Record<string, (x: readonly number[]) => number>> = {
  branin,
  hartmann6,
  rosenbrock5: (x) => rosenbrock(x.map((v) => 4 * v - 2)),
  ackley5: (x) => ackley(x.map((v) => 10 * v - 3)),
  levy8: levy,
  rot_ellipsoid8: rotatedEllipsoid,
};

export const BENCHMARK_FUNCTIONS: readonly BenchmarkFunction[] = Object.entries(functions).map(
  ([name, { dim, std_over_domain, check }]) => {
    const value = FORMULAS[name];
    if (value === undefined)
      throw new Error(`benchmark_functions.json names ${name}, which has no formula here.`);
    return { name, size: dim, deviation: std_over_domain, value, checks: check };
  },
);

function branin([x0, x1]: readonly number[]): number {
  const a = 15 * x0! - 5;
  const b = 15 * x1!;
  const parabola = b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6;
  return parabola ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10 - 0.397887;
}

const HARTMANN_ALPHA = [1, 1.2, 3, 3.2] as const;
const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
] as const;
const HARTMANN_P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
] as const;

function hartmann6(x: readonly number[]): number {
  let sum = 3.32237;
  HARTMANN_ALPHA.forEach((alpha, i) => {
    let exponent = 0;
    HARTMANN_A[i]!.forEach((a, j) => {
      exponent += a * (x[j]! - HARTMANN_P[i]![j]!) ** 2;
    });
    sum -= alpha * Math.exp(-exponent);
  });
  return sum;
}

function rosenbrock(z: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < z.length; i++) sum += 100 * (z[i + 1]! - z[i]! ** 2) ** 2 + (1 - z[i]!) ** 2;
  return sum;
}

function ackley(z: readonly number[]): number {
  const squares = z.reduce((sum, v) => sum + v * v, 0) / z.length;
  const waves = z.reduce((sum, v) => sum + Math.cos(2 * Math.PI * v), 0) / z.length;
  return 20 - 20 * Math.exp(-0.2 * Math.sqrt(squares)) + Math.E - Math.exp(waves);
}

/** z = 20x − 10, w = 1 + (z − 1)/4. */
export function levy(x: readonly number[]): number {
  const w = x.map((v) => 1 + (20 * v - 10 - 1) / 4);
  const last = w.at(-1)!;
  let sum = Math.sin(Math.PI * w[0]!) ** 2;
  for (const v of w.slice(0, -1)) sum += (v - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * v + 1) ** 2);
  return sum + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2);
}

function rotatedEllipsoid(x: readonly number[]): number {
  const rotation = functions["rot_ellipsoid8"]!.R!;
  const d = x.length;
  return rotation.reduce((sum, row, i) => {
    const z = row.reduce((part, r, j) => part + r * (10 * x[j]! - 6.5), 0);
    return sum + (1000 ** (i / (d - 1)) * z * z) / 1000;
  }, 0);
}
