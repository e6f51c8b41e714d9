/** Claims about the robot behind rosbridge: what the way to it changes about a study, which is nothing. */
import { isDeepStrictEqual } from "node:util";
import type { StudyDocument } from "../../src/study/study-document.ts";
import type { Claim } from "./claims.ts";
import { inNominalWorld } from "./judge.ts";
import { type RosbridgeUnit, rosbridgeStudy } from "./rosbridge-study.ts";
import { deviation, mean, pairedDifferences } from "./statistics.ts";
import { sideBySide } from "./study-units.ts";

/** Studies in real time: enough of them, and short enough, for an evening. */
const LIVE = { trials: 30, measure: 5 };
/** Of the same studies in process, which take seconds: how much champions differ from seed to seed. */
const REFERENCES = 12;

const round = (value: number): number => Number(value.toFixed(4));

/** The main job's study through the simulated server in lockstep: the trial table of the study in process. */
export async function sameTableOverRosbridge(): Promise<Claim[]> {
  const usual = { trials: 60 };
  const seeds = [1, 2];
  const versions = [1, 2] as const;
  const units: RosbridgeUnit[] = seeds.flatMap((seed) => [
    { ...usual, seed },
    ...versions.map((ros) => ({ ...usual, seed, server: { ros, clock: "lockstep" as const } })),
  ]);
  const documents = await sideBySide(units, rosbridgeStudy);
  const runs = units.map((unit, index) => ({ unit, document: documents[index]! }));
  const compared = runs
    .filter(({ unit }) => unit.server !== undefined)
    .map(({ unit, document }) => {
      const here = runs.find((one) => one.unit.seed === unit.seed && one.unit.server === undefined)!.document;
      return {
        ros: unit.server!.ros,
        seed: unit.seed,
        trials: document.trials.length,
        first_difference: firstDifference(document, here),
        same_champion:
          isDeepStrictEqual(document.champion, here.champion) &&
          isDeepStrictEqual(document.baseline, here.baseline),
      };
    });
  return [
    {
      name: "in lockstep a study over rosbridge has the trial table of the study in process",
      bar: "parameters, values, states, reasons, constraints and metrics of 60 trials equal bit for bit, ROS 1 and 2",
      holds: compared.every(
        ({ trials, first_difference, same_champion }) =>
          trials >= 60 && first_difference === null && same_champion,
      ),
      measured: { compared },
    },
  ];
}

/** Number of the first trial that differs in anything but its recording's path; null: none does. */
function firstDifference(one: StudyDocument, other: StudyDocument): number | null {
  const plain = ({ trials }: StudyDocument) => trials.map((trial) => ({ ...trial, recording: null }));
  const [first, second] = [plain(one), plain(other)];
  const at = first.findIndex((trial, index) => !isDeepStrictEqual(trial, second[index]));
  return at >= 0 ? at : first.length === second.length ? null : first.length;
}

/** True displacements of the champions, m in 10 s, and how they ended. */
async function judged(units: readonly RosbridgeUnit[]) {
  const documents = await sideBySide(units, rosbridgeStudy);
  const truth = await Promise.all(documents.map(({ champion }) => inNominalWorld(champion!.params)));
  const trials = documents.flatMap((document) => document.trials);
  return { truth, interrupted: trials.filter(({ state }) => state === "interrupted").length };
}

function units(seeds: number, faults?: string): RosbridgeUnit[] {
  return Array.from({ length: seeds }, (_, index) => {
    const seed = index + 1;
    const ros = seed % 2 === 1 ? 1 : 2;
    const lossy = faults === undefined ? {} : { faults: `${faults},seed=${seed}` };
    return { ...LIVE, seed, server: { ros, clock: "realtime", ...lossy } };
  });
}

const references = () =>
  judged(Array.from({ length: REFERENCES }, (_, index) => ({ ...LIVE, seed: index + 1 })));

/** In real time: the champion of the same seed and settings in process, within what champions differ by anyway. */
export async function realTimeChampions(seeds: number): Promise<Claim[]> {
  const here = (await references()).truth;
  const live = await judged(units(seeds));
  const differences = pairedDifferences(live.truth, here.slice(0, seeds));
  // Two champions differ by √2 of what one does, the mean of n such differences by 1/√n of that.
  const noise = 1.96 * (deviation(here) / mean(here)) * Math.sqrt(2 / seeds);
  return [
    {
      name: "in real time over rosbridge the champion is that of the study in process, within noise",
      bar: `mean paired difference of the true displacements within the 95 % span of ${REFERENCES} champions in process`,
      holds: Math.abs(mean(differences)) <= noise && live.truth.every((displacement) => displacement > 0),
      measured: {
        ...figures(live, here, seeds),
        mean_difference: round(mean(differences)),
        noise: round(noise),
      },
    },
  ];
}

/** A network that is slow and lossy, both ways. */
export async function championsOverPoorNetworks(seeds: number): Promise<Claim[]> {
  const here = (await references()).truth;
  const live = await judged(units(seeds, "latency=20ms,jitter=10ms,loss=1%"));
  const share = mean(live.truth) / mean(here.slice(0, seeds));
  return [
    {
      name: "with 20 ± 10 ms of latency and 1 % of the messages lost, both ways, the champion is within 10 %",
      bar: "mean true displacement at least 90 % of that of the same seeds in process",
      holds: share >= 0.9,
      measured: { ...figures(live, here, seeds), share: round(share) },
    },
  ];
}

function figures(
  { truth, interrupted }: Awaited<ReturnType<typeof judged>>,
  here: readonly number[],
  seeds: number,
) {
  return {
    seeds,
    ...LIVE,
    champions_m: truth.map(round),
    in_process_m: here.slice(0, seeds).map(round),
    walks_interrupted: interrupted,
  };
}
