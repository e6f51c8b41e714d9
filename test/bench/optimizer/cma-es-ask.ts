/**
 * `node test/bench/optimizer/cma-es-ask.ts [--trials 100]`: time per suggestion of CMA-ES in 10 dimensions in a running
 * study, from the first trial to the last, medians over 20 studies. "Fresh" is the first answer of a new process.
 */
import { parseArgs } from "node:util";
import { createSampler } from "../../../src/optimizer/catalogue.ts";
import type { Options } from "../../../src/optimizer/options.ts";
import type { ObservedTrial } from "../../../src/optimizer/trial.ts";
import { trialAt } from "../../optimizer/trial-at.ts";
import { unitCube } from "../../optimizer/unit-cube.ts";
import { median } from "./convergence.ts";

const { values } = parseArgs({ options: { trials: { type: "string", default: "100" } } });
const count = Number(values.trials);
const space = unitCube(10);

function study(seed: number, options: Options): { readonly asks: number[]; readonly fresh: number } {
  const context = { space, direction: "minimize", seed, constraintCount: 0 } as const;
  const sampler = createSampler("cma-es", options, context);
  const trials: ObservedTrial[] = [];
  const asks: number[] = [];
  while (trials.length < count) {
    const suggestion = trials.length;
    const began = performance.now();
    const { parameters, bookkeeping } = sampler.ask({ trials, suggestion, feasible: () => true });
    asks.push(performance.now() - began);
    const value = Object.values(parameters).reduce<number>((sum, one) => sum + (Number(one) - 0.3) ** 2, 0);
    trials.push(trialAt(suggestion, parameters, { value, bookkeeping }));
  }
  const began = performance.now();
  createSampler("cma-es", options, context).ask({ trials, suggestion: count, feasible: () => true });
  return { asks, fresh: performance.now() - began };
}

for (let seed = 1; seed <= 20; seed++) study(seed, {});
console.log("| options | last ten asks, ms | all asks, ms | fresh instance, ms |\n|---|---|---|---|");
for (const options of [{}, { restarts: "bipop" }, { learningRateAdaptation: true }]) {
  const studies = Array.from({ length: 20 }, (_, i) => study(i + 1, options));
  const last = median(studies.flatMap(({ asks }) => asks.slice(-10)));
  const all = median(studies.flatMap(({ asks }) => asks));
  const fresh = median(studies.map((one) => one.fresh));
  console.log(
    `| ${JSON.stringify(options)} | ${[last, all, fresh].map((ms) => ms.toFixed(4)).join(" | ")} |`,
  );
}
