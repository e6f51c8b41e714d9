/**
 * What a sampler gains from the limits of other brackets under Hyperband: `node test/bench/falls-across-brackets.ts [studies]
 * [trials]`. A gait-like function with noise and a cliff; walks are not pruned, so brackets differ in what is hidden only.
 */
import { bracketView } from "../../src/optimizer/bracket-view.ts";
import { createPruner, createSampler } from "../../src/optimizer/catalogue.ts";
import type { ObservedTrial } from "../../src/optimizer/trial.ts";
import { GAIT_SPACE, runStudy } from "../optimizer/walked-study.ts";

const studies = Number(process.argv[2] ?? 100);
const trials = Number(process.argv[3] ?? 40);
const SPACE = { parameters: GAIT_SPACE.parameters.slice(0, 3) };
const START = { length: 0.03, frequency: 1.5, level: 3 };

/** Which walks of other brackets are shown without their rewards. */
const SHOWN: Readonly<Record<string, (trial: ObservedTrial) => boolean>> = {
  none: () => false,
  "those that fell": ({ endedElsewhere }) => endedElsewhere === "aborted",
  all: () => true,
};

function hidden({ endedElsewhere: _, ...trial }: ObservedTrial): ObservedTrial {
  return trial;
}

function mean(values: readonly number[]): string {
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
  return `${average.toFixed(3)} ± ${Math.sqrt(square / values.length).toFixed(3)}`;
}

console.log(`${studies} studies of ${trials} trials`);
for (const name of ["gp", "tpe"]) {
  for (const [which, isShown] of [...Object.entries(SHOWN), ["no brackets", null] as const]) {
    const falls: number[] = [];
    const best: number[] = [];
    for (let seed = 1; seed <= studies; seed++) {
      const context = {
        space: SPACE,
        direction: "maximize",
        seed,
        constraintCount: 1,
        start: START,
      } as const;
      const sampler = createSampler(name, {}, context);
      const pruner = createPruner("hyperband", { maxResource: 9 }, { study: `gait${seed}` });
      const ask: typeof sampler.ask = (request) => {
        if (isShown === null) return sampler.ask(request);
        const view = bracketView(request.trials, request.suggestion, pruner, () => []);
        return sampler.ask({
          ...request,
          trials: view.map((trial) => (isShown(trial) ? trial : hidden(trial))),
        });
      };
      const walked = runStudy({ name, ask }, seed, trials);
      falls.push(walked.filter(({ state }) => state === "aborted").length);
      best.push(Math.max(...walked.map(({ value }) => value ?? Number.NEGATIVE_INFINITY)));
    }
    console.log(
      `${name.padEnd(4)} others shown: ${which.padEnd(16)} falls ${mean(falls)}   best ${mean(best)}`,
    );
  }
}
