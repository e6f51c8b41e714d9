/** A robot's station outside of a study, for commands that put a parameter set on it: asked, walked once, stopped. Wiring. */
import { systemClock } from "../clock.ts";
import type { HardwareConfig } from "../config/hardware-config.ts";
import type { Metrics } from "../config/metrics.ts";
import type { TestWalk } from "../service/apply/test-walk.ts";
import { StationHost, type StationReady } from "../service/station-host.ts";
import { sendEStop } from "../station/estop-socket.ts";
import { writeLatch } from "../station/latch-file.ts";
import type { ParameterAnswer, ParameterQuestion, StationMessage } from "../station/messages.ts";

/** Walks of no study: a simulated robot draws their variation from beyond the suggestions of any. */
const NO_SUGGESTION = 0x7fff_ffff;

export interface HeldRobotOptions {
  readonly config: HardwareConfig;
  readonly stateDir: string;
  readonly onMessage: (message: StationMessage) => void;
  readonly say: (words: string) => void;
}

export class HeldRobot {
  readonly #options: HeldRobotOptions;
  readonly #station: StationHost;
  readonly #signals: () => void;
  #stops = 0;
  readonly #stopped: AbortController;
  #latched = false;
  #eStop: Promise<void> | null = null;

  private constructor(options: HeldRobotOptions, station: StationHost, stopped: AbortController) {
    this.#options = options;
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
      const { config, stateDir, onMessage } = options;
      const start = { signal: starting.signal };
      const station = await StationHost.start(config, stateDir, { onMessage }, start);
      return new HeldRobot(options, station, starting);
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

  /** By an e-stop here. */
  get latched(): boolean {
    return this.#latched;
  }

  ask(question: ParameterQuestion): Promise<ParameterAnswer> {
    return this.#station.parameters(question);
  }

  /** @param parameters all of the gait's, SI */
  async walk(parameters: Readonly<Record<string, number>>, recording: string | null): Promise<TestWalk> {
    let metrics: Metrics | null = null;
    const plan = {
      ...{ trial: 0, attempt: 1, parameters, recording, carryOver: null },
      ...{ seed: 0, suggestion: NO_SUGGESTION },
    };
    const outcome = await this.#station.run(plan, async (report) => {
      metrics = report.metrics;
      return { verdict: "go-on", reason: "" };
    });
    return { outcome, metrics };
  }

  async close(): Promise<void> {
    this.#signals();
    await this.#eStop;
    await this.#station.close();
  }

  /** The first stops, the second is an e-stop; nobody is there to press twice after a hang-up. */
  #onSignal(signal: NodeJS.Signals): void {
    const { say, stateDir } = this.#options;
    this.#stopped.abort();
    if (++this.#stops === 1) {
      say(`${signal}: stopping the robot; once more is an e-stop`);
      this.#station.stop(`stopped by ${signal}`);
      return;
    }
    say("e-stop");
    const reason = `e-stop by ${signal}`;
    this.#latched = true;
    this.#station.eStop(reason);
    // The station's own socket works even when this process is too busy to be heard through the channel.
    this.#eStop ??= sendEStop(stateDir, reason).then((taken) => {
      const at = systemClock.date().toISOString();
      // Nobody else closes the latch then.
      if (!taken)
        writeLatch(stateDir, { id: `apply-${process.pid}`, code: "operator-stop", words: reason, at });
    });
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
