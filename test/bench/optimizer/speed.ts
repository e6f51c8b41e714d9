/** Time per suggestion in a running study of ten parameters, and the speed of the dense kernels beside C. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSampler } from "../../../src/optimizer/catalogue.ts";
import {
  choleskyInPlace,
  inverseFromCholesky,
  solveLowerRows,
} from "../../../src/optimizer/math/cholesky.ts";
import type { Sampler } from "../../../src/optimizer/sampler.ts";
import type { Parameter, SearchSpace } from "../../../src/optimizer/search-space.ts";
import { median } from "./compare.ts";
import { levy } from "./functions.ts";
import { OPTUNA_MILLISECONDS } from "./optuna-figures.ts";
import { runFunctionStudy } from "./study.ts";

export const SPEED_TRIALS = [100, 300, 1000] as const;
const DIMENSIONS = 10;
/** A tenth of the standard deviation of the function over the cube, about. */
const NOISE = 4.5;
const SEED = 1;
/** Processor time is counted in ticks: shorter asks are timed by the clock, and an interrupted one does not move the median. */
const SHORT_MS = 10;

const BARS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  "cma-es": { 100: 0.05, 300: 0.05, 1000: 0.05 },
  tpe: { 100: 0.5, 1000: 3 },
  gp: { 100: 30, 300: 150, 1000: 1500 },
};

const unnamed = { name: "", unit: "" };
const int = (low: number, high: number, step: number, log = false): Parameter => ({
  ...unnamed,
  kind: "int",
  low,
  high,
  log,
  step,
});
const float = (high: number, step: number | null): Parameter => ({
  ...unnamed,
  kind: "float",
  low: 0,
  high,
  log: false,
  step,
});
const choice: Parameter = { ...unnamed, kind: "categorical", choices: [0, 5, 10, 15, 20] };

/** The kinds of parameters measured: the ten are of the kinds listed, in turn. */
const KINDS = {
  continuous: [float(1, null)],
  discrete: [int(0, 20, 1), float(20, 0.5), choice],
  int100: [int(1, 100, 1)],
  int1000: [int(1, 1000, 1)],
  "step-int": [int(0, 1000, 5)],
  "log-int": [int(1, 1000, 1, true)],
  mixed: [float(1, null), int(1, 1000, 1), int(0, 1000, 5), int(1, 1000, 1, true), choice],
} satisfies Record<string, readonly Parameter[]>;

type KindName = keyof typeof KINDS;

/** Samplers whose time hangs on the kind of the parameters are measured with all kinds, against the same bars. */
const EVERY_KIND: readonly string[] = ["tpe"];

export interface Speed {
  readonly sampler: string;
  readonly parameters: KindName;
  readonly trials: number;
  /**
   * Milliseconds of one `ask`, over the last tenth of the suggestions (at least 25): the middle and the slowest one in time this
   * thread ran on a processor, which other programs do not lengthen, and the middle one by the clock on the wall.
   */
  readonly median: number;
  readonly slowest: number;
  readonly wallMedian: number;
  readonly bar: number | null;
  /** Optuna's milliseconds, null where not measured. */
  readonly optuna: number | null;
}

export function measureSpeed(name: string, upTo: number): Speed[] {
  const kinds = EVERY_KIND.includes(name) ? (Object.keys(KINDS) as KindName[]) : (["continuous"] as const);
  return kinds.flatMap((kind) => measureOver(kind, name, upTo));
}

function measureOver(parameters: KindName, name: string, upTo: number): Speed[] {
  const kinds: readonly Parameter[] = KINDS[parameters];
  const space: SearchSpace = {
    parameters: Array.from({ length: DIMENSIONS }, (_, i) => ({
      ...kinds[i % kinds.length]!,
      name: `x${i}`,
    })),
  };
  const sampler = createSampler(name, {}, { space, direction: "minimize", seed: SEED, constraintCount: 0 });
  const value = (x: readonly number[]) => levy(x.map((one, i) => shareOfRange(space.parameters[i]!, one)));
  const times: number[] = [];
  const wallTimes: number[] = [];
  const timed: Sampler = {
    name,
    ask(request) {
      const start = performance.now();
      const before = process.threadCpuUsage();
      const suggestion = sampler.ask(request);
      const wall = performance.now() - start;
      const { user, system } = process.threadCpuUsage(before);
      times.push(wall < SHORT_MS ? wall : (user + system) / 1000);
      wallTimes.push(wall);
      return suggestion;
    },
  };
  const speeds: Speed[] = [];
  for (const trials of runFunctionStudy({ sampler: timed, value, noise: NOISE, seed: SEED })) {
    const count = trials.length;
    if (SPEED_TRIALS.some((wanted) => wanted === count)) {
      const window = -Math.max(25, Math.ceil(count / 10));
      const last = times.slice(window);
      speeds.push({
        sampler: name,
        parameters,
        trials: count,
        median: median(last),
        slowest: Math.max(...last),
        wallMedian: median(wallTimes.slice(window)),
        bar: BARS[name]?.[count] ?? null,
        optuna: parameters === "continuous" ? (OPTUNA_MILLISECONDS[name]?.[count] ?? null) : null,
      });
    }
    if (count >= upTo) break;
  }
  return speeds;
}

/** Where in its range a parameter's value is; choices are numbers, the last one the largest. */
function shareOfRange(parameter: Parameter, value: number): number {
  if (parameter.kind === "categorical") return value / Number(parameter.choices.at(-1));
  const { low, high, log } = parameter;
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

export interface KernelSpeed {
  readonly n: number;
  readonly kernel: "factorisation" | "inverse" | "256 right-hand sides";
  /** Milliseconds, the fastest of some runs. */
  readonly milliseconds: number;
  /** The same in C at -O2; null without a compiler. */
  readonly c: number | null;
}

const COLUMNS = 256;

export function measureKernels(sizes: readonly number[]): KernelSpeed[] {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-bench-"));
  try {
    const program = join(folder, "cholesky");
    const source = join(import.meta.dirname, "cholesky.c");
    const built = spawnSync("cc", ["-O2", "-o", program, source, "-lm"]).status === 0;
    return sizes.flatMap((n) => {
      const repetitions = Math.max(3, Math.round(1e8 / n ** 3));
      const ours = kernelTimes(n, repetitions);
      const theirs = built
        ? execFileSync(program, [String(n), String(COLUMNS), String(repetitions)], { encoding: "utf8" })
            .trim()
            .split(" ")
            .map(Number)
        : null;
      return (["factorisation", "inverse", "256 right-hand sides"] as const).map((kernel, i) => ({
        n,
        kernel,
        milliseconds: ours[i]!,
        c: theirs?.[i] ?? null,
      }));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function kernelTimes(n: number, repetitions: number): number[] {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) matrix[i * n + j] = Math.exp(-(i - j) / 20) + (i === j ? 0.1 : 0);
  const inverse = new Float64Array(n * n);
  const work = new Float64Array(n * n);
  const rows = new Float64Array(n * COLUMNS);
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let r = 0; r < repetitions; r++) {
    const l = matrix.slice();
    rows.fill(0.5);
    const steps = [
      () => choleskyInPlace(l, n),
      () => inverseFromCholesky(l, n, inverse, work),
      () => solveLowerRows(l, n, rows, COLUMNS),
    ];
    for (const [i, step] of steps.entries()) {
      const start = performance.now();
      step();
      best[i] = Math.min(best[i]!, performance.now() - start);
    }
  }
  return best;
}
