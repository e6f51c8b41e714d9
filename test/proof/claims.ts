/** Every claim of the documents, as a function from a number of seeds to what was measured against its bar. */

import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { champion } from "../../src/optimizer/champion.ts";
import type { ObservedTrial, TrialState } from "../../src/optimizer/trial.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { bestKnown, inNominalWorld, inPerturbedWorlds, onBody } from "./judge.ts";
import { bootstrap, mean, median, pairedDifferences } from "./statistics.ts";
import { CONFIG, type StudyUnit, studiesOf } from "./study-units.ts";

export interface Claim {
  readonly name: string;
  readonly bar: string;
  readonly holds: boolean;
  readonly measured: Readonly<Record<string, unknown>>;
}

const DEFAULT = { sampler: "gp", pruner: "median", variant: "nominal", trials: 60 };
const units = (seeds: number, change: Partial<StudyUnit> = {}): StudyUnit[] =>
  Array.from({ length: seeds }, (_, index) => ({ ...DEFAULT, ...change, seed: index + 1 }));

const paramsOf = (document: StudyDocument) => {
  if (document.champion === null) throw new Error(`study with seed ${document.seed} has no champion`);
  return document.champion.params;
};
const round = (value: number, digits = 4): number => Number(value.toFixed(digits));
const span = ([low, high]: [number, number]): [number, number] => [round(low), round(high)];

/** GP champions against the best known gait, random search and the seed gait, judged by true displacement. */
export async function championsAreGood(seeds: number): Promise<Claim[]> {
  const gp = await studiesOf(units(seeds));
  const random = await studiesOf(units(seeds, { sampler: "random" }));
  const best = (await bestKnown()).displacement;
  const gpTrue = await Promise.all(gp.map((document) => inNominalWorld(paramsOf(document))));
  const randomTrue = await Promise.all(random.map((document) => inNominalWorld(paramsOf(document))));
  const shares = gpTrue.map((displacement) => displacement / best);
  const gains = gpTrue.map((displacement, index) => displacement / (randomTrue[index] ?? Number.NaN) - 1);
  const gainSpan = bootstrap(gains, median);
  const perturbed = await Promise.all(gp.map((document) => inPerturbedWorlds(paramsOf(document))));
  const seedGait = await inPerturbedWorlds(readHardwareConfig(CONFIG).seedGait);
  return [
    {
      name: "GP champions reach the best known gait",
      bar: "median ≥ 90 % of best known, nominal world",
      holds: median(shares) >= 0.9,
      measured: {
        best_known_m: round(best),
        median_share: round(median(shares)),
        worst_share: round(Math.min(...shares)),
        seeds,
      },
    },
    {
      name: "GP champions beat random search",
      bar: "median gain ≥ 8 %, lower end of its 95 % interval above 0",
      holds: median(gains) >= 0.08 && gainSpan[0] > 0,
      measured: {
        median_gain: round(median(gains)),
        interval_95: span(gainSpan),
        gp_median_m: round(median(gpTrue)),
        random_median_m: round(median(randomTrue)),
        wins: gains.filter((gain) => gain > 0).length,
        seeds,
      },
    },
    {
      name: "every GP champion beats the seed gait in perturbed worlds",
      bar: "mean over ten worlds, a fall scoring 0, above the seed gait's for every seed",
      holds: perturbed.every((displacement) => displacement > seedGait),
      measured: {
        seed_gait_m: round(seedGait),
        worst_champion_m: round(Math.min(...perturbed)),
        median_champion_m: round(median(perturbed)),
        seeds,
      },
    },
  ];
}

/** What is tuned on springs is specific to the springs. */
export async function tuningIsSpecificToSprings(): Promise<Claim[]> {
  const [elastic, rigid] = await studiesOf([
    { ...DEFAULT, seed: 1 },
    { ...DEFAULT, seed: 1, variant: "rigid" },
  ]);
  if (elastic === undefined || rigid === undefined) throw new Error("no studies");
  const loss = async (document: StudyDocument, own: string, other: string) => {
    const at = await onBody(paramsOf(document), own);
    const away = await onBody(paramsOf(document), other);
    return { own_m: round(at), other_m: round(away), loss: round(1 - away / at) };
  };
  const measured = {
    elastic_champion: await loss(elastic, "nominal", "rigid"),
    rigid_champion: await loss(rigid, "rigid", "nominal"),
  };
  return [
    {
      name: "tuning is specific to the springs",
      bar: "each champion loses at least 10 % or falls on the other's body",
      holds: Object.values(measured).every(({ loss }) => loss >= 0.1),
      measured,
    },
  ];
}

/** Median pruning saves walking and costs no champion. */
export async function pruningSavesWalking(seeds: number): Promise<Claim[]> {
  const pruned = await studiesOf(units(seeds));
  const whole = await studiesOf(units(seeds, { pruner: "none" }));
  const walked = (documents: readonly StudyDocument[]) => documents.map((document) => document.robot_time_s);
  const saved = walked(pruned).map((time, index) => 1 - time / (walked(whole)[index] ?? Number.NaN));
  const prunedTrue = await Promise.all(pruned.map((document) => inNominalWorld(paramsOf(document))));
  const wholeTrue = await Promise.all(whole.map((document) => inNominalWorld(paramsOf(document))));
  const differences = pairedDifferences(prunedTrue, wholeTrue);
  const equalTime = await Promise.all(
    whole.map(async (document, index) => {
      const params = championWithin(document, walked(pruned)[index] ?? 0);
      return params === null ? Number.NaN : inNominalWorld(params);
    }),
  );
  const atEqualTime = pairedDifferences(prunedTrue, equalTime);
  const differenceSpan = bootstrap(differences, mean);
  return [
    {
      name: "median pruning saves walked time",
      bar: "at least 15 % of the time from ramp-in to ramp-out",
      holds: mean(saved) >= 0.15,
      measured: { mean_saved: round(mean(saved)), interval_95: span(bootstrap(saved, mean)), seeds },
    },
    {
      name: "median pruning costs no champion",
      bar: "lower end of the 95 % interval of the paired difference above −5 %",
      holds: differenceSpan[0] > -0.05,
      measured: {
        mean_difference: round(mean(differences)),
        interval_95: span(differenceSpan),
        champions_m: { pruned: round(mean(prunedTrue)), whole: round(mean(wholeTrue)) },
        falls_of_champions: {
          pruned: prunedTrue.filter((value) => value === 0).length,
          whole: wholeTrue.filter((value) => value === 0).length,
        },
        at_equal_robot_time: round(mean(atEqualTime)),
        at_equal_robot_time_interval_95: span(bootstrap(atEqualTime, mean)),
        seeds,
      },
    },
  ];
}

/** The champion a study would have named after so many seconds of walking. */
function championWithin(
  document: StudyDocument,
  seconds: number,
): StudyDocument["trials"][number]["params"] | null {
  let walked = 0;
  const trials: ObservedTrial[] = [];
  for (const trial of document.trials) {
    walked += trial.duration_s;
    if (walked > seconds) break;
    trials.push({
      number: trial.number,
      suggestion: trial.suggestion,
      role: trial.role as ObservedTrial["role"],
      state: trial.state as TrialState,
      parameters: trial.params,
      reports: Object.entries(trial.intermediate_values).map(([step, value]) => ({
        step: Number(step),
        value: value ?? Number.NaN,
        time: Number(step),
      })),
      value: trial.value,
      constraints: trial.constraints,
      breached: trial.constraints.findIndex((value) => value > 0),
      walked: trial.duration_s,
      bookkeeping: null,
    });
  }
  const { space } = readHardwareConfig(CONFIG);
  return champion(trials, space, document.direction)?.params ?? null;
}
