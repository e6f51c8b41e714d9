/**
 * `npm run bench:gait`: how many walks, and how much robot time, a sampler needs on the simulated robot until its champion truly
 * walks 90 and 95 % as far as the best known gait; with and without pruning, falls counted. `gp-blind` is the Gaussian process
 * that is not told of aborted walks.
 *
 *   node test/bench/gait/bench.ts [--seeds 20] [--trials 100] [--samplers gp,random] [--pruners median,none] [--json]
 *
 * Studies are kept in `.gaitsmith/bench-gait`; a bench that was stopped goes on where it was. Remove the folder after a
 * change of the code.
 */
import { fork } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Walkway } from "../../../sim/true-walk.ts";
import type { HardwareConfig } from "../../../src/config/hardware-config.ts";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { packageRoot } from "../../../src/paths.ts";
import { bestKnown } from "../../proof/judge.ts";
import { bootstrap, mean, median } from "../../proof/statistics.ts";
import { CONFIG } from "../../proof/study-units.ts";
import { openLockstepWalks } from "./lockstep-walks.ts";
import { type Reached, reachedShares } from "./progress.ts";
import { runGaitStudy } from "./study.ts";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    trials: { type: "string", default: "100" },
    samplers: { type: "string", default: "random,tpe,cma-es,gp,gp-blind,auto" },
    pruners: { type: "string", default: "median,none" },
    json: { type: "boolean", default: false },
    part: { type: "string" },
  },
});

const SHARES = [0.9, 0.95] as const;
const FOLDER = join(packageRoot, ".gaitsmith", "bench-gait");
const TRIALS = Number(options.trials);

interface Unit {
  readonly sampler: string;
  readonly pruner: string;
  readonly seed: number;
}

interface Measured {
  readonly reached: readonly Reached[];
  readonly falls: number;
  /** In the last two thirds of the trials, when there was something to learn from. */
  readonly lateFalls: number;
  readonly walked: number;
}

const units: Unit[] = [];
for (let seed = 1; seed <= Number(options.seeds); seed++) {
  for (const sampler of options.samplers.split(",")) {
    for (const pruner of options.pruners.split(",")) units.push({ sampler, pruner, seed });
  }
}

function fileOf({ sampler, pruner, seed }: Unit): string {
  return join(FOLDER, `${sampler}-${pruner}-${TRIALS}-seed-${seed}.json`);
}

/** The study block's sampler, pruner and budget for a unit; every walk goes into the search. */
function configured(config: HardwareConfig, { sampler, pruner, seed }: Unit): HardwareConfig {
  const study = config.study!;
  return {
    ...config,
    study: {
      ...study,
      seed,
      trials: TRIALS,
      confirm: { ...study.confirm, walks: 0 },
      sampler: sampler === "gp-blind" ? { name: "gp", options: {} } : { name: sampler, options: {} },
      pruner: pruner === study.pruner.name ? study.pruner : { name: pruner, options: {} },
    },
  };
}

async function work(part: number, parts: number): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const config = readHardwareConfig(CONFIG);
  const target = (await bestKnown()).displacement;
  const judge = await Walkway.open("nominal");
  const walks = await openLockstepWalks(config);
  for (const [index, unit] of units.entries()) {
    const file = fileOf(unit);
    if (index % parts !== part || existsSync(file)) continue;
    const own = configured(config, unit);
    const blind = unit.sampler === "gp-blind";
    const { trials } = await runGaitStudy({ config: own, walks, learnsFromAborts: !blind });
    const aborted = trials.map(({ state }) => (state === "aborted" ? 1 : 0) as number);
    const measured: Measured = {
      reached: reachedShares(trials, own, judge, target, SHARES),
      falls: aborted.reduce((sum, one) => sum + one, 0),
      lateFalls: aborted.slice(Math.floor(trials.length / 3)).reduce((sum, one) => sum + one, 0),
      walked: trials.reduce((sum, { walked }) => sum + walked, 0),
    };
    writeFileSync(`${file}.part`, JSON.stringify(measured));
    renameSync(`${file}.part`, file);
  }
  judge.close();
  await walks.close();
}

/** Censored values count as the longest. */
function middle(values: readonly (number | null)[]): string {
  const sorted = median(values.map((value) => value ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(sorted) ? sorted.toFixed(0) : `> ${TRIALS} trials`;
}

function summary(sampler: string, pruner: string): Record<string, string> {
  const measured = units
    .filter((unit) => unit.sampler === sampler && unit.pruner === pruner)
    .map((unit) => JSON.parse(readFileSync(fileOf(unit), "utf8")) as Measured);
  const row: Record<string, string> = { sampler, pruner };
  SHARES.forEach((share, index) => {
    const percent = `${(100 * share).toFixed(0)} %`;
    const at = measured.map(({ reached }) => reached[index]!);
    row[`trials to ${percent}`] = middle(at.map(({ trials }) => trials));
    row[`robot s to ${percent}`] = middle(at.map(({ seconds }) => seconds));
    row[`reach ${percent}`] = `${at.filter(({ trials }) => trials !== null).length}/${at.length}`;
  });
  const late = measured.map(({ lateFalls }) => lateFalls);
  const [low, high] = bootstrap(late, mean);
  row["falls"] = mean(measured.map(({ falls }) => falls)).toFixed(1);
  row["late falls"] = `${mean(late).toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)})`;
  row["robot s"] = mean(measured.map(({ walked }) => walked)).toFixed(0);
  return row;
}

if (options.part !== undefined) {
  const [part, parts] = options.part.split("/").map(Number);
  await work(part!, parts!);
} else {
  const parts = availableParallelism();
  const codes = await Promise.all(
    Array.from({ length: parts }, (_, part) => {
      const args = [...process.argv.slice(2), "--part", `${part}/${parts}`];
      const child = fork(fileURLToPath(import.meta.url), args);
      return new Promise<number>((done) => child.on("exit", (code) => done(code ?? 1)));
    }),
  );
  if (codes.some((code) => code !== 0)) process.exit(1);
  const rows = options.samplers
    .split(",")
    .flatMap((sampler) => options.pruners.split(",").map((pruner) => summary(sampler, pruner)));
  if (options.json) console.log(JSON.stringify(rows, null, 2));
  else console.table(rows);
}
