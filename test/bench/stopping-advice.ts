/**
 * How far the stopping advice is right: studies of the bench's landscape, the advice after some trials beside what the champion
 * truly falls short of, all in standard deviations of a walk. `node test/bench/stopping-advice.ts [studies]`.
 */
import { stoppingAdvice } from "../../src/optimizer/conclusions/stopping-advice.ts";
import { studyModel } from "../../src/optimizer/conclusions/study-model.ts";
import { landscapeStudy } from "./landscape-study.ts";
import { LANDSCAPE_SPACE, landscape } from "./optimizer-landscape.ts";

const AFTER = [15, 25, 40, 60, 80, 100];
const studies = Number(process.argv[2] ?? 8);
let held = 0;
let asked = 0;
for (let seed = 1; seed <= studies; seed++) {
  const land = landscape(seed);
  const lines: string[] = [];
  landscapeStudy(land, seed, 101, {}, (trials) => {
    if (!AFTER.includes(trials.length)) return;
    const model = studyModel(trials, LANDSCAPE_SPACE, "maximize");
    const advice = model === null ? null : stoppingAdvice(model);
    if (model === null || advice === null) return;
    const short = land.best - land.truth(model.ranked[0]!.params);
    const sigma = (value: number): string => (value / advice.walkNoise).toFixed(2);
    asked++;
    if (short <= advice.regretBound) held++;
    lines.push(
      `  after ${String(trials.length).padStart(3)}: ${advice.verdict.padEnd(12)} gain ${sigma(advice.expectedGain)}, bound ${sigma(advice.regretBound)}, truly short of ${sigma(short)}`,
    );
  });
  console.log([`landscape ${seed}`, ...lines].join("\n"));
}
console.log(`the bound held in ${held} of ${asked}`);
