/**
 * The service's end of a station: starts the child process, keeps the beat, hands over plans and decisions and
 * gives back outcomes. Knows nothing of studies.
 */
import { type ChildProcess, fork } from "node:child_process";
import type { HardwareConfig } from "../config/hardware-config.ts";
import { ERROR_CATALOGUE, type ErrorCode, GaitsmithError } from "../errors.ts";
import { entryPath } from "../paths.ts";
import {
  BEAT_INTERVAL_MS,
  type CheckItem,
  type Cooling,
  type JogOutcome,
  type JogPlan,
  type ParameterAnswer,
  type ParameterQuestion,
  type PreflightAsk,
  type ServiceMessage,
  type StationMessage,
  type TrialPlan,
  type WalkOutcome,
} from "../station/messages.ts";

export type StationReport = Extract<StationMessage, { kind: "report" }>;
export type StationReady = Extract<StationMessage, { kind: "ready" }>;

/** What became of an e-stop that a person was asked to press. */
export type ExercisedEStop = Omit<Extract<StationMessage, { kind: "e-stop-exercised" }>, "kind">;

/** A person has been asked to press their e-stop. */
export interface AskedEStop {
  /** Null when it was given up. Rejects when the process ends meanwhile. */
  readonly result: Promise<ExercisedEStop | null>;
  /** Nothing when it has come. */
  cancel(): void;
}

export interface Decision {
  readonly verdict: "go-on" | "stop";
  readonly reason: string;
  /** For the recording: the reward of the report, and what it had to reach. */
  readonly value?: number;
  readonly threshold?: number | null;
}

export interface StationListener {
  /** Every message that is not part of a walk's hand-shake: phases, live frames, logs, latches. */
  onMessage(message: StationMessage): void;
}

/**
 * A station that says nothing for this long is taken for frozen and killed; its robot has by then stopped through
 * its own dead-man. Far above the beat, because a loaded machine must not cost a walk.
 */
const FROZEN_AFTER_MS = 5000;
/**
 * A station that says nothing for this long while it starts is killed. It loads a whole physics engine meanwhile, perhaps
 * on a busy computer.
 */
const SILENT_START_MS = 20_000;
/** A station that lives and is not ready after this, beside the time a robot is waited for, is killed too. */
const LONGEST_START_MS = 120_000;
/** How long a station may take to give the lease back at shutdown. */
const SHUTDOWN_PATIENCE_MS = 5000;

interface Awaited<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

interface Walk {
  readonly plan: TrialPlan;
  readonly decide: (report: StationReport) => Promise<Decision>;
  readonly onCooling: (cooling: Cooling | null) => void;
  readonly resolve: (outcome: WalkOutcome) => void;
  readonly reject: (error: Error) => void;
}

interface Asked {
  readonly resolve: (answer: ParameterAnswer) => void;
  readonly reject: (error: Error) => void;
}

export interface StartOptions {
  /** How long a robot that cannot be reached is waited for, s. */
  readonly patience?: number;
  /** Aborted: the robot is not waited for any longer. */
  readonly signal?: AbortSignal;
  /** Aborted: the process is killed if it is not ready yet. */
  readonly kill?: AbortSignal;
  /** A station that says nothing for this long while it starts is killed, ms. */
  readonly silence?: number;
  /** What the robot is driven for, shown to whoever is refused. */
  readonly purpose?: string;
}

export class StationHost {
  readonly ready: StationReady;
  readonly #child: ChildProcess;
  readonly #beat: NodeJS.Timeout;
  readonly #listener: StationListener;
  readonly #exited: Promise<void>;
  #walk: Walk | null = null;
  #jog: {
    readonly plan: JogPlan;
    readonly resolve: (outcome: JogOutcome) => void;
    readonly reject: (error: Error) => void;
  } | null = null;
  #preflight: Awaited<readonly CheckItem[]> | null = null;
  #exercise: Awaited<ExercisedEStop | null> | null = null;
  /** Questions about parameters that have no answer yet, by number. */
  readonly #asked = new Map<number, Asked>();
  #questions = 0;
  #lastHeard = performance.now();
  #failure: GaitsmithError | null = null;
  #gone = false;

  private constructor(child: ChildProcess, ready: StationReady, listener: StationListener) {
    this.#child = child;
    this.ready = ready;
    this.#listener = listener;
    child.on("message", (message) => this.#receive(message as StationMessage));
    this.#exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#gone = true;
        clearInterval(this.#beat);
        const error = this.#failure ?? stationGone(code, signal);
        this.#endAll(error);
        for (const { reject } of this.#asked.values()) reject(error);
        this.#asked.clear();
        resolve();
      });
    });
    this.#beat = setInterval(() => this.#keepBeat(), BEAT_INTERVAL_MS);
  }

  /**
   * Starts a station for one robot and waits until its link is open and the lease is held.
   *
   * @throws the station's own error (LINK_UNAVAILABLE, ROBOT_BUSY, ROBOT_LATCHED, …), or STATION_NOT_STARTED
   */
  static start(
    config: HardwareConfig,
    stateDir: string,
    listener: StationListener,
    { patience = 0, signal, kill, silence = SILENT_START_MS, purpose }: StartOptions = {},
  ): Promise<StationHost> {
    const child = fork(entryPath("station"), [], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    return new Promise((resolve, reject) => {
      const onMessage = (raw: unknown): void => {
        const message = raw as StationMessage;
        silent.refresh();
        if (message.kind === "ready") {
          settle();
          resolve(new StationHost(child, message, listener));
        } else if (message.kind === "failed") {
          settle();
          reject(failureOf(message));
        } else {
          listener.onMessage(message);
        }
      };
      const onExit = (code: number | null, signal: string | null): void => {
        settle();
        reject(stationGone(code, signal));
      };
      const beat = setInterval(() => send(child, { kind: "beat" }), BEAT_INTERVAL_MS);
      const end = (what: string): void => {
        settle();
        child.kill("SIGKILL");
        reject(notStarted(what, stateDir));
      };
      const silent = setTimeout(() => end(`the station has said nothing for ${silence / 1000} s`), silence);
      const longest = LONGEST_START_MS + 1000 * patience;
      const late = setTimeout(() => end(`the station is not ready after ${longest / 1000} s`), longest);
      let impatience: NodeJS.Timeout | undefined;
      const giveUp = (): void => {
        send(child, { kind: "shutdown" });
        impatience ??= setTimeout(
          () => end("the station did not end when it was told to"),
          SHUTDOWN_PATIENCE_MS,
        );
      };
      const killNow = (): void => end("the station was killed before it was ready");
      signal?.addEventListener("abort", giveUp);
      kill?.addEventListener("abort", killNow);
      const settle = (): void => {
        clearInterval(beat);
        for (const timer of [silent, late, impatience]) clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        kill?.removeEventListener("abort", killNow);
        child.off("message", onMessage);
        child.off("exit", onExit);
      };
      child.on("message", onMessage);
      child.once("exit", onExit);
      child.on("error", () => {});
      send(child, {
        kind: "configure",
        config,
        stateDir,
        patience,
        ...(purpose === undefined ? {} : { purpose }),
      });
      if (signal?.aborted) giveUp();
    });
  }

  /** The process has ended, or has said why it will: close this one and start another. */
  get gone(): boolean {
    return this.#gone || this.#failure !== null;
  }

  /** Runs one walk. Rejects with STATION_FAILED (or the station's own failure) when the process ends meanwhile. */
  run(
    plan: TrialPlan,
    decide: (report: StationReport) => Promise<Decision>,
    onCooling: (cooling: Cooling | null) => void = () => {},
  ): Promise<WalkOutcome> {
    if (this.#gone) return Promise.reject(this.#failure ?? stationGone(null, null));
    return new Promise((resolve, reject) => {
      this.#walk = { plan, decide, onCooling, resolve, reject };
      this.#send({ kind: "run", plan });
    });
  }

  /** Jogs one joint. Rejects as {@link run} does. */
  jog(plan: JogPlan): Promise<JogOutcome> {
    if (this.#gone) return Promise.reject(this.#failure ?? stationGone(null, null));
    return new Promise((resolve, reject) => {
      this.#jog = { plan, resolve, reject };
      this.#send({ kind: "jog", plan });
    });
  }

  /** Looks at everything that a study needs. Rejects when the process ends meanwhile. */
  preflight(ask: PreflightAsk): Promise<readonly CheckItem[]> {
    if (this.#gone) return Promise.reject(this.#failure ?? stationGone(null, null));
    return new Promise((resolve, reject) => {
      this.#preflight = { resolve, reject };
      this.#send({ kind: "preflight", ask });
    });
  }

  /** The next e-stop, by whatever way, is an exercise, until it has come or this is cancelled, or a walk begins. */
  exerciseEStop(): AskedEStop {
    const result = new Promise<ExercisedEStop | null>((resolve, reject) => {
      if (this.#gone) reject(this.#failure ?? stationGone(null, null));
      this.#exercise = { resolve, reject };
      this.#send({ kind: "exercise-e-stop", open: true });
    });
    const cancel = (): void => {
      if (this.#exercise === null) return;
      this.#send({ kind: "exercise-e-stop", open: false });
      this.#exercise.resolve(null);
      this.#exercise = null;
    };
    return { result, cancel };
  }

  /** Between walks. Rejects when the process ends meanwhile. */
  parameters(question: ParameterQuestion): Promise<ParameterAnswer> {
    if (this.#gone) return Promise.reject(this.#failure ?? stationGone(null, null));
    const number = ++this.#questions;
    return new Promise((resolve, reject) => {
      this.#asked.set(number, { resolve, reject });
      this.#send({ kind: "parameters", number, question });
    });
  }

  /** A controlled stop of the walk in progress, if there is one. @param code of its reason */
  stop(reason: string, code = "operator-stop"): void {
    this.#send({ kind: "stop", reason, code });
  }

  /** Latched stop. */
  eStop(reason: string, level: "settle" | "cut" = "settle"): void {
    this.#send({ kind: "e-stop", reason, level });
  }

  /** Stops the robot, gives back the lease and waits for the process to end. Idempotent. */
  async close(): Promise<void> {
    if (!this.#gone) {
      this.#send({ kind: "shutdown" });
      const impatience = setTimeout(() => this.#child.kill("SIGKILL"), SHUTDOWN_PATIENCE_MS);
      await this.#exited;
      clearTimeout(impatience);
    }
  }

  #send(message: ServiceMessage): void {
    send(this.#child, message);
  }

  #keepBeat(): void {
    this.#send({ kind: "beat" });
    // What arrived until now is read between timers and immediates: a sleep of our own is not the station's silence.
    const now = performance.now();
    setImmediate(() => {
      if (now - this.#lastHeard > FROZEN_AFTER_MS) this.#child.kill("SIGKILL");
    });
  }

  #receive(message: StationMessage): void {
    this.#lastHeard = performance.now();
    switch (message.kind) {
      case "beat":
        return;
      case "report":
        void this.#decide(message);
        return;
      case "outcome": {
        const { trial, attempt } = message.outcome;
        this.#send({ kind: "outcome-received", trial, attempt });
        const walk = this.#walk;
        // An outcome is repeated until acknowledged: what is not the walk in progress has been heard before.
        if (walk?.plan.trial === trial && walk.plan.attempt === attempt) {
          this.#walk = null;
          walk.resolve(message.outcome);
        }
        return;
      }
      case "jogged": {
        const jog = this.#jog;
        if (jog?.plan.jog !== message.outcome.jog) return;
        this.#jog = null;
        jog.resolve(message.outcome);
        return;
      }
      case "preflight-result":
        this.#preflight?.resolve(message.items);
        this.#preflight = null;
        return;
      case "e-stop-exercised": {
        const { way, reason, confirmed, seconds } = message;
        this.#exercise?.resolve({ way, reason, confirmed, seconds });
        this.#exercise = null;
        return;
      }
      case "parameters":
        this.#asked.get(message.number)?.resolve(message.answer);
        this.#asked.delete(message.number);
        return;
      case "live":
        this.#listener.onMessage(message);
        this.#send({ kind: "live-received" });
        return;
      case "failed":
        this.#failure = failureOf(message);
        return;
      case "cooling":
        this.#walk?.onCooling(message.cooling);
        return;
      case "phase":
        // Whatever it waited for, it is armed now, or done.
        if (message.phase !== "preflight") this.#walk?.onCooling(null);
        this.#listener.onMessage(message);
        return;
      default:
        this.#listener.onMessage(message);
    }
  }

  async #decide(report: StationReport): Promise<void> {
    const walk = this.#walk;
    if (walk?.plan.trial !== report.trial || walk.plan.attempt !== report.attempt) return;
    const { trial, attempt, step } = report;
    try {
      const decision = await walk.decide(report);
      this.#send({ kind: "decision", trial, attempt, step, ...decision });
    } catch (error) {
      // A report that cannot be scored or stored stops the robot first, then fails the study.
      this.#send({ kind: "stop", reason: "the service could not store a report" });
      this.#endWalk(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #endAll(error: Error): void {
    this.#preflight?.reject(error);
    this.#exercise?.reject(error);
    this.#preflight = null;
    this.#exercise = null;
    this.#endWalk(error);
  }

  #endWalk(error: Error): void {
    const walk = this.#walk;
    this.#walk = null;
    walk?.reject(error);
    this.#jog?.reject(error);
    this.#jog = null;
  }
}

function send(child: ChildProcess, message: ServiceMessage): void {
  // A station that just died shows up as "exit"; writing to its closed channel is not news.
  if (child.connected) child.send(message, () => {});
}

function stationGone(code: number | null, signal: string | null): GaitsmithError {
  const how = signal === null ? `exit status ${code}` : `signal ${signal}`;
  return new GaitsmithError("STATION_FAILED", {
    what: `the station process ended (${how}) while the study was running`,
    remedy: "Run the same command again: the study continues, the unfinished walk is tried once more.",
  });
}

function notStarted(what: string, stateDir: string): GaitsmithError {
  return new GaitsmithError("STATION_NOT_STARTED", {
    what,
    where: stateDir,
    remedy: "See that the robot's state folder and its device can be used, then run the same command again.",
  });
}

function failureOf(message: Extract<StationMessage, { kind: "failed" }>): GaitsmithError {
  const code = (message.code in ERROR_CATALOGUE ? message.code : "STATION_FAILED") as ErrorCode;
  return new GaitsmithError(code, {
    what: message.what,
    ...(message.where === null ? {} : { where: message.where }),
    ...(message.remedy === null ? {} : { remedy: message.remedy }),
  });
}
