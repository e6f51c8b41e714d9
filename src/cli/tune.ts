/** `gaitsmith tune`: runs or continues a study on a robot, with a progress line, the page and a summary. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { HardwareConfig, StudyConfig } from "../config/hardware-config.ts";
import { applyOverrides } from "../config/overrides.ts";
import { readHardwareConfig, readStudyFile } from "../config/read-hardware-config.ts";
import { fail, GaitsmithError } from "../errors.ts";
import { unfinishedWords } from "../processes/apply.ts";
import { deviceOf } from "../processes/open-robot.ts";
import { openService, type RunningService, type ServiceOptions, stateDirOf } from "../processes/service.ts";
import type { LeaseFile } from "../station/lease-file.ts";
import { type KeyAction, Keyboard } from "./keyboard.ts";
import { preflightText } from "./preflight-report.ts";
import { ProgressLine } from "./progress.ts";
import { PromptLine } from "./prompt-line.ts";
import { stopOnSignals } from "./stop-signals.ts";
import { summary } from "./summary.ts";
import { takeRobot } from "./take-robot.ts";

/** How long a study file is waited for whose program has just given its robot away, ms. */
const STORE_PATIENCE_MS = 15_000;

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
  /** Take the robot from another program; with its id nobody is asked. */
  readonly take?: string | boolean;
  readonly json?: boolean;
}

/** @returns the exit status: 0 done, 3 the robot is latched, 130 interrupted by a person */
export async function tune(file: string, options: TuneOptions): Promise<number> {
  const { config, study } = configured(file, options);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let progress: ProgressLine | null = null;
  let keyboard: Keyboard | null = null;
  const confirmNext = options.confirmNext === true;
  if (confirmNext && !options.prompts)
    fail("BAD_USAGE", {
      what: "--confirm-next asks before every walk, --no-prompts asks nobody",
      remedy: "Leave one of them out.",
    });
  const stateDir = stateDirOf(config, resolve(options.store));
  const taken = await takeRobot({
    robotId: config.robot.id,
    stateDir,
    device: await deviceOf(config),
    take: options.take,
    input: process.stdin,
    output: process.stderr,
  });
  const running = await opened(
    {
      config,
      study,
      store: options.store,
      recording: options.recording,
      dashboard: options.dashboard
        ? { port: options.port === undefined ? null : portOf(options.port) }
        : null,
      operator: options.prompts ? { confirmNext, terminal: process.stdin.isTTY === true } : null,
      onRunner: (event) => progress?.onRunner(event),
      onPreflight: (record) => {
        progress?.clear();
        say(preflightText(record.items));
      },
      onStation: (message) => {
        if (message.kind !== "log" || message.level === "debug" || message.level === "info") return;
        progress?.clear();
        say(`${message.level}: ${message.text}`);
      },
    },
    taken,
  );
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
    const signals = stopOnSignals({ stop: (words) => running.runner.stop(words), eStop: running.eStop }, say);
    const typing = new Keyboard({
      input: process.stdin,
      output: process.stderr,
      keys: keysOf(running, signals.press, say, options.prompts || running.address !== null),
      onLine: (line) => asked.answer(line),
      onEnd: () => asked.onEnd(),
      onSuspend: () => running.runner.stopWalk("suspended with Ctrl-Z"),
    });
    const asked: PromptLine = new PromptLine({
      door: running.service,
      keyboard: typing,
      output: process.stderr,
      page: running.address,
      now: () => performance.now(),
    });
    keyboard = typing;
    typing.listen();
    if (typing.listening) say(`keys: ${typing.help}\n`);
    running.service.subscribe((event) => asked.onEvent(event));
    const end = await running.run();
    progress.clear();
    const document = running.service.current;
    if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
    else
      process.stdout.write(summary(document, { config, file, options, end, recordings: running.recordings }));
    if (end.latched) return 3;
    // Also by whoever took the robot, or held it on a page and is gone.
    return signals.interrupted || end.state === "stopped" ? 130 : 0;
  } finally {
    keyboard?.close();
    await running.close();
    taken?.release();
  }
}

/** The keys that act at once while a robot may be moving. Another one is another line here. */
function keysOf(
  running: RunningService,
  interrupt: () => void,
  say: (text: string) => void,
  pausable: boolean,
): readonly KeyAction[] {
  const eStop = (key: string) => (): void => {
    say("\nE-STOP");
    void running.eStop(`e-stop by key (${key})`).then((taken) => {
      if (!taken) say("NOT CONFIRMED: the station did not answer. Cut the robot's power.");
    });
  };
  return [
    { key: "escape", when: "always", help: "Esc or Space: e-stop", press: eStop("Escape") },
    { key: "space", when: "no-answer", help: "Esc or Space: e-stop", press: eStop("Space") },
    {
      key: "ctrl-c",
      when: "always",
      help: "Ctrl-C: stop and end (twice: e-stop)",
      press: interrupt,
    },
    ...(pausable ? [pauseKey(running)] : []),
  ];
}

function pauseKey({ service }: RunningService): KeyAction {
  const press = (): void => {
    const { study, paused } = service.status;
    if (paused === undefined) service.pause(study, "paused on the terminal");
    else service.resume(study);
  };
  return { key: "p", when: "no-prompt", help: "p: pause", press };
}

/** The program that a robot was taken from may still have to close its study file. */
async function opened(options: ServiceOptions, taken: LeaseFile | null): Promise<RunningService> {
  const until = performance.now() + (taken === null ? 0 : STORE_PATIENCE_MS);
  for (;;) {
    try {
      return await openService(options);
    } catch (error) {
      const busy = error instanceof GaitsmithError && error.code === "STORE_BUSY";
      if (!busy || performance.now() > until) {
        taken?.release();
        throw error;
      }
      await pause(100);
    }
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
