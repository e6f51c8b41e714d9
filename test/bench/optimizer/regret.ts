/** How far from the minimum the recommended point is: its true value, noise removed, after a number of evaluations. */

import { createSampler } from "../../../src/optimizer/catalogue.ts";
import { champion } from "../../../src/optimizer/champion.ts";
import { unitCube } from "../../optimizer/unit-cube.ts";
import type { BenchmarkFunction } from "./functions.ts";
import { coordinates, runFunctionStudy } from "./study.ts";

export interface RegretTask {
  readonly sampler: string;
  readonly benchmark: BenchmarkFunction;
  /** Share of the function's standard deviation over the domain. */
  readonly noise: number;
  readonly seed: number;
  /** Numbers of evaluations to recommend after, ascending. */
  readonly evaluations: readonly number[];
  readonly parallel: number;
}

export interface Regret {
  readonly sampler: string;
  readonly function: string;
  readonly noise: number;
  readonly seed: number;
  readonly evaluations: number;
  readonly parallel: number;
  /** True value at the champion. */
  readonly regret: number;
  /** True value at the trial with the best observation: what a best-trial rule recommends. */
  readonly bestObserved: number;
}

/** One study, looked at after each of the numbers of evaluations. */
export function measureRegret({
  sampler,
  benchmark,
  noise,
  seed,
  evaluations,
  parallel,
}: RegretTask): Regret[] {
  const space = unitCube(benchmark.size);
  const study = runFunctionStudy({
    sampler: createSampler(sampler, {}, { space, direction: "minimize", seed, constraintCount: 0 }),
    value: benchmark.value,
    noise: noise * benchmark.deviation,
    seed,
    parallel,
  });
  const results: Regret[] = [];
  const last = evaluations.at(-1)!;
  for (let finished = 1; finished <= last; finished++) {
    const trials = study.next().value;
    if (!evaluations.includes(finished)) continue;
    const told = trials.slice(0, finished);
    const recommended = champion(told, space, "minimize")!;
    const luckiest = told.reduce((best, trial) => (trial.value! < best.value! ? trial : best));
    results.push({
      sampler,
      function: benchmark.name,
      noise,
      seed,
      evaluations: finished,
      parallel,
      regret: benchmark.value(coordinates(recommended.params)),
      bestObserved: benchmark.value(coordinates(luckiest.parameters)),
    });
  }
  return results;
}
