/** A robot's station for commands that put a parameter set on it, and what signals do to it meanwhile. Wiring. */
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { LoneStation, LoneWalkEnd } from "../service/lone-walk.ts";
import type { StationReady } from "../service/station-host.ts";
import type { ParameterAnswer, ParameterQuestion, StationMessage } from "../station/messages.ts";
import { startLoneStation } from "./lone-station.ts";

/** Walks of no study: a simulated robot draws their variation from beyond the suggestions of any. */
const NO_SUGGESTION = 0x7fff_ffff;

export interface HeldRobotOptions {
  readonly config: HardwareConfig;
  readonly stateDir: string;
  readonly onMessage: (message: StationMessage) => void;
  readonly say: (words: string) => void;
}

export class HeldRobot {
  readonly #say: (words: string) => void;
  readonly #station: LoneStation;
  readonly #signals: () => void;
  #stops = 0;
  readonly #stopped: AbortController;
  #eStops: Promise<unknown> = Promise.resolve();

  private constructor(say: (words: string) => void, station: LoneStation, stopped: AbortController) {
    this.#say = say;
    this.#station = station;
    this.#stopped = stopped;
    const onSignal = (signal: NodeJS.Signals): void => this.#onSignal(signal);
    for (const signal of SIGNALS) process.on(signal, onSignal);
    this.#signals = () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    };
  }

  /** @throws what a station throws that cannot have the robot */
  static async open(options: HeldRobotOptions): Promise<HeldRobot> {
    const starting = new AbortController();
    const giveUp = (): void => starting.abort();
    for (const signal of SIGNALS) process.on(signal, giveUp);
    try {
      const { config, stateDir, onMessage, say } = options;
      const station = await startLoneStation(config, stateDir, onMessage, { signal: starting.signal });
      return new HeldRobot(say, station, starting);
    } finally {
      for (const signal of SIGNALS) process.off(signal, giveUp);
    }
  }

  get ready(): StationReady {
    return this.#station.ready;
  }

  /** Aborted at the first signal. */
  get stopped(): AbortSignal {
    return this.#stopped.signal;
  }

  /** By an e-stop here, or by its walk. */
  get latched(): boolean {
    return this.#station.latched;
  }

  ask(question: ParameterQuestion): Promise<ParameterAnswer> {
    return this.#station.ask(question);
  }

  /** @param parameters all of the gait's, SI */
  walk(parameters: Readonly<Record<string, number>>, recording: string | null): Promise<LoneWalkEnd> {
    return this.#station.walk({ parameters, recording, suggestion: NO_SUGGESTION });
  }

  async close(): Promise<void> {
    this.#signals();
    await this.#eStops;
    await this.#station.close();
  }

  /** The first stops, the second is an e-stop; nobody is there to press twice after a hang-up. */
  #onSignal(signal: NodeJS.Signals): void {
    this.#stopped.abort();
    if (++this.#stops === 1) {
      this.#say(`${signal}: stopping the robot; once more is an e-stop`);
      this.#station.stop(`stopped by ${signal}`);
      return;
    }
    this.#say("e-stop");
    this.#eStops = Promise.all([this.#eStops, this.#station.eStop(`e-stop by ${signal}`)]);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
