/**
 * What exploring carefully costs: the best reward of studies with and without it, on a function with a ridge, a cliff and noise.
 * A seed gait far from the best, 40 walks, five parameters.
 *
 *     node test/bench/optimizer/exploring.ts [studies]
 */
import { EXPLORING_DEFAULTS } from "../../../src/config/hardware-config.ts";
import { RandomSource } from "../../../src/optimizer/math/random-source.ts";
import type { ParameterSet, SearchSpace } from "../../../src/optimizer/search-space.ts";
import { carefulStudy } from "../../optimizer/exploration/careful-study.ts";

const DIMENSIONS = 5;
const WALKS = 40;
const NOISE = 0.03;
const studies = Number(process.argv[2] ?? 12);

const space: SearchSpace = {
  parameters: Array.from({ length: DIMENSIONS }, (_, i) => {
    return { kind: "float", name: `p${i}`, unit: "", low: 0, high: 1, log: false, step: null };
  }),
};

const best = [0.72, 0.3, 0.65, 0.4, 0.8];
const seedGait: ParameterSet = Object.fromEntries(best.map((_, i) => [`p${i}`, 0.35]));

/** 1 at the best gait; the robot falls where the first two parameters are large together. */
function truth(parameters: ParameterSet): number | null {
  const x = best.map((_, i) => Number(parameters[`p${i}`]));
  if (x[0]! + x[1]! > 1.25) return null;
  return Math.exp(-3 * x.reduce((sum, value, i) => sum + (value - best[i]!) ** 2, 0));
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one / values.length, 0);

for (const sampler of ["gp", "tpe", "cma-es", "particle-swarm", "random", "sobol"]) {
  const lines = [null, EXPLORING_DEFAULTS].map((rule) => {
    const runs = Array.from({ length: studies }, (_, seed) => {
      const trials = carefulStudy({
        ...{ space, seedGait, sampler, seed, trials: WALKS, rule },
        walk: (parameters, suggestion) => {
          const value = truth(parameters);
          const noise = new RandomSource({ seed, index: suggestion, stream: "noise" }).normal();
          return value === null ? null : value + NOISE * noise;
        },
      });
      const walked = trials.map(({ parameters }) => truth(parameters) ?? 0);
      return {
        after20: Math.max(...walked.slice(0, 20)),
        after40: Math.max(...walked),
        falls: trials.filter(({ state }) => state === "aborted").length,
      };
    });
    const column = (key: keyof (typeof runs)[number]): string => mean(runs.map((run) => run[key])).toFixed(2);
    const name = rule === null ? "anywhere" : "carefully";
    return `  ${name.padEnd(10)} best after 20: ${column("after20")}, after 40: ${column("after40")}, falls ${column("falls")}`;
  });
  process.stdout.write(`${sampler}\n${lines.join("\n")}\n`);
}
