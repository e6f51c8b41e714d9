/**
 * `npm test`, the tests themselves: two lanes side by side, each with the closing summary of Node's test runner. Tests in real
 * time wait more than they compute, and what they judge is spoilt by whoever takes their core; what only computes takes the
 * cores when nobody else wants them.
 */
import { spawn } from "node:child_process";
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../src/paths.ts";

/** Tests whose robots, if any, walk in lockstep, and which wait for nothing else. Whatever is not named here is taken to be in real time. */
const COMPUTING = [
  "test/*.test.ts",
  "test/{bench,config,conformance,examples,firmware-protocol,gait,optimizer,package,parity,service,study}/**/*.test.ts",
  "test/cli/{check-report,clear,errors,help,init,key-decoder,prompt-line,recording,show,sim-serial,tune,tune-rosbridge,words}.test.ts",
  "test/faults/{full-disk,lame-leg,recording-fails,small-disk,table}.test.ts",
  "test/sim/{simulated-robot,true-walk}.test.ts",
  "test/station/{mcap-file,recording,streamed-walks,study-preflight,trial-health,trial-run}.test.ts",
];
/** They have a run of their own, with coverage. */
const ELSEWHERE = "test/safety/**";

/** Longest a file may take, ms. */
const TIME_OUT = 240_000;
/** Files at a time: two in real time leave more than a core idle, which one that computes fills. */
const AT_ONCE = { inRealTime: 2, computing: 1 } as const;
/** `nice` of what computes: whoever must be on time goes first, and yet nothing starves. */
const NICE = 5;

const inRealTime = globSync("test/**/*.test.ts", { cwd: packageRoot, exclude: [ELSEWHERE, ...COMPUTING] });
const runner = (atOnce: number): string[] => [
  process.execPath,
  "--test",
  `--test-concurrency=${atOnce}`,
  `--test-timeout=${TIME_OUT}`,
];
const politely = process.platform === "win32" ? [] : ["nice", "-n", String(NICE)];

const folder = mkdtempSync(join(tmpdir(), "gaitsmith-tests-"));
const output = join(folder, "computing");
const kept = openSync(output, "w");
const computing = lane([...politely, ...runner(AT_ONCE.computing), ...COMPUTING], kept);
const status = await lane([...runner(AT_ONCE.inRealTime), ...inRealTime.sort()], "inherit");
const other = await computing;
closeSync(kept);
process.stdout.write(readFileSync(output));
rmSync(folder, { recursive: true });
process.exitCode = Math.max(status, other);

/** @returns its exit status */
function lane(command: readonly string[], output: number | "inherit"): Promise<number> {
  const [program = "", ...args] = command;
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
