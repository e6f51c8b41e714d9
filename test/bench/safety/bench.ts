/**
 * How quickly the station stops a robot that breaks a limit, while the machine is at work: a model is fitted in the sampler
 * thread, a page is open and takes in the live stream, telemetry is recorded. The robot is a process of its own behind a
 * pseudo-terminal that sends 1000 frames a second and leans over again and again.
 *
 * Measured: from the robot's sending the frame that crosses the limit (its own stamp, before it is encoded and written) to
 * the return of the system call that hands the stop to the kernel. In between: the pseudo-terminal, waking the station, the
 * decoder, the monitor, the safe stop, the protocol, the write. Not measured: a wire and an adapter, which are added below by
 * calculation, and what the robot does with the stop. After each stop the monitor starts anew, as before the next trial;
 * a whole trial is not walked for each.
 *
 * `npm run bench:safety [-- --frames 200000 --breaches 20000 --mode one,oversubscribed --browser --json]`
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readHardwareConfig } from "../../../src/config/read-hardware-config.ts";
import { hardwareConfigPath } from "../../../src/paths.ts";
import { LIMIT_NAMES } from "../../../src/safety/limit.ts";
import { listen } from "../../../src/service/http/app.ts";
import { StudyService } from "../../../src/service/study-service.ts";
import { BEAT_INTERVAL_MS, type StationMessage } from "../../../src/station/messages.ts";
import { studyDefinition } from "../../../src/study/study-definition.ts";
import { forkPeer } from "../links/peer-process.ts";
import type { BenchRobotOptions } from "../serial/bench-robot.ts";
import type { Spread } from "./latencies.ts";
import { busyThreads, FittingSampler } from "./load.ts";
import { RATE } from "./rate.ts";
import type { BenchStationOptions, ReactionFigures } from "./station.ts";
import { wireTime } from "./wire.ts";

const MODES = {
  one: { words: "one busy sampler thread", threads: 0 },
  oversubscribed: { words: "a busy sampler thread and two more busy threads", threads: 2 },
} as const;
type Mode = keyof typeof MODES;

const BARS: readonly { readonly mode: Mode; readonly of: keyof Spread; readonly bar: number }[] = [
  { mode: "one", of: "p50", bar: 0.2 },
  { mode: "one", of: "p99", bar: 1 },
  { mode: "one", of: "p999", bar: 3 },
  { mode: "oversubscribed", of: "p999", bar: 10 },
];
/** More urgent than anything else here: it stands for a computer of its own. Not everybody may. */
const ROBOT_PRIORITY = -10;

const { values: flags } = parseArgs({
  options: {
    frames: { type: "string", default: "200000" },
    breaches: { type: "string", default: "20000" },
    mode: { type: "string", default: "one,oversubscribed" },
    browser: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const [frames, breaches] = [Number(flags.frames), Number(flags.breaches)];
const modes = flags.mode.split(",") as Mode[];
for (const mode of modes)
  if (!(mode in MODES)) throw new RangeError(`modes are ${Object.keys(MODES).join(", ")}, not ${mode}`);
const say = (line: string): void => {
  if (!flags.json) process.stdout.write(`${line}\n`);
};

const config = readHardwareConfig(hardwareConfigPath("simulated-elastic-quadruped.yaml"));
if (config.study === null) throw new Error("the shipped config has a study");
const definition = studyDefinition(config, config.study, LIMIT_NAMES);

interface Measured {
  readonly mode: Mode;
  readonly figures: ReactionFigures;
  readonly bare: Spread;
  /** Models fitted and live frames that the page got meanwhile. */
  readonly fits: number;
  readonly shown: number;
  readonly robotIsUrgent: boolean;
}

const measured: Measured[] = [];
for (const mode of modes) measured.push(await measure(mode));
const judged = BARS.flatMap(({ mode, of, bar }) => {
  const one = measured.find((figures) => figures.mode === mode);
  if (one === undefined) return [];
  const value = one.figures.reaction[of];
  return [{ mode, of, bar, value, ratio: value / bar, holds: value <= bar }];
});
const wires = [115_200, 921_600].map(wireTime);
const machine = { cpu: cpus()[0]?.model ?? "", cores: availableParallelism(), node: process.version };
if (flags.json)
  process.stdout.write(`${JSON.stringify({ machine, measured, bars: judged, wires }, null, 2)}\n`);
else report();

function report(): void {
  say(`${machine.cores} cores, ${machine.cpu}, ${RATE} frames a second over a pseudo-terminal; ms`);
  for (const { mode, figures, bare, fits, shown, robotIsUrgent } of measured) {
    const {
      frames: seen,
      rate,
      reaction,
      station,
      robot,
      unconfirmed,
      others,
      recordedFrames,
      lostForRecorder,
    } = figures;
    say(`\n${MODES[mode].words}`);
    say(row(["", "count", "p50", "p99", "p99.9", "longest"]));
    say(rowOf("frame sent → stop written", reaction));
    say(rowOf("  of that, frame read → stop written", station));
    say(rowOf("frame sent → robot has the stop", robot));
    say(rowOf("bare loop: bytes read → stop written", bare));
    const ratio = (of: "p50" | "p99" | "p999"): string => (reaction[of] / bare[of]).toFixed(2);
    say(`  ${ratio("p50")} / ${ratio("p99")} / ${ratio("p999")} of the bare loop (p50 / p99 / p99.9)`);
    say(
      `  ${seen} frames at ${rate.toFixed(0)}/s, ${unconfirmed} stops not confirmed, ${others} for telemetry that was old, ${recordedFrames} frames recorded ` +
        `(${lostForRecorder} lost), ${fits} models fitted, ${shown} live frames shown` +
        (robotIsUrgent ? "" : "; the robot had to share its core with all this"),
    );
  }
  say("\nbars");
  for (const { mode, of, bar, value, ratio, holds } of judged)
    say(
      `  ${MODES[mode].words}, ${of}: ${value.toFixed(3)} ms, ${ratio.toFixed(2)} of ${bar} ms: ${holds ? "holds" : "BROKEN"}`,
    );
  say("\na wire adds (calculated: the frames of group 0 of twelve joints, 16-bit)");
  for (const { baud, telemetryBytes, stopBytes, telemetry, stop } of wires)
    say(
      `  ${baud} Bd: ${telemetry.toFixed(2)} ms for ${telemetryBytes} bytes of telemetry, ${stop.toFixed(2)} ms for ${stopBytes} bytes of a stop`,
    );
}

function rowOf(what: string, { count, p50, p99, p999, longest }: Spread): string {
  return row([what, `${count}`, ...[p50, p99, p999, longest].map((value) => value.toFixed(3))]);
}

function row([what = "", ...cells]: readonly string[]): string {
  return `  ${what.padEnd(38)}${cells.map((cell) => cell.padStart(9)).join("")}`;
}

async function measure(mode: Mode): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "gaitsmith-bench-"));
  const service = new StudyService({
    ...{ config, definition, choices: [], planned: 60, trials: () => [], eStop: async () => false },
    desk: { open: null, closed: null, answer: () => {} },
    ...{ clear: () => {}, safetyEvents: () => [], stopWalk: () => {} },
    pause: { why: null, pause: () => {}, resume: () => {} },
    now: () => performance.now() / 1000,
  });
  const app = await listen(service, { port: 0 });
  const page = flags.browser ? await chromium(app.address) : await headlessPage(app.address);
  const sampler = new FittingSampler(config);
  const endThreads = busyThreads(MODES[mode].threads);
  try {
    const robotOptions: BenchRobotOptions = { baud: null, rate: RATE, leansEvery: frames / breaches };
    let robotIsUrgent = true;
    const withRobot = async <T>(use: (path: string) => Promise<T>): Promise<T> => {
      await using peer = await forkPeer(new URL("../serial/bench-robot.ts", import.meta.url), robotOptions);
      try {
        setPriority(peer.pid, ROBOT_PRIORITY);
      } catch {
        robotIsUrgent = false;
      }
      return await use(peer.address);
    };
    const bare = await withRobot((path) => bareLoop(path));
    const figures = await withRobot((path) =>
      station({ path, recordings: folder, frames, breaches }, service),
    );
    return { mode, figures, bare, fits: sampler.asked, shown: await page.shown(), robotIsUrgent };
  } finally {
    await endThreads();
    await sampler.close();
    await page.close();
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A station, with this process as its service. */
async function station(options: BenchStationOptions, service: StudyService): Promise<ReactionFigures> {
  const child = fork(fileURLToPath(new URL("./station.ts", import.meta.url)), [JSON.stringify(options)], {
    serialization: "advanced",
    execArgv: [],
  });
  const beat = setInterval(() => child.connected && child.send({ kind: "beat" }), BEAT_INTERVAL_MS);
  try {
    return await new Promise<ReactionFigures>((resolve, reject) => {
      child.on("message", (raw) => {
        const message = raw as StationMessage | { kind: "figures"; figures: ReactionFigures };
        if (message.kind === "figures") resolve(message.figures);
        else {
          service.onStation(message);
          if (message.kind === "live") child.send({ kind: "live-received" });
        }
      });
      child.once("exit", (code) => reject(new Error(`the station ended with ${code}`)));
    });
  } finally {
    clearInterval(beat);
  }
}

function bareLoop(path: string): Promise<Spread> {
  const program = fileURLToPath(new URL("./bare-loop.ts", import.meta.url));
  const child = fork(program, [JSON.stringify({ path, breaches })], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.once("message", (spread) => resolve(spread as Spread));
    child.once("exit", (code) => reject(new Error(`the bare loop ended with ${code}`)));
  });
}

interface Page {
  /** Live frames so far. */
  shown(): Promise<number>;
  close(): Promise<void>;
}

async function headlessPage(address: string): Promise<Page> {
  const child = fork(fileURLToPath(new URL("./page.ts", import.meta.url)), [address], { execArgv: [] });
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", () => reject(new Error("the page is gone")));
    });
  await next();
  return {
    shown: async () => {
      const answer = next();
      child.send("how many");
      return Number(await answer);
    },
    close: async () => child.disconnect(),
  };
}

async function chromium(address: string): Promise<Page> {
  const { launchBrowser } = await import("../../browser/launch-browser.ts");
  const browser = await launchBrowser();
  const page = await browser.newPage();
  let shown = 0;
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      if (String(payload).startsWith('{"kind":"frame"')) shown++;
    }),
  );
  await page.goto(address);
  return { shown: async () => shown, close: () => browser.close() };
}
