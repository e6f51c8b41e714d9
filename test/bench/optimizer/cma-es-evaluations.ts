/**
 * `node test/bench/optimizer/cma-es-evaluations.ts [--seeds 51]`: evaluations to 1e-8, as ratios to what cmaes 0.13.1 and
 * pycma 4.4 need (medians of 11 seeds of theirs), and the end under noise with and without learning-rate adaptation.
 */
import { parseArgs } from "node:util";
import {
  ellipsoid,
  endUnderNoise,
  evaluationsTo,
  median,
  type Objective,
  rosenbrock,
  sphere,
} from "./convergence.ts";
import { REFERENCE_DIMENSIONS, REFERENCE_EVALUATIONS } from "./reference-evaluations.ts";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "51" } } });
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const objectives: Readonly<Record<string, Objective>> = { sphere, ellipsoid: ellipsoid(1e6), rosenbrock };

console.log(`Evaluations to 1e-8, median of ${seeds.length} seeds (their figure, ratio to it)\n`);
console.log("| function | n | constants of cmaes | of pycma | reached |\n|---|---|---|---|---|");
for (const { name, from, evaluations } of REFERENCE_EVALUATIONS) {
  for (const [k, dimension] of REFERENCE_DIMENSIONS.entries()) {
    let reached = 0;
    const cells = (["cmaes", "pycma"] as const).map((constants) => {
      const needed = seeds.flatMap(
        (seed) =>
          evaluationsTo(1e-8, { dimension, from, sigma: 0.5, seed }, objectives[name]!, { constants }) ?? [],
      );
      reached += needed.length;
      const theirs = evaluations[constants][k]!;
      return `${median(needed)} (${theirs}, ${(median(needed) / theirs).toFixed(3)})`;
    });
    console.log(`| ${name} | ${dimension} | ${cells.join(" | ")} | ${reached} of ${2 * seeds.length} |`);
  }
}

console.log("\nNoise of deviation 1, 1000 n evaluations, value of the mean, median of 11 seeds\n");
console.log("| function | n | default | with learning-rate adaptation |\n|---|---|---|---|");
for (const [name, objective] of [
  ["sphere", sphere],
  ["ellipsoid 1e3", ellipsoid(1e3)],
] as const) {
  for (const dimension of [5, 10]) {
    const cells = [false, true].map((adapt) =>
      median(
        Array.from({ length: 11 }, (_, i) =>
          endUnderNoise(
            objective,
            1,
            1000 * dimension,
            { dimension, from: 1, sigma: 0.5, seed: i + 1 },
            adapt,
          ),
        ),
      ).toPrecision(2),
    );
    console.log(`| ${name} | ${dimension} | ${cells.join(" | ")} |`);
  }
}
