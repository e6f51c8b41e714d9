/**
 * Walks outside a study: a robot's station, and one walk after another with given gait parameters. What a walk lasts and what
 * limits it keeps to is the config's that the station was started with: whoever wants a shorter walk starts it with
 * `{ ...config, walk: … }`.
 */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Metrics } from "../config/metrics.ts";
import type {
  JogOutcome,
  JogPlan,
  ParameterAnswer,
  ParameterQuestion,
  StationMessage,
  TrialPlan,
  WalkOutcome,
} from "../station/messages.ts";
import { type Decision, type StartOptions, StationHost, type StationReport } from "./station-host.ts";

export interface LoneStationParts {
  readonly config: HardwareConfig;
  /** Where the robot's lock, latch and e-stop socket are. */
  readonly stateDir: string;
  /** E-stop over the station's own socket; resolves with whether a station took it. */
  readonly sendEStop: (reason: string) => Promise<boolean>;
  /** Closes the latch where no station could. */
  readonly latch: (reason: string) => void;
  /** Phases, live frames, logs, latches. */
  readonly onMessage?: (message: StationMessage) => void;
}

export interface LoneWalk {
  /** All of the gait's parameters, SI: `gaitParameters(config, config.seedGait)` for the seed gait. */
  readonly parameters: Readonly<Record<string, number>>;
  /** File that the walk is recorded to; null: nowhere. */
  readonly recording: string | null;
  /** Keys a simulated robot's variation. Default 0. */
  readonly seed?: number;
  /** Keys it too. Default: how many walks were before. */
  readonly suggestion?: number;
  /** Observes joints and distance: {@link WalkOutcome} then has `observed`. */
  readonly observe?: boolean;
  /** Judges every report; default: goes on to the end. */
  readonly decide?: (report: StationReport) => Decision | Promise<Decision>;
}

export interface LoneWalkEnd {
  readonly outcome: WalkOutcome;
  /** Of the last report; null when there was none. */
  readonly metrics: Metrics | null;
}

const GO_ON: Decision = { verdict: "go-on", reason: "" };

export class LoneStation {
  readonly #parts: LoneStationParts;
  readonly #host: StationHost;
  #walks = 0;
  /** What a simulated robot carries from walk to walk. */
  #carryOver: unknown = null;
  #stopped = false;
  #latched = false;

  private constructor(parts: LoneStationParts, host: StationHost) {
    this.#parts = parts;
    this.#host = host;
  }

  /**
   * Opens the link and takes the lease.
   *
   * @throws the station's own error: LINK_UNAVAILABLE, ROBOT_BUSY, ROBOT_LATCHED, …
   */
  static async start(parts: LoneStationParts, options: StartOptions = {}): Promise<LoneStation> {
    const { config, stateDir, onMessage = () => {} } = parts;
    return new LoneStation(parts, await StationHost.start(config, stateDir, { onMessage }, options));
  }

  get ready(): StationHost["ready"] {
    return this.#host.ready;
  }

  /** Its process has ended, or will: another one has to be started. */
  get gone(): boolean {
    return this.#host.gone;
  }

  /** {@link stop} or {@link eStop} was called: nothing walks any more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The robot was left latched. */
  get latched(): boolean {
    return this.#latched;
  }

  /**
   * One walk, from preflight to rest.
   *
   * @throws PREFLIGHT_REFUSED, ROBOT_REFUSED, STATION_FAILED, …
   */
  async walk(walk: LoneWalk): Promise<LoneWalkEnd> {
    const trial = this.#walks++;
    const { parameters, recording, seed = 0, suggestion = trial } = walk;
    const { observe = false, decide = () => GO_ON } = walk;
    let metrics: Metrics | null = null;
    const plan: TrialPlan = {
      trial,
      attempt: 1,
      parameters,
      seed,
      suggestion,
      carryOver: this.#carryOver,
      recording,
      ...(observe ? { observe } : {}),
    };
    const outcome = await this.#host.run(plan, async (report) => {
      metrics = report.metrics;
      return decide(report);
    });
    this.#carryOver = outcome.carryOver;
    this.#latched ||= outcome.latched;
    return { outcome, metrics };
  }

  /**
   * One joint out and back. Only robots whose station says no `jogProblem`.
   *
   * @throws as {@link walk} does
   */
  async jog(plan: JogPlan): Promise<JogOutcome> {
    const outcome = await this.#host.jog(plan);
    this.#latched ||= outcome.latched;
    return outcome;
  }

  /** What the robot holds, or another set to hold, between walks and without torque. */
  ask(question: ParameterQuestion): Promise<ParameterAnswer> {
    return this.#host.parameters(question);
  }

  /** A controlled stop; nothing latches. */
  stop(reason: string): void {
    this.#stopped = true;
    this.#host.stop(reason);
  }

  /**
   * A latched stop, through the channel and over the station's own socket.
   *
   * @returns whether the station took it
   */
  async eStop(reason: string): Promise<boolean> {
    this.#stopped = true;
    this.#latched = true;
    this.#host.eStop(reason);
    const taken = await this.#parts.sendEStop(reason);
    if (!taken) this.#parts.latch(reason);
    return taken;
  }

  /** Stops the robot, gives back the lease and waits for the process to end. Idempotent. */
  close(): Promise<void> {
    return this.#host.close();
  }
}
