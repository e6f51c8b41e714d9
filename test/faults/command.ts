/** Plays a fault of the processes: the real command, whose robot is truly seen from here. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { randomStream } from "../../sim/random.ts";
import { readHardwareConfig } from "../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../src/paths.ts";
import type { StudyDocument } from "../../src/study/study-document.ts";
import { documentOf, run, type Started, startWith } from "../cli/gaitsmith.ts";
import { reportsIn } from "../cli/walks-in-real-time.ts";
import { childrenOf } from "./child-processes.ts";
import type { ProcessFault } from "./kinds/processes.ts";
import { judgeDrive, type Played } from "./play.ts";
import { SHORT_WALK, type Stage } from "./stages.ts";
import { Witness } from "./witness.ts";

type Change = readonly [RegExp, string];
const SHORT: readonly Change[] = [
  [/ {2}stand: 0.5 s/, `  stand: ${SHORT_WALK.stand} s`],
  [/ramp_in: 0.5 s/, `ramp_in: ${SHORT_WALK.rampIn} s`],
  [/ {2}settle: 0.5 s/, `  settle: ${SHORT_WALK.settle} s`],
  [/measure: 9 s/, `measure: ${SHORT_WALK.measure} s`],
  [/ramp_out: 0.5 s/, `ramp_out: ${SHORT_WALK.rampOut} s`],
  [/frame-age: \{ high: 150 ms/, "frame-age: { high: 2 s"],
  [/frame-gap: \{ high: 8/, "frame-gap: { high: 60"],
  [/not-a-number: \{ high: 5/, "not-a-number: { high: 20"],
  [/minimum_telemetry_rate: 90 %/, "minimum_telemetry_rate: 30 %"],
  [/baseline_walks: 3/, "baseline_walks: 1"],
  [/confirm: \{.*?\}/, "confirm: { walks: 0, candidates: 1 }"],
];
/** Near the seed gait, where no walk ends by itself. */
const HEALTHY: readonly Change[] = [
  [/ground_clearance: \{ low: 5 mm, high: 50 mm/, "ground_clearance: { low: 28 mm, high: 32 mm"],
  [/ground_penetration: \{ low: 0 mm, high: 30 mm/, "ground_penetration: { low: 4 mm, high: 6 mm"],
  [/step_length: \{ low: 10 mm, high: 80 mm/, "step_length: { low: 38 mm, high: 42 mm"],
  [/swing_frequency: \{ low: 0.83 Hz, high: 5 Hz/, "swing_frequency: { low: 2.45 Hz, high: 2.55 Hz"],
  [/stance_frequency: \{ low: 0.83 Hz, high: 5 Hz/, "stance_frequency: { low: 2.33 Hz, high: 2.43 Hz"],
];

/** The shipped config with short walks, and the stage's own way to the robot. @returns the file */
function writeConfig(folder: string, stage: Stage, changes: readonly Change[] = []): string {
  const { link } = stage.config(1);
  const ros = link.kind === "rosbridge";
  const file = `simulated-${ros ? "rosbridge" : "elastic-quadruped"}.yaml`;
  const ways: readonly Change[] =
    link.kind === "rosbridge"
      ? [[/ws:\/\/127.0.0.1:9090/, link.url]]
      : link.kind === "serial"
        ? [
            [/kind: simulated.*/, "kind: serial"],
            [/clock: lockstep.*/, "clock: realtime"],
            [/variant: nominal.*/, `path: ${link.path}`],
            [/variation: mild.*/, "baud: 921600 Bd"],
          ]
        : [
            [/clock: lockstep.*/, "clock: realtime"],
            [/report_interval: 1 s/, "report_interval: 0.2 s"],
          ];
  let text = readFileSync(hardwareConfigPath(file), "utf8");
  for (const [usual, other] of [...ways, ...SHORT, ...HEALTHY, ...changes]) text = text.replace(usual, other);
  const path = join(folder, "robot.yaml");
  writeFileSync(path, text);
  return path;
}

const QUIET = ["--no-dashboard", "--no-recording", "--json", "--sampler", "random", "--pruner", "none"];

/** @param stage in real time; in process it only names the way */
export async function playCommand(stage: Stage, fault: ProcessFault, seed: number): Promise<Played> {
  const { link } = stage;
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-fault-"));
  const random = randomStream(seed, fault.id, link);
  const moment =
    (fault.early === true ? 0 : random.uniform()) *
    (SHORT_WALK.rampIn + SHORT_WALK.settle + SHORT_WALK.measure - 2.2);
  const tune = (node: readonly string[], where = folder): Started => {
    const config = writeConfig(where, stage, fault.changes);
    const args = ["tune", config, "--trials", "1", "--seed", String(seed), ...QUIET];
    return startWith(node, where, ...args);
  };
  const witness = new Witness(stage.config(seed).envelope);
  const seen = link !== "in process";
  const amiss: string[] = [];
  const errors: string[] = [];
  let said = "";
  try {
    let walking = Number.NaN;
    if (seen)
      witness.watch(stage.body, () => {
        if (stage.body.mode !== "follow") walking = Number.NaN;
        else if (Number.isNaN(walking)) walking = stage.body.time;
      });
    const store = join(folder, "studies.db");
    await stage.toStartLine?.(seed);
    const first = tune(fault.node ?? []);
    const until = async (condition: () => boolean): Promise<void> => {
      for (const since = performance.now(); !condition(); await delay(2)) {
        if (first.process.exitCode !== null || first.process.signalCode !== null)
          throw new Error(`the command ended by itself: ${(await first.finished).stderr}`);
        if (performance.now() - since > 60_000) throw new Error("the robot did not begin to walk");
      }
    };
    if (seen) {
      await until(() => stage.body.mode === "follow");
      // It rises first.
      await until(() => stage.body.time - walking > 0.8 + moment);
    } else {
      // It cannot be seen, but it reports.
      await until(() => reportsIn(store) > 0);
      await delay(1000 * Math.max(0, moment - SHORT_WALK.rampIn - SHORT_WALK.settle));
    }
    const [station] = childrenOf(first.process.pid!);
    witness.walks(true);
    if (seen) witness.struck();
    const mend = await fault.befall({
      ...{ service: first.process.pid!, station: station!, store, random, link },
      second: () => run(...second(folder, stage, seed)),
      said: (words) => first.saw(words),
    });
    const finished = await first.finished;
    said += finished.stderr;
    if (finished.status !== 0) errors.push(finished.stderr.trim().split("\n").at(-1) ?? "");
    if (!fault.exit.includes(finished.status))
      amiss.push(`it ended with ${finished.status ?? finished.signal}: ${finished.stderr.slice(-300)}`);
    if (seen && fault.promise.end[0] !== "completed") {
      for (const since = performance.now(); stage.body.mode !== "off"; await delay(5))
        if (performance.now() - since > 5000)
          throw new Error("UNSAFE: the robot has power after the command ended");
    }
    witness.walks(false);
    if (seen) witness.armedAnew();
    await mend?.();
    let document: StudyDocument | null = finished.status === 0 ? documentOf(finished) : null;
    if (fault.promise.latched) {
      const refused = await tune([]).finished;
      if (!/\[ROBOT_LATCHED\]/.test(refused.stderr) && refused.status !== 0)
        amiss.push(`a latched robot was not refused: ${refused.stderr.slice(-300)}`);
      const robot = readHardwareConfig(writeConfig(folder, stage)).robot.id;
      const cleared = await run(folder, "clear", "--robot", robot, "--checked", "everything");
      if (!/cleared/.test(cleared.stdout)) amiss.push(`it was not latched: ${cleared.stdout}`);
    }
    for (let again = 0; document === null && again < 2; again++) {
      // The lease of a silent host may be taken over after two seconds.
      await stage.toStartLine?.(seed);
      const next = await tune([]).finished;
      said += next.stderr;
      if (next.status === 0) document = documentOf(next);
    }
    if (document === null) amiss.push(`the study did not go on: ${said.slice(-400)}`);
    else amiss.push(...judgeDocument(document, fault));
    if (seen)
      amiss.push(
        ...judgeDrive(
          witness.seen,
          fault.promise.within === null
            ? null
            : Math.max(fault.promise.within, link === "rosbridge" ? 0.5 : 0.3),
          true,
        ),
      );
    if (fault.says?.test(said) === false) amiss.push(`nobody was told: ${said.slice(-300)}`);
    return {
      fault: fault.id,
      ...{ link, seed, moment, seen: witness.seen, amiss, errors },
      rows:
        document?.trials.map(
          ({ attempt, state, outcome, reason }) => `${attempt} ${state} ${outcome}: ${reason}`,
        ) ?? [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The command for the same robot in another folder. */
function second(folder: string, stage: Stage, seed: number): Parameters<typeof run> {
  const other = mkdtempSync(join(folder, "second-"));
  const config = writeConfig(other, stage);
  const store = stage.link === "in process" ? ["--store", join(folder, "studies.db")] : [];
  return [other, "tune", config, "--trials", "1", "--seed", String(seed), ...store, ...QUIET];
}

function judgeDocument({ trials }: StudyDocument, { promise }: ProcessFault): string[] {
  const amiss: string[] = [];
  const [first, ...again] = trials;
  if (first === undefined) return ["there is no trial"];
  if (!promise.end.includes(first.state as (typeof promise.end)[number]))
    amiss.push(`misfiled as ${first.state}`);
  if (!promise.by.includes(first.outcome ?? "")) amiss.push(`ended by ${first.outcome}`);
  const retries = first.state === "interrupted" ? 1 : 0;
  if (again.length !== retries) amiss.push(`walked ${again.length} times more`);
  for (const { state, reason } of again)
    if (state !== "completed") amiss.push(`the retry was ${state}: ${reason}`);
  return amiss;
}
