/**
 * `npm test`, the tests themselves, in three groups with the closing summary of Node's test runner each. Tests in real time wait
 * more than they compute, and what they judge is spoilt by whoever takes their core; what only computes runs beside them and
 * takes the cores when nobody else wants them.
 *
 * On a machine that is too slow for all that at once a process may stand still for longer than a robot waits for its station: a
 * file that failed beside others is run once more when everything else is over, by itself, and that run decides.
 */
import { spawn } from "node:child_process";
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../src/paths.ts";
import { seedOfTheDay } from "./faults/seeds.ts";

/** Tests of pure functions, in one process: half of what they take would be starting one for each file. */
const PURE = [
  "test/*.test.ts",
  "test/{config,conformance,gait,optimizer,parity,study}/**/*.test.ts",
  "test/service/apply/*.test.ts",
];
/** Tests whose robots, if any, walk in lockstep, or bear a busy computer. */
const COMPUTING = [
  "test/{bench,examples,firmware-protocol,package}/**/*.test.ts",
  "test/links/rosbridge/mapping/*.test.ts",
  "test/service/*.test.ts",
  "test/service/first-run/*.test.ts",
  "test/cli/{check-report,clear,errors,help,holder-gone,init,key-decoder,prompt-line,prompts,recording,show,sim-serial,take,tune,tune-rosbridge,words}.test.ts",
  "test/faults/{full-disk,in-process,lame-leg,recording-fails,small-disk,table}.test.ts",
  "test/sim/{simulated-robot,true-walk}.test.ts",
  "test/station/{mcap-file,recording,service-channel,streamed-walks,study-preflight,trial-health,trial-run}.test.ts",
];
/** They have a run of their own, with coverage. */
const ELSEWHERE = ["test/safety/**"];
/** All others, new ones too, are taken to be in real time. */
const inRealTime = globSync("test/**/*.test.ts", {
  cwd: packageRoot,
  exclude: [...ELSEWHERE, ...PURE, ...COMPUTING],
}).sort();

/** Files at a time: those in real time wait for most of it. */
const AT_ONCE = { inRealTime: 2, computing: 2 } as const;
/** `nice` of what computes: whoever must be on time goes first, and yet nothing starves. */
const NICE = 5;
/** Longest a file may take, ms. */
const TIME_OUT = 240_000;

/** One for the whole run, so that a file that is run again tries the same faults. */
const FAULT_SEED = String(seedOfTheDay());
const FAILED_FILES = join(packageRoot, "test", "failed-files.ts");

const runner = [process.execPath, "--test", `--test-timeout=${TIME_OUT}`];
const politely = process.platform === "win32" ? runner : ["nice", "-n", String(NICE), ...runner];

const folder = mkdtempSync(join(tmpdir(), "gaitsmith-tests-"));
const said = join(folder, "output");
const output = openSync(said, "w");
const failed = { inRealTime: join(folder, "real-time"), computing: join(folder, "computing") } as const;
const beside = (async () => [
  await run([...politely, "--test-isolation=none", ...PURE], output),
  await run([...politely, ...filesAtOnce("computing"), ...COMPUTING], output),
])();
const inTime = await run([...runner, ...filesAtOnce("inRealTime"), ...inRealTime], "inherit");
const [pure = 1, computed = 1] = await beside;
closeSync(output);
process.stdout.write(readFileSync(said));
process.exitCode = Math.max(
  pure,
  await byThemselves(computed, failed.computing),
  await byThemselves(inTime, failed.inRealTime),
);
rmSync(folder, { recursive: true });

/** What the test runner is told of a group: how many files at a time, and where it writes those that failed. */
function filesAtOnce(group: keyof typeof AT_ONCE): readonly string[] {
  const reporters = { spec: "stdout", [pathToFileURL(FAILED_FILES).href]: failed[group] };
  return [
    `--test-concurrency=${AT_ONCE[group]}`,
    ...Object.entries(reporters).flatMap(([reporter, destination]) => [
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${destination}`,
    ]),
  ];
}

/** @param status of the run beside others. @param list of the files that failed in it. @returns the exit status that counts */
async function byThemselves(status: number, list: string): Promise<number> {
  const files = status === 0 ? [] : [...new Set(readFileSync(list, "utf8").split("\n"))].filter(Boolean);
  // Not a test that failed, but the runner.
  if (files.length === 0) return status;
  process.stdout.write(`\nonce more, by themselves:\n${files.join("\n")}\n`);
  return run([...runner, "--test-concurrency=1", ...files], "inherit");
}

/** @returns its exit status */
function run([program = "", ...args]: readonly string[], output: number | "inherit"): Promise<number> {
  const child = spawn(program, args, {
    cwd: packageRoot,
    stdio: ["ignore", output, output],
    env: {
      ...process.env,
      FAULT_SEED,
      NODE_COMPILE_CACHE: join(packageRoot, "node_modules", ".cache", "node-compile"),
    },
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
