/**
 * How fast and how good the samplers are, beside Optuna: `npm run bench:optimizer -- [--only speed|regret] [--sampler gp,…]
 * [--seeds 21] [--evaluations 50,100,200] [--noise 0,0.1,0.3] [--function branin,…] [--parallel 1] [--results file] [--json]`.
 * Regrets are appended to the results file as they come; a run with the same file goes on where the last one stopped. Timings
 * mean something on a quiet machine only.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { SAMPLER_NAMES } from "../../../src/optimizer/catalogue.ts";
import { compareWithOptuna, pairedRatio } from "./compare.ts";
import { measureEventLoopDelay } from "./event-loop.ts";
import { BENCHMARK_FUNCTIONS } from "./functions.ts";
import { measureRegret, type Regret } from "./regret.ts";
import { printComparisons, printEventLoop, printKernels, printPairs, printSpeed } from "./report.ts";
import { measureKernels, measureSpeed, SPEED_TRIALS } from "./speed.ts";

const { values: given } = parseArgs({
  options: {
    only: { type: "string" },
    sampler: { type: "string", default: SAMPLER_NAMES.join() },
    seeds: { type: "string", default: "21" },
    evaluations: { type: "string", default: "50,100,200" },
    noise: { type: "string", default: "0,0.1,0.3" },
    function: { type: "string", default: BENCHMARK_FUNCTIONS.map(({ name }) => name).join() },
    trials: { type: "string", default: String(SPEED_TRIALS.at(-1)) },
    parallel: { type: "string", default: "1" },
    results: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
if (given.only !== undefined && given.only !== "speed" && given.only !== "regret")
  throw new RangeError(`--only ${given.only}: give speed or regret.`);
const samplers = given.sampler.split(",");
const unknown = samplers.find((name) => !SAMPLER_NAMES.includes(name));
if (unknown !== undefined)
  throw new RangeError(`There is no sampler ${unknown}: ${SAMPLER_NAMES.join(", ")}.`);

const document = {
  machine: cpus()[0]?.model ?? "",
  node: process.version,
  ...(given.only === "regret" ? {} : await speed()),
  ...(given.only === "speed" ? {} : regret()),
};
if (given.json) console.log(JSON.stringify(document, null, 1));

async function speed() {
  const speeds = samplers.flatMap((name) => measureSpeed(name, numbers(given.trials).at(-1)!));
  if (!given.json) printSpeed(speeds);
  const kernels = measureKernels([100, 300, 1000]);
  if (!given.json) printKernels(kernels);
  const eventLoop = await measureEventLoopDelay();
  if (!given.json) printEventLoop(eventLoop);
  return { speed: speeds, kernels, eventLoop };
}

function regret() {
  const evaluations = numbers(given.evaluations).sort((a, b) => a - b);
  const parallel = Number(given.parallel);
  const regrets = new Map(stored().map((one) => [keyOf(one), one]));
  const functions = given.function.split(",");
  const wanted: Regret[] = [];
  for (let seed = 1; seed <= Number(given.seeds); seed++) {
    for (const sampler of samplers) {
      for (const noise of numbers(given.noise)) {
        for (const benchmark of BENCHMARK_FUNCTIONS.filter(({ name }) => functions.includes(name))) {
          const keys = evaluations.map((count) =>
            keyOf({ sampler, function: benchmark.name, noise, seed, evaluations: count, parallel }),
          );
          if (!keys.every((key) => regrets.has(key))) {
            for (const one of measureRegret({ sampler, benchmark, noise, seed, evaluations, parallel })) {
              if (!regrets.has(keyOf(one)) && given.results !== undefined)
                appendFileSync(given.results, `${JSON.stringify(one)}\n`);
              regrets.set(keyOf(one), one);
            }
          }
          wanted.push(...keys.map((key) => regrets.get(key)!));
        }
      }
    }
  }
  const comparisons = compareWithOptuna(wanted);
  const pairs = pairsOf(wanted);
  if (!given.json) {
    printComparisons(comparisons);
    printPairs(pairs);
  }
  return { regrets: wanted, comparisons, pairs };
}

/** Every sampler against random search, at the same seeds. */
function pairsOf(regrets: readonly Regret[]) {
  return [...Map.groupBy(regrets, ({ noise, evaluations }) => `${noise},${evaluations}`).values()].flatMap(
    (group) => {
      const of = (name: string) => group.filter(({ sampler }) => sampler === name);
      return samplers
        .filter((name) => name !== "random")
        .flatMap((sampler) => {
          const paired = pairedRatio(of(sampler), of("random"));
          const { noise, evaluations } = group[0]!;
          return paired === null ? [] : [{ sampler, against: "random", noise, evaluations, ...paired }];
        });
    },
  );
}

function stored(): Regret[] {
  if (given.results === undefined || !existsSync(given.results)) return [];
  const lines = readFileSync(given.results, "utf8").split("\n");
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Regret);
}

function keyOf(one: Omit<Regret, "regret" | "bestObserved">): string {
  return [one.sampler, one.function, one.noise, one.seed, one.evaluations, one.parallel].join();
}

function numbers(list: string): number[] {
  return list.split(",").map(Number);
}
