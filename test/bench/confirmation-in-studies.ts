/**
 * Confirming the champion at the end of whole studies: 50 trials of the bench's landscape, then ten confirming walks among 3 or 6
 * candidates that get at least 1 or 2 walks each. `node test/bench/confirmation-in-studies.ts [studies]`.
 *
 * Shortfall: of the champion from the best of the six that stood best before confirming, as a share of the best there is.
 */
import { nextConfirmation } from "../../src/optimizer/confirmation.ts";
import { standings } from "../../src/optimizer/standings.ts";
import { landscapeStudy } from "./landscape-study.ts";
import { LANDSCAPE_SPACE, landscape } from "./optimizer-landscape.ts";

const VARIANTS = [
  { top: 3, minimumWalks: 2 },
  { top: 3, minimumWalks: 1 },
  { top: 6, minimumWalks: 2 },
  { top: 6, minimumWalks: 1 },
];
const studies = Number(process.argv[2] ?? 90);
const shortfalls: number[][] = [];
for (let seed = 1; seed <= studies; seed++) {
  const land = landscape(seed);
  const trials = landscapeStudy(land, seed, 50);
  const before = standings(trials, LANDSCAPE_SPACE, "maximize");
  const best = Math.max(...before.slice(0, 6).map(({ params }) => land.truth(params)));
  const short = (walked: typeof trials): number => {
    const champion = standings(walked, LANDSCAPE_SPACE, "maximize")[0]!;
    return (best - land.truth(champion.params)) / land.best;
  };
  const after = VARIANTS.map((options) => {
    const walked = [...trials];
    for (let number = 50; number < 60; number++) {
      const parameters = nextConfirmation(walked, LANDSCAPE_SPACE, "maximize", options)!;
      walked.push(land.walk(parameters, { number, suggestion: number, bookkeeping: null }, "replicate"));
    }
    return short(walked);
  });
  shortfalls.push([short(trials), ...after]);
}
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value / values.length, 0);
const names = [
  "unconfirmed",
  ...VARIANTS.map(({ top, minimumWalks }) => `${top} candidates, ${minimumWalks} walks each`),
];
for (const [k, name] of names.entries()) {
  const own = shortfalls.map((row) => row[k]!);
  const differences = shortfalls.map((row) => row[k]! - row[1]!);
  const difference = mean(differences);
  const error = Math.sqrt(mean(differences.map((d) => (d - difference) ** 2)) / studies);
  const right = mean(own.map((value) => (value <= 1e-12 ? 1 : 0)));
  console.log(
    `${name.padEnd(30)} P(correct) ${right.toFixed(2)}, shortfall ${mean(own).toFixed(4)}, less the present rule's ${difference.toFixed(4)} ± ${error.toFixed(4)}`,
  );
}
