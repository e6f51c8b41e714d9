/** A whole study in this process: the runner, its file, and stations with real sockets. */
import { systemClock } from "../../src/clock.ts";
import { type HardwareConfig, plannedSeconds, reportCount } from "../../src/config/hardware-config.ts";
import { ERROR_CATALOGUE, type ErrorCode, GaitsmithError } from "../../src/errors.ts";
import { createPruner } from "../../src/optimizer/catalogue.ts";
import { openRobot } from "../../src/processes/open-robot.ts";
import { LIMIT_NAMES } from "../../src/safety/limit.ts";
import { gaitParameters } from "../../src/service/feasibility.ts";
import type { StationHost } from "../../src/service/station-host.ts";
import { StudyRunner } from "../../src/service/study-runner.ts";
import type { RunEnd } from "../../src/service/study-runner-events.ts";
import type { WalkingStation } from "../../src/service/study-runner-parts.ts";
import { sendEStop } from "../../src/station/estop-socket.ts";
import type { ServiceMessage, StationMessage, TrialPlan, WalkOutcome } from "../../src/station/messages.ts";
import { BEAT_INTERVAL_MS } from "../../src/station/messages.ts";
import type { OpenedRobot } from "../../src/station/robot-claim.ts";
import { Station } from "../../src/station/station.ts";
import { compileReward } from "../../src/study/reward.ts";
import { studyDefinition } from "../../src/study/study-definition.ts";
import type { TrialRecord } from "../../src/study/trial-record.ts";
import { sqlitePlace } from "../study/sqlite-place.ts";

type Failed = Extract<StationMessage, { kind: "failed" }>;

export interface StationInProcessParts {
  readonly openRobot?: (config: HardwareConfig) => Promise<OpenedRobot>;
  /** Hears everything that is kept in `said`. */
  readonly onMessage?: (message: StationMessage) => void;
}

/** A station without a process of its own, and the service's end of its channel. */
export class StationInProcess implements WalkingStation {
  /** Everything it has said but beats and live frames. */
  readonly said: StationMessage[];
  gone = false;
  readonly #station: Station;
  readonly #beat: NodeJS.Timeout;
  readonly #exited: Promise<void>;
  #hear: (message: ServiceMessage) => void = () => {};
  #onMessage: (message: StationMessage) => void = () => {};
  readonly #alsoHear: (message: StationMessage) => void;

  /** @param patience how long a robot that cannot be reached is waited for, s @throws why it failed */
  static start(
    config: HardwareConfig,
    stateDir: string,
    patience: number,
    said: StationMessage[] = [],
    parts: StationInProcessParts = {},
  ): Promise<StationInProcess> {
    const station = new StationInProcess(said, parts);
    return new Promise((resolve, reject) => {
      station.#onMessage = (message) => {
        if (message.kind === "ready") resolve(station);
        else if (message.kind === "failed") reject(errorOf(message));
      };
      station.#send({ kind: "configure", config, stateDir, patience });
    });
  }

  private constructor(said: StationMessage[], parts: StationInProcessParts) {
    this.said = said;
    this.#alsoHear = parts.onMessage ?? (() => {});
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#exited = promise;
    this.#station = new Station({
      wire: {
        send: (message, sent) => {
          const copy = structuredClone(message);
          setImmediate(() => {
            this.#receive(copy);
            sent();
          });
        },
        onMessage: (listener) => {
          this.#hear = listener;
        },
        onDisconnect: () => {},
      },
      wall: systemClock,
      openRobot: parts.openRobot ?? openRobot,
      exit: () => {
        this.gone = true;
        clearInterval(this.#beat);
        resolve();
      },
    });
    // Both ends stand still together: a beat is heard before the station wonders why none came.
    this.#beat = setInterval(() => this.#hear({ kind: "beat" }), BEAT_INTERVAL_MS);
  }

  run(plan: TrialPlan, decide: Parameters<StationHost["run"]>[1]): Promise<WalkOutcome> {
    const { trial, attempt } = plan;
    return new Promise((resolve, reject) => {
      this.#onMessage = (message) => {
        if (message.kind === "report")
          void decide(message).then((decision) =>
            this.#send({ kind: "decision", trial, attempt, step: message.step, ...decision }),
          );
        else if (message.kind === "failed") reject(errorOf(message));
        else if (message.kind === "outcome") {
          this.#send({ kind: "outcome-received", trial, attempt });
          resolve(message.outcome);
        }
      };
      this.#send({ kind: "run", plan });
    });
  }

  stop(reason: string): void {
    this.#send({ kind: "stop", reason });
  }

  /** Latched stop. */
  eStop(reason: string): void {
    this.#send({ kind: "e-stop", reason });
  }

  /** Resolves when it has given everything back. Idempotent. */
  close(): Promise<void> {
    void this.#station.shutdown("shutdown", "the test ends");
    return this.#exited;
  }

  #send(message: ServiceMessage): void {
    if (!this.gone) setImmediate(() => this.#hear(message));
  }

  #receive(message: StationMessage): void {
    if (message.kind === "beat") return;
    if (message.kind === "live") {
      this.#send({ kind: "live-received" });
      return;
    }
    this.said.push(message);
    this.#alsoHear(message);
    if (message.kind === "failed") this.gone = true;
    this.#onMessage(message);
  }
}

function errorOf({ code, what, where, remedy }: Failed): GaitsmithError {
  return new GaitsmithError((code in ERROR_CATALOGUE ? code : "STATION_FAILED") as ErrorCode, {
    what,
    ...(where === null ? {} : { where }),
    ...(remedy === null ? {} : { remedy }),
  });
}

export interface StudiedWalks {
  /** As they are in the file afterwards. */
  readonly trials: readonly TrialRecord[];
  /** Errors that stations ended with. */
  readonly failures: readonly GaitsmithError[];
  /** What was logged. */
  readonly logs: readonly string[];
  /** How each run of the study ended, the last one included: an error, or where it stood. */
  readonly ends: readonly (RunEnd | GaitsmithError)[];
}

/** A study under way, and what a person at its service can do. */
export interface StudyUnderWay {
  /** As Ctrl-C. */
  stop(words: string): void;
  /** As a second Ctrl-C, the page's button, `gaitsmith estop`. */
  eStop(words: string): void;
}

export interface StudyParts extends StationInProcessParts {
  /** Called at the start of every run of the study. */
  readonly begun?: (study: StudyUnderWay) => void;
  /** Called at the very end, with the robot's state folder. */
  readonly over?: (stateDir: string) => void | Promise<void>;
  /**
   * Asked when a run has ended before the study's budget, with the robot's state folder: whether the same command is given
   * once more.
   */
  readonly again?: (end: RunEnd | GaitsmithError, stateDir: string) => Promise<boolean>;
}

/** Walks the seed gait once, with whatever befalls it, as often as the study's rules say. */
export async function studySeedGait(config: HardwareConfig, parts: StudyParts = {}): Promise<StudiedWalks> {
  const place = sqlitePlace();
  const storage = await place.open();
  const study = { ...config.study!, trials: 1, confirm: { walks: 0, candidates: 0 } };
  const definition = studyDefinition(config, study, LIMIT_NAMES);
  await storage.createStudy(definition);
  const said: StationMessage[] = [];
  const ends: (RunEnd | GaitsmithError)[] = [];
  const stops = new Set<Promise<boolean>>();
  let runner: StudyRunner | null = null;
  let station: StationInProcess | null = null;
  const patience = "reconnectWithin" in config.link ? (config.link.reconnectWithin ?? 60) : 0;
  const nobodyAsks = (): never => {
    throw new Error("there is one walk of the seed gait to be made");
  };
  const stationParts: StationInProcessParts = {
    ...parts,
    onMessage: (message) => {
      if (message.kind === "latched") runner?.latched(message.reason.words);
      parts.onMessage?.(message);
    },
  };
  const run = async (): Promise<RunEnd> => {
    runner = new StudyRunner({
      definition,
      plan: { ...study, prune: false },
      walk: { planned: plannedSeconds(config.walk), reports: reportCount(config.walk) },
      storage,
      sampler: {
        ask: nobodyAsks,
        confirm: nobodyAsks,
        conclude: async () => ({ champion: null, baseline: null }),
      },
      pruner: createPruner("none", {}, { study: study.name }),
      reward: await compileReward(study.reward),
      clock: systemClock,
      station: async () => {
        if (station?.gone === false) return station;
        await station?.close();
        const waited = station === null ? 0 : patience;
        const started = await StationInProcess.start(config, place.folder, waited, said, stationParts);
        station = started;
        return started;
      },
      gaitParameters: (parameters) => gaitParameters(config, parameters),
      recordingOf: () => null,
      recordingPath: (recording) => recording,
      adoptOutcome: async () => null,
      onEvent: () => {},
    });
    const running = runner;
    parts.begun?.({
      stop: (words) => running.stop(words),
      eStop: (words) => {
        running.latched(words);
        station?.eStop(words);
        // As a service does it: the station's own socket is the other way there.
        stops.add(sendEStop(place.folder, words));
      },
    });
    return running.run();
  };
  try {
    for (;;) {
      const end = await run().catch((error: unknown) => {
        if (error instanceof GaitsmithError && parts.again !== undefined) return error;
        throw error;
      });
      ends.push(end);
      if ("state" in end && end.state === "finished") break;
      await Promise.allSettled(stops);
      // The next command is another service, with a station of its own.
      await (station as StationInProcess | null)?.close();
      if (!(await parts.again?.(end, place.folder))) break;
      station = null;
    }
    await parts.over?.(place.folder);
    return {
      trials: await storage.trials(definition.name),
      failures: said.flatMap((message) => (message.kind === "failed" ? [errorOf(message)] : [])),
      logs: said.flatMap((message) => (message.kind === "log" ? [message.text] : [])),
      ends,
    };
  } finally {
    await (station as StationInProcess | null)?.close();
    await storage.close();
    await place.remove();
  }
}
