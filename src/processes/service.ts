/**
 * The service: one per machine. Wires a study, its sampler thread, its robot's station and the page together; the
 * logic is in `service/`, `study/` and `station/`.
 */
import { dirname, join, resolve } from "node:path";
import { systemClock } from "../clock.ts";
import {
  driftCheckEveryOf,
  exploringOf,
  type HardwareConfig,
  plannedSeconds,
  reportCount,
  type StudyConfig,
} from "../config/hardware-config.ts";
import { fail } from "../errors.ts";
import { createPruner, createSampler } from "../optimizer/catalogue.ts";
import { makeFolder, robotStateDir } from "../paths.ts";
import { LIMIT_NAMES } from "../safety/limit.ts";
import { attendance } from "../service/attendance.ts";
import { assertFeasibleStudy, feasibilityOf, gaitParameters } from "../service/feasibility.ts";
import type { ListeningApp } from "../service/http/app.ts";
import type { ServiceDoor } from "../service/live-events.ts";
import { assertOdometryCalibrated } from "../service/odometry-calibration.ts";
import { PromptDesk } from "../service/prompt-desk.ts";
import type { ClosedLatch } from "../service/prompts.ts";
import { type LatchClearance, SafetyLog } from "../service/safety-log.ts";
import { assertSameStudy } from "../service/same-study.ts";
import { SamplerHost } from "../service/sampler-host.ts";
import { StationHost } from "../service/station-host.ts";
import { StudyPause } from "../service/study-pause.ts";
import { StudyPreflight } from "../service/study-preflight.ts";
import { StudyRunner } from "../service/study-runner.ts";
import type { RunEnd, RunnerEvent } from "../service/study-runner-events.ts";
import { StudyService } from "../service/study-service.ts";
import { requestEStop } from "../station/estop-socket.ts";
import { openedLatches, openLatch, readLatch, writeLatch } from "../station/latch-file.ts";
import type { StationMessage } from "../station/messages.ts";
import { readWalk } from "../station/recording-reader.ts";
import { finishLeftovers } from "../station/recording-repair.ts";
import { choicesInUse, continueWith } from "../study/choices-in-use.ts";
import { compileReward } from "../study/reward.ts";
import { openSqliteStorage } from "../study/sqlite-storage.ts";
import { PREFLIGHT_ATTRIBUTE, type PreflightRecord, readPreflight } from "../study/stored-preflight.ts";
import { studyDefinition } from "../study/study-definition.ts";

/** s */
const DEFAULT_RECONNECT = 60;

export interface ServiceOptions {
  readonly config: HardwareConfig;
  readonly study: StudyConfig;
  /** Path of the study file. */
  readonly store: string;
  readonly recording: boolean;
  /** Serve the page; `port` null picks a free one near the default. */
  readonly dashboard: { readonly port: number | null } | null;
  /** The person at the robot; null: nobody is asked anything. */
  readonly operator: {
    /** Somebody is asked before every walk, with its parameters. */
    readonly confirmNext: boolean;
    /** There is a terminal to answer on; the page is another way. */
    readonly terminal: boolean;
  } | null;
  readonly onRunner?: (event: RunnerEvent) => void;
  readonly onStation?: (message: StationMessage) => void;
  readonly onPreflight?: (record: PreflightRecord) => void;
}

export interface RunningService {
  readonly service: StudyService;
  readonly runner: StudyRunner;
  /** Address of the page, or null. */
  readonly address: string | null;
  /** Folder of the recordings, or null. */
  readonly recordings: string | null;
  run(): Promise<RunEnd>;
  eStop(reason: string, level?: "settle" | "cut"): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens everything a study needs, in the order in which things can be wrong: reward, store, page, robot. */
export async function openService(options: ServiceOptions): Promise<RunningService> {
  const { config, study } = options;
  if (!feasibilityOf(config)(config.seedGait))
    fail("CONFIG_INVALID", {
      what: "the seed gait cannot be walked: a foot would leave its reach or a joint its range",
      where: `${config.source.file}, seed gait`,
      remedy: "Choose a seed gait that the robot is known to walk safely.",
    });
  await assertFeasibleStudy(config, study.constraints);
  const reward = await compileReward(study.reward);
  const { direction, seed } = study;
  const constraintCount = LIMIT_NAMES.length;
  // The sampler lives in its own thread; made here once, its name and options are refused before anything is opened.
  createSampler(study.sampler.name, study.sampler.options, {
    space: config.space,
    direction,
    seed,
    constraintCount,
  });
  const pruner = createPruner(study.pruner.name, study.pruner.options, { study: study.name });
  const definition = studyDefinition(config, study, LIMIT_NAMES);
  const store = resolve(options.store);
  makeFolder(dirname(store));
  const storage = await openSqliteStorage(store, { mode: "write" });
  const known = await storage.study(study.name);
  // Before its first walk a study is what the config says now: a mistake in the config may have been mended.
  const walked =
    known !== null && (await storage.studies()).some(({ name, trials }) => name === study.name && trials > 0);
  if (known === null) await storage.createStudy(definition);
  else if (!walked) await storage.redefineStudy(definition);
  else {
    assertSameStudy(known, definition, store);
    if (known.constraintNames.length < definition.constraintNames.length)
      await storage.addConstraints(study.name, definition.constraintNames);
    await continueWith(storage, known, study);
  }
  const choices = await choicesInUse(storage, walked ? known : definition);

  if (config.speedSource === "operator" && options.operator === null)
    fail("BAD_USAGE", {
      what: "somebody has to type how far the robot came after every walk (speed_source: operator)",
      where: config.source.file,
      remedy: "Leave --no-prompts out.",
    });
  const recordings = options.recording ? join("recordings", study.name) : null;
  if (recordings !== null) makeFolder(join(dirname(store), recordings));
  const stateDir = stateDirOf(config, store);
  let station: StationHost | null = null;
  let starting: AbortController | null = null;
  const say = (text: string): void => options.onStation?.({ kind: "log", level: "warn", text, dropped: 0 });
  const safetyLog = await SafetyLog.open({ storage, study: study.name, say });
  safetyLog.catchUp(openedLatches(stateDir));
  const stopNow = async (reason: string, level?: "settle" | "cut"): Promise<boolean> => {
    const begun = starting;
    // A person was asked to press: it goes every way that it would, and the station says whether it was that.
    if (preflight.exercising && station !== null) {
      station.eStop(reason, level);
      if ((await requestEStop(stateDir, reason, level)) !== null) return true;
    }
    // Before the first station is ready there is nothing that could move the robot, and nothing to be cleared.
    if (station === null) runner.stop(reason);
    else runner.latched(reason);
    station?.eStop(reason, level);
    // The station's own socket works even when this process is too busy to be heard through the channel.
    const answer = await requestEStop(stateDir, reason, level);
    if (answer !== null) return true;
    begun?.abort();
    // Between two stations, as while a battery is changed, nobody else closes the latch.
    if (station !== null) {
      const at = systemClock.date().toISOString();
      const id = `service-${process.pid}-${at}`;
      safetyLog.latched(writeLatch(stateDir, { id, code: "operator-stop", words: reason, at }), null);
    }
    return false;
  };
  // A study that waits for a person ends at once: whoever pressed still gets the station's answer.
  const stops = new Set<Promise<boolean>>();
  const eStop = (reason: string, level?: "settle" | "cut"): Promise<boolean> => {
    const taken = stopNow(reason, level);
    stops.add(taken);
    return taken.finally(() => stops.delete(taken));
  };
  const desk: PromptDesk = new PromptDesk({
    robot: config.robot.id,
    answerable: options.dashboard !== null || options.operator?.terminal === true,
    // Whole seconds: no study asks more often than once a second for long.
    first: Math.floor(systemClock.date().getTime() / 1000),
    onChange: () => service.onPrompt(),
  });
  const pause = new StudyPause({ desk, onChange: () => service.onPause() });
  const service: StudyService = new StudyService({
    config,
    definition,
    choices,
    planned: study.trials,
    trials: () => runner.trials,
    eStop,
    clear: (id, by, checked) => clear(id, by, checked),
    safetyEvents: () => safetyLog.events,
    exercising: () => preflight.exercising,
    preflight: readPreflight(await storage.attribute(study.name, PREFLIGHT_ATTRIBUTE)),
    desk,
    pause,
    stopWalk: (words, code) => runner.stopWalk(words, code),
    now: () => systemClock.now(),
  });
  /** A latch that the disk refused is closed all the same, while this service lives. */
  let unwritten: ClosedLatch | null = null;
  const closedLatch = (): ClosedLatch | null => readLatch(stateDir) ?? unwritten;
  const clear = (id: string, by: string, checked: string): void => {
    const closed = closedLatch();
    if (closed === null)
      fail("REQUEST_INVALID", {
        what: `${config.robot.id} is not latched`,
        remedy: "There is nothing to clear.",
      });
    const at = systemClock.date();
    openLatch(stateDir, { id, by, checked }, at);
    unwritten = null;
    safetyLog.cleared(closed, { by, checked, at: at.toISOString() });
    service.onCleared();
  };
  const clearanceOf = (id: string): LatchClearance | null =>
    openedLatches(stateDir).findLast((one) => one.id === id)?.release ?? null;
  const onMessage = (message: StationMessage): void => {
    service.onStation(message);
    if (message.kind === "latched") {
      const { reason, id, at, level } = message;
      const latch = { id, at, code: reason.code, words: reason.words };
      unwritten = readLatch(stateDir) === null ? latch : null;
      safetyLog.latched(latch, level);
      runner.latched(reason.words);
    }
    if (message.kind === "lease-taken") runner.stop(message.words, "lease-taken");
    if (message.kind === "recording-failed") runner.recordingFailed(message.words);
    options.onStation?.(message);
  };
  const sampler = new SamplerHost({
    config,
    direction,
    seed,
    sampler: study.sampler,
    constraints: study.constraints,
    constraintCount,
    exploring: exploringOf(config, study),
  });
  const places = (): boolean => station?.ready.returnsByItself === false;
  const stationFor = async (signal: AbortSignal): Promise<StationHost> => {
    if (station !== null && !station.gone) return station;
    // A robot that was there and is gone is waited for; one that never was is an error.
    const patience = station === null ? 0 : patienceOf(config);
    await station?.close();
    starting = new AbortController();
    try {
      const purpose = `study "${study.name}"`;
      const options = { patience, signal, kill: starting.signal, purpose };
      station = await StationHost.start(config, stateDir, { onMessage }, options);
    } finally {
      starting = null;
    }
    onMessage(station.ready);
    assertOdometryCalibrated(config, station.ready);
    return station;
  };
  const preflight: StudyPreflight = new StudyPreflight({
    config,
    study: study.name,
    configHash: (walked ? known : definition).configHash,
    storage,
    station: stationFor,
    ask: () => ({
      robot: config.link.kind !== "simulated",
      store: dirname(store),
      recordings: recordings === null ? null : join(dirname(store), recordings),
      walks: Math.max(1, study.trials - service.status.done),
    }),
    desk,
    exercised: () =>
      options.operator !== null &&
      station?.ready.clock === "realtime" &&
      (places() || options.operator.confirmNext),
    now: () => systemClock.date(),
    wall: () => systemClock.now(),
    onPreflight: (record) => {
      service.onPreflight(record);
      options.onPreflight?.(record);
    },
  });
  const runner = new StudyRunner({
    ...attendance(config, options.operator, desk, places),
    latch: {
      closed: closedLatch,
      clearance: clearanceOf,
      open: clear,
      renewStation: async () => {
        await station?.close();
        // Opened by another program: its word is on record.
        safetyLog.catchUp(openedLatches(stateDir));
        service.onCleared();
      },
    },
    pause,
    preflight: (trial, signal) => preflight.run(trial, signal),
    definition,
    plan: {
      ...study,
      driftCheckEvery: driftCheckEveryOf(config, study),
      prune: study.pruner.name !== "none",
    },
    walk: { planned: plannedSeconds(config.walk), reports: reportCount(config.walk) },
    storage,
    sampler,
    pruner,
    reward,
    clock: systemClock,
    station: stationFor,
    gaitParameters: (parameters) => gaitParameters(config, parameters),
    recordingOf: (trial) =>
      recordings === null ? null : join(recordings, `trial-${String(trial).padStart(4, "0")}.mcap`),
    recordingPath: (recording) => join(dirname(store), recording),
    adoptOutcome: readWalk,
    onEvent: (event) => {
      service.onRunner(event);
      options.onRunner?.(event);
    },
  });
  const finishRecordings = async (): Promise<void> => {
    if (recordings === null) return;
    for (const text of await finishLeftovers(join(dirname(store), recordings)))
      onMessage({ kind: "log", level: "warn", text, dropped: 0 });
  };
  const page = options.dashboard === null ? null : await pageAt(service, options.dashboard);
  if (page !== null) storage.announce(page.address);
  return {
    service,
    runner,
    recordings: recordings === null ? null : join(dirname(store), recordings),
    address: page?.address ?? null,
    run: async () => {
      await finishRecordings();
      const end = await runner.run();
      service.onEnd(end);
      return end;
    },
    eStop,
    close: async () => {
      await Promise.allSettled(stops);
      await station?.close();
      // Of stations that died on the way.
      await finishRecordings();
      await sampler.close();
      await page?.close();
      await safetyLog.written();
      await storage.close();
    },
  };
}

/** Loads a web server only where there is a page. */
async function pageAt(door: ServiceDoor, options: { readonly port: number | null }): Promise<ListeningApp> {
  const { listen } = await import("../service/http/app.ts");
  return listen(door, options);
}

/** How long a study waits for a robot whose cable was pulled or whose server is gone, s. */
function patienceOf({ link }: HardwareConfig): number {
  if (link.kind === "rosbridge" || link.kind === "petoi" || link.kind === "mjbots")
    return link.reconnectWithin;
  return link.kind === "serial" ? (link.reconnectWithin ?? DEFAULT_RECONNECT) : 0;
}

/**
 * Where this robot's lock, latch and e-stop socket are. A simulated robot exists once per study file, so two CI
 * jobs on one machine never fight over it; a real one exists once on the machine.
 */
export function stateDirOf(config: HardwareConfig, store: string): string {
  return config.link.kind === "simulated"
    ? join(`${store}-robots`, config.robot.id)
    : robotStateDir(config.robot.id);
}
