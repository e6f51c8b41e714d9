/**
 * What a decision costs, by pruner and number of finished gaits: `node test/bench/pruners.ts [reports] [walks]`. Rewards are
 * random, so that thresholds are sought among values without order; the peers are made anew for each walk, as the study
 * runner does.
 */
import { createPruner } from "../../src/optimizer/catalogue.ts";
import { RandomSource } from "../../src/optimizer/math/random-source.ts";
import type { Curve } from "../../src/optimizer/pruner.ts";
import { type Cost, quantiles, stopwatch } from "./stopwatch.ts";

const reports = Number(process.argv[2] ?? 20);
const walks = Number(process.argv[3] ?? 50);

const PRUNERS: readonly (readonly [label: string, name: string, Readonly<Record<string, unknown>>])[] = [
  ["median", "median", {}],
  ["median of averages", "median", { startupTrials: 1, rule: "running-average" }],
  ["median, protecting", "median", { protectBest: 3 }],
  ["percentile", "percentile", {}],
  ["patient median", "patient", { wrapped: "median" }],
  ["successive halving", "successive-halving", { minResource: 1 }],
  ["hyperband", "hyperband", { maxResource: reports }],
  ["wilcoxon", "wilcoxon", {}],
];

/** @param jitter of the times between reports, s */
function randomWalk(source: RandomSource, suggestion: number, jitter: number): Curve {
  const gait = source.normal();
  const made = Array.from({ length: reports }, (_, k) => ({
    step: k + 1,
    value: gait + 0.3 * source.normal(),
    time: k + 1 + jitter * source.uniform(),
  }));
  const rungs = made.slice(0, 3).map(({ value }) => value);
  return { number: suggestion, suggestion, state: "completed", reports: made, rungs };
}

function costs(name: string, options: object, count: number, jitter: number): Cost[] {
  const pruner = createPruner(name, { ...options }, { study: "bench" });
  const source = new RandomSource({ seed: 1, index: count, stream: "bench-pruners" });
  const found: Cost[] = [];
  for (let walk = 0; walk < walks; walk++) {
    const peers = Array.from({ length: count }, (_, i) => randomWalk(source, i, jitter));
    const whole = randomWalk(source, count, jitter);
    let rungs: readonly number[] = [];
    for (let step = 1; step <= reports; step++) {
      const current: Curve = { ...whole, state: "running", reports: whole.reports.slice(0, step), rungs };
      const cost = stopwatch();
      const decision = pruner.decide({ direction: "maximize", current, peers });
      found.push(cost());
      rungs = decision.rungs ?? rungs;
    }
  }
  return found;
}

console.log(`${walks} walks of ${reports} reports, ms`);
for (const count of [300, 1000]) {
  for (const [label, name, options] of PRUNERS) {
    for (const [clock, jitter] of [["even times", 0.02] as const, ["uneven times", 0.5] as const]) {
      const found = costs(name, options, count, jitter);
      const wall = quantiles(found.map((cost) => cost.wall));
      const busy = quantiles(found.map((cost) => cost.processor));
      const what = `${String(count).padStart(4)} peers  ${label.padEnd(19)} ${clock.padEnd(13)}`;
      const figures = `p50 ${wall(0.5).toFixed(3)}   p99 ${wall(0.99).toFixed(3)}`;
      console.log(`${what} ${figures}   p99 of processor time ${busy(0.99).toFixed(3)}`);
    }
  }
}
