/**
 * `npm run test:soak -- [--trials N] [--seed N]`: a station that walks N/2 times and may not grow, then studies of N trials in
 * which sensors, links, stations, people and the service fail at random. Can be stopped at any time and goes on where it was;
 * writes docs/soak.json.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../../src/paths.ts";
import { type Growth, growth, notes } from "./figures.ts";
import { integrityOf, trialsIn } from "./integrity.ts";
import { randomNumbers } from "./random.ts";
import { soakStudies } from "./soak-config.ts";

/**
 * Until half of the trials are walked, every life of the service is ended by force after a random time up to this, s. The last one
 * is long: it shows whether the service grows.
 */
const LONGEST_LIFE = 30;
/** MB per 1,000 walks beyond which a process grows. */
const HEAP_BAR = 1;
const RSS_BAR = 16;

const { values } = parseArgs({
  options: { trials: { type: "string", default: "2000" }, seed: { type: "string", default: "1" } },
});
const [trials, seed] = [Number(values.trials), Number(values.seed)];
const folder = join(packageRoot, ".gaitsmith", `soak-${trials}-${seed}`);
mkdirSync(folder, { recursive: true });
const progressFile = join(folder, "progress.json");
const progress: { flat: boolean; lives: number; kills: number; seconds: number } = existsSync(progressFile)
  ? JSON.parse(readFileSync(progressFile, "utf8"))
  : { flat: false, lives: 0, kills: 0, seconds: 0 };
let began = performance.now();
const keep = (): void => {
  progress.seconds += (performance.now() - began) / 1000;
  began = performance.now();
  writeFileSync(progressFile, JSON.stringify(progress));
};

const flatFolder = join(folder, "flat");
if (!progress.flat) {
  mkdirSync(flatFolder, { recursive: true });
  writeFileSync(join(flatFolder, "station.jsonl"), "");
  console.log(`one station, ${trials / 2} walks …`);
  const { status, words } = await life(
    "flat.ts",
    { SOAK_FOLDER: flatFolder, SOAK_WALKS: String(trials / 2) },
    null,
  );
  if (status !== 0) throw new Error(`the station did not last: ${words}`);
  progress.flat = true;
  keep();
}

console.log(`studies of ${trials} trials …`);
const random = randomNumbers(seed + progress.lives);
for (let finished = false; !finished; ) {
  const forced = trialsIn(folder) < trials / 2 ? 1000 * LONGEST_LIFE * random() : null;
  progress.lives++;
  const set = { SOAK_FOLDER: folder, SOAK_SEED: String(seed), SOAK_TRIALS: String(trials) };
  const { status, words } = await life("session.ts", set, forced);
  finished = status === 0;
  if (status !== 0 && status !== null) throw new Error(`a study did not go on: ${words}`);
  if (status === null) progress.kills++;
  keep();
}

const studies = soakStudies(trials, seed);
const integrity = await integrityOf(folder, new Map(studies.map(({ name, trials }) => [name, trials])));
const station = growth(notes(join(flatFolder, "station.jsonl")));
const service = growth(longest(join(folder, "service.jsonl")));
const happened: Record<string, number> = {};
for (const line of readFileSync(join(folder, "events.log"), "utf8").trim().split("\n"))
  happened[line] = (happened[line] ?? 0) + 1;
const wrong = [...integrity.wrong, ...grown("the station", station), ...grown("the service", service)];
keep();
const result = {
  command: `npm run test:soak -- --trials ${trials} --seed ${seed}`,
  machine: { cpu: cpus()[0]?.model ?? "", cores: availableParallelism(), node: process.version },
  seconds: Math.round(progress.seconds),
  ...integrity,
  wrong,
  lives_of_the_service: progress.lives,
  killed: progress.kills,
  station_over_walks: station,
  service_over_trials: service,
  happened: Object.fromEntries(
    Object.entries(happened)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 30),
  ),
};
writeFileSync(join(packageRoot, "docs", "soak.json"), `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result, null, 2));
console.log(wrong.length === 0 ? "holds" : "BROKEN");
process.exitCode = wrong.length === 0 ? 0 : 1;

interface Life {
  /** Exit status; null: it was killed. */
  readonly status: number | null;
  readonly words: string;
}

/** Runs a script as a process group of its own. @param killAfter ms; null: it ends by itself */
function life(script: string, environment: Record<string, string>, killAfter: number | null): Promise<Life> {
  const here = join(packageRoot, "test", "soak");
  const options = ["--expose-gc", "--import", join(here, "faulty-station.ts")];
  const child = spawn(process.execPath, [...options, join(here, script)], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "pipe"],
    detached: true,
  });
  let words = "";
  child.stderr.on("data", (data: Buffer) => {
    words = (words + data.toString()).slice(-4000);
  });
  const end = (): void => {
    // Service and station die at once, as when the machine runs out of memory.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  const timer = killAfter === null ? null : setTimeout(end, killAfter);
  process.once("exit", end);
  return new Promise((resolve) => {
    child.once("close", (status) => {
      if (timer !== null) clearTimeout(timer);
      process.off("exit", end);
      resolve({ status, words });
    });
  });
}

/** Of the service that lived longest. */
function longest(file: string) {
  const lives = Map.groupBy(notes(file), ({ pid }) => pid);
  return [...lives.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

function grown(who: string, figures: Growth | null): string[] {
  // Too short a run says nothing; the full one has enough walks for both.
  if (figures === null || figures.walks < 200) return [];
  const { heap_mb_per_1000: heap, rss_mb_per_1000: rss, files, handles } = figures;
  return [
    ...(heap > HEAP_BAR ? [`${who} grows: ${heap} MB of heap in 1,000 walks`] : []),
    ...(rss > RSS_BAR ? [`${who} grows: ${rss} MB in 1,000 walks`] : []),
    ...(files[1] > files[0] ? [`${who} keeps files open: ${files.join(" → ")}`] : []),
    ...(handles[1] > handles[0] ? [`${who} keeps handles: ${handles.join(" → ")}`] : []),
  ];
}
