/** The bench's tables for people. */
import type { Comparison, Ratio } from "./compare.ts";
import type { EventLoopDelay } from "./event-loop.ts";
import type { KernelSpeed, Speed } from "./speed.ts";

function verdict(value: number, bar: number | null): string {
  return bar === null ? "" : `${value <= bar ? "meets" : "MISSES"} ${bar}`;
}

function cell(value: number | null | undefined): string {
  return (value === null || value === undefined ? "" : String(Number(value.toPrecision(3)))).padStart(10);
}

export function printSpeed(speeds: readonly Speed[]): void {
  console.log("\nms per suggestion, 10 parameters, processor time of one thread");
  console.log("sampler    parameters  trials    median   slowest  by clock    Optuna     ratio  bar");
  for (const { sampler, parameters, trials, median, slowest, wallMedian, optuna, bar } of speeds) {
    const ratio = optuna === null ? null : median / optuna;
    const columns = [median, slowest, wallMedian, optuna, ratio].map(cell).join("");
    const row = `${sampler.padEnd(10)} ${parameters.padEnd(10)}  ${String(trials).padStart(6)}${columns}`;
    console.log(`${row}  ${verdict(median, bar)}`);
  }
}

export function printKernels(kernels: readonly KernelSpeed[]): void {
  console.log("\nms of the dense kernels, and the plain loop in C at -O2");
  for (const { n, kernel, milliseconds, c } of kernels) {
    const ratio = c === null ? "no compiler" : verdict(milliseconds / c, 2);
    console.log(
      `${kernel.padEnd(22)} n ${String(n).padStart(4)}${cell(milliseconds)}${cell(c)}  ratio ${cell(c === null ? null : milliseconds / c)}  ${ratio}`,
    );
  }
}

export function printEventLoop({ trials, answer, p99, longest, idleP99, bar }: EventLoopDelay): void {
  console.log(
    `\nservice's event loop while the sampler thread fits ${trials} trials (answers in ${cell(answer).trim()} ms)`,
  );
  console.log(
    `delay p99 ${p99.toFixed(2)} ms, longest ${longest.toFixed(2)} ms, p99 while idle ${idleP99.toFixed(2)} ms  ${verdict(p99, bar)}`,
  );
}

export function printComparisons(comparisons: readonly Comparison[]): void {
  console.log("\nregret of the recommended point over Optuna's, geometric mean of the ratios of medians");
  for (const {
    sampler,
    noise,
    evaluations,
    seeds,
    ratio,
    interval95,
    bar,
    against,
    perFunction,
  } of comparisons) {
    const [low, high] = interval95.map((value) => value.toPrecision(3));
    const upper =
      bar === null || Number.isFinite(bar.upper) === false
        ? ""
        : `, upper ${verdict(interval95[1], bar.upper)}`;
    console.log(
      `${sampler} noise ${noise} after ${evaluations} (${seeds} seeds): ${ratio.toPrecision(3)} [${low}, ${high}] of Optuna's ${against}  ${verdict(ratio, bar?.ratio ?? null)}${upper}`,
    );
    console.log(
      `    ${Object.entries(perFunction)
        .map(([name, { ours, optuna }]) => `${name} ${ours.toPrecision(3)}/${optuna}`)
        .join("  ")}`,
    );
  }
}

export function printPairs(
  pairs: readonly (Ratio & {
    readonly sampler: string;
    readonly against: string;
    readonly noise: number;
    readonly evaluations: number;
  })[],
): void {
  if (pairs.length > 0) console.log("\nregret over another sampler's at the same seed, geometric mean");
  for (const { sampler, against, noise, evaluations, ratio, interval95 } of pairs) {
    const [low, high] = interval95.map((value) => value.toPrecision(3));
    console.log(
      `${sampler} over ${against}, noise ${noise} after ${evaluations}: ${ratio.toPrecision(3)} [${low}, ${high}]`,
    );
  }
}
