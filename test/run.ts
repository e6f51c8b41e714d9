/**
 * `npm test`, the tests themselves, in three groups with the closing summary of Node's test runner each. Tests in real time wait
 * more than they compute, and what they judge is spoilt by whoever takes their core; what only computes runs beside them and
 * takes the cores when nobody else wants them.
 */
import { spawn } from "node:child_process";
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../src/paths.ts";

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
  "test/cli/{check-report,clear,errors,help,holder-gone,init,key-decoder,keys,prompt-line,prompts,recording,show,sim-serial,take,tune,tune-rosbridge,words}.test.ts",
  "test/faults/{full-disk,in-process,lame-leg,recording-fails,small-disk,table}.test.ts",
  "test/sim/{simulated-robot,true-walk}.test.ts",
  "test/station/{mcap-file,recording,streamed-walks,study-preflight,trial-health,trial-run}.test.ts",
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

const runner = [process.execPath, "--test", `--test-timeout=${TIME_OUT}`];
const politely = process.platform === "win32" ? runner : ["nice", "-n", String(NICE), ...runner];

const folder = mkdtempSync(join(tmpdir(), "gaitsmith-tests-"));
const file = join(folder, "output");
const output = openSync(file, "w");
const beside = (async () => [
  await run([...politely, "--test-isolation=none", ...PURE], output),
  await run([...politely, `--test-concurrency=${AT_ONCE.computing}`, ...COMPUTING], output),
])();
const status = await run([...runner, `--test-concurrency=${AT_ONCE.inRealTime}`, ...inRealTime], "inherit");
process.exitCode = Math.max(status, ...(await beside));
closeSync(output);
process.stdout.write(readFileSync(file));
rmSync(folder, { recursive: true });

/** @returns its exit status */
function run([program = "", ...args]: readonly string[], output: number | "inherit"): Promise<number> {
  const child = spawn(program, args, {
    cwd: packageRoot,
    stdio: ["ignore", output, output],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(packageRoot, "node_modules", ".cache", "node-compile"),
    },
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
