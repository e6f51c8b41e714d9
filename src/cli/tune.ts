/** `gaitsmith tune`: runs or continues a study on a robot, with a progress line, the page and a summary. */
import { existsSync } from "node:fs";
import type { HardwareConfig, StudyConfig } from "../config/hardware-config.ts";
import { applyOverrides } from "../config/overrides.ts";
import { readHardwareConfig, readStudyFile } from "../config/read-hardware-config.ts";
import { fail } from "../errors.ts";
import { unfinishedWords } from "../processes/apply.ts";
import { openService, type RunningService } from "../processes/service.ts";
import { preflightText } from "./preflight-report.ts";
import { ProgressLine } from "./progress.ts";
import { PromptLine } from "./prompt-line.ts";
import { summary } from "./summary.ts";

export interface TuneOptions {
  readonly study?: string;
  readonly store: string;
  readonly sampler?: string;
  readonly pruner?: string;
  readonly trials?: string;
  readonly robotTime?: string;
  readonly seed?: string;
  readonly variant?: string;
  readonly variation?: string;
  readonly port?: string;
  readonly recording: boolean;
  readonly dashboard: boolean;
  readonly prompts: boolean;
  readonly confirmNext?: boolean;
  readonly json?: boolean;
}

/** @returns the exit status: 0 done, 3 the robot is latched, 130 interrupted by a person */
export async function tune(file: string, options: TuneOptions): Promise<number> {
  const { config, study } = configured(file, options);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let progress: ProgressLine | null = null;
  let prompts: PromptLine | null = null;
  const confirmNext = options.confirmNext === true;
  if (confirmNext && !options.prompts)
    fail("BAD_USAGE", {
      what: "--confirm-next asks before every walk, --no-prompts asks nobody",
      remedy: "Leave one of them out.",
    });
  const running = await openService({
    config,
    study,
    store: options.store,
    recording: options.recording,
    dashboard: options.dashboard ? { port: options.port === undefined ? null : portOf(options.port) } : null,
    operator: options.prompts ? { confirmNext, terminal: process.stdin.isTTY === true } : null,
    onRunner: (event) => progress?.onRunner(event),
    onPreflight: (record) => {
      progress?.clear();
      say(preflightText(record.items));
    },
    onStation: (message) => {
      if (message.kind === "ready" && options.prompts && !message.returnsByItself) prompts?.listen();
      if (message.kind !== "log" || message.level === "debug" || message.level === "info") return;
      progress?.clear();
      say(`${message.level}: ${message.text}`);
    },
  });
  try {
    const unfinished = unfinishedWords(config, options.store);
    if (unfinished !== null) say(`warning: ${unfinished}; take it back with: npx gaitsmith revert ${file}`);
    say(
      `study "${study.name}" on ${config.robot.name}: ${study.trials} trials, ${study.sampler.name} sampler, ${study.pruner.name} pruner`,
    );
    if (running.address !== null) say(`page: ${running.address}`);
    say("Ctrl-C stops the robot and ends; the same command continues. Ctrl-C twice is an e-stop.\n");
    const before = running.service.current.robot_time_s;
    progress = new ProgressLine(process.stderr, running.service, before);
    const asked = new PromptLine({
      door: running.service,
      input: process.stdin,
      output: process.stderr,
      page: running.address,
      now: () => performance.now(),
    });
    prompts = asked;
    // A distance may be asked for before the robot is reached: that of the walk in which an earlier run ended.
    if (options.prompts && (confirmNext || config.speedSource === "operator")) asked.listen();
    running.service.subscribe((event) => {
      // Whoever pauses a study is there: now an answer is expected, and stdin may be read.
      if (options.prompts && event.kind === "prompt" && event.open?.kind === "resume") asked.listen();
      asked.onEvent(event);
    });
    const interrupted = stopOnSignals(running, say);
    const end = await running.run();
    progress.clear();
    const document = running.service.current;
    if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
    else
      process.stdout.write(summary(document, { config, file, options, end, recordings: running.recordings }));
    if (end.latched) return 3;
    return interrupted.value ? 130 : 0;
  } finally {
    prompts?.close();
    await running.close();
  }
}

function configured(file: string, options: TuneOptions): { config: HardwareConfig; study: StudyConfig } {
  const isFile = options.study !== undefined && existsSync(options.study);
  const read = readHardwareConfig(file);
  const { study: name, ...overrides } = options;
  const base = isFile && name !== undefined ? { ...read, study: readStudyFile(name, read.space) } : read;
  const config = applyOverrides(base, {
    ...overrides,
    ...(isFile || name === undefined ? {} : { study: name }),
  });
  if (config.study === null)
    fail("CONFIG_INVALID", {
      what: "there is no study to run",
      where: file,
      remedy: "Add a `study:` block to the hardware config, or name a study file with --study.",
    });
  return { config, study: config.study };
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  return fail("BAD_USAGE", {
    what: `--port ${text} is not a port`,
    remedy: "Give a number from 0 to 65535.",
  });
}

/** First Ctrl-C: controlled stop. Second: e-stop. SIGTERM and SIGHUP stop as the first Ctrl-C does. */
function stopOnSignals(running: RunningService, say: (text: string) => void): { value: boolean } {
  const interrupted = { value: false };
  const stop = (): void => {
    interrupted.value = true;
    running.runner.stop("stopped by the operator");
  };
  process.on("SIGINT", () => {
    if (interrupted.value) {
      say("\nE-STOP");
      void running.eStop("e-stop by Ctrl-C");
    } else {
      say("\nstopping the robot (Ctrl-C again for an e-stop)");
      stop();
    }
  });
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  return interrupted;
}
