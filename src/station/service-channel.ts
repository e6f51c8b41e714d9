/**
 * The station's end of the channel to the service: beats, silence, live frames at a bounded rate, bounded logs, and
 * outcomes repeated until they are acknowledged.
 */
import type { Clock } from "../clock.ts";
import {
  BEAT_INTERVAL_MS,
  LIVE_INTERVAL_MS,
  type ServiceMessage,
  SILENCE_LIMIT_MS,
  type StationMessage,
  type WalkOutcome,
} from "./messages.ts";

/** How messages travel: a child process's IPC channel. */
export interface Wire {
  /** @param sent called when the message has left, or cannot */
  send(message: StationMessage, sent: () => void): void;
  onMessage(listener: (message: ServiceMessage) => void): void;
  onDisconnect(listener: () => void): void;
}

export interface ServiceListener {
  onMessage(message: ServiceMessage): void;
  /** Nothing was heard for too long, or ever again: stop the robot. */
  onSilence(): void;
  onDisconnect(): void;
  /** Every time a beat is sent. */
  onBeat?(): void;
}

const OUTCOME_REPEAT_MS = 250;
/** Log messages a second; the rest is counted. */
const LOGS_PER_SECOND = 20;

export class ServiceChannel {
  readonly #wire: Wire;
  readonly #wall: Clock;
  readonly #beat: NodeJS.Timeout;
  #listener: ServiceListener | null = null;
  #lastHeard: number;
  #silent = false;
  /** It seems to be. */
  #looking = false;
  #connected = true;
  #liveUnderway = false;
  #lastLive = Number.NEGATIVE_INFINITY;
  #logSecond = 0;
  #logCount = 0;
  #logsDropped = 0;
  #outcome: {
    readonly outcome: WalkOutcome;
    readonly resolve: () => void;
    readonly repeat: NodeJS.Timeout;
  } | null = null;
  #sent: Promise<void> = Promise.resolve();

  /** @param wall the wall clock: silence is measured in wall time */
  constructor(wire: Wire, wall: Clock) {
    this.#wire = wire;
    this.#wall = wall;
    this.#lastHeard = wall.now();
    wire.onMessage((message) => this.#hear(message));
    wire.onDisconnect(() => {
      this.#connected = false;
      this.#settleOutcome();
      this.#listener?.onDisconnect();
    });
    this.#beat = setInterval(() => {
      this.send({ kind: "beat" });
      this.#listener?.onBeat?.();
      this.look();
    }, BEAT_INTERVAL_MS);
  }

  listen(listener: ServiceListener): void {
    this.#listener = listener;
  }

  /** Sees whether the service is silent: with every beat, and oftener where a robot walks in real time. */
  look(): void {
    const at = this.#wall.now();
    if (this.#silent || this.#looking || !this.#silentAt(at)) return;
    // A stall of our own is not the service's silence: what arrived until now is read within a whole turn of the event loop,
    // and a stall meanwhile does not count.
    this.#looking = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#looking = false;
        if (this.#silent || !this.#silentAt(at)) return;
        this.#silent = true;
        this.#listener?.onSilence();
      }),
    );
  }

  get connected(): boolean {
    return this.#connected;
  }

  send(message: StationMessage): void {
    if (!this.#connected) return;
    this.#sent = new Promise((resolve) => this.#wire.send(message, resolve));
  }

  /** Resolves when everything sent so far has left. */
  flush(): Promise<void> {
    return this.#connected ? this.#sent : Promise.resolve();
  }

  log(level: "debug" | "info" | "warn" | "error", text: string): void {
    const second = Math.floor(this.#wall.now());
    if (second !== this.#logSecond) {
      this.#logSecond = second;
      this.#logCount = 0;
    }
    if (++this.#logCount > LOGS_PER_SECOND) {
      this.#logsDropped++;
      return;
    }
    this.send({ kind: "log", level, text, dropped: this.#logsDropped });
    this.#logsDropped = 0;
  }

  /** A live frame may be sent: the last one was received, and long enough ago. */
  get liveDue(): boolean {
    return !this.#liveUnderway && 1000 * (this.#wall.now() - this.#lastLive) >= LIVE_INTERVAL_MS;
  }

  sendLive(message: Extract<StationMessage, { kind: "live" }>): void {
    this.#liveUnderway = true;
    this.#lastLive = this.#wall.now();
    this.send(message);
  }

  /** Sends an outcome until it is acknowledged. Resolves then, or when there is nobody left to acknowledge it. */
  deliver(outcome: WalkOutcome): Promise<void> {
    this.#settleOutcome();
    if (!this.#connected) return Promise.resolve();
    return new Promise((resolve) => {
      const repeat = setInterval(() => this.send({ kind: "outcome", outcome }), OUTCOME_REPEAT_MS);
      this.#outcome = { outcome, resolve, repeat };
      this.send({ kind: "outcome", outcome });
    });
  }

  close(): void {
    clearInterval(this.#beat);
    this.#settleOutcome();
  }

  #hear(message: ServiceMessage): void {
    this.#lastHeard = this.#wall.now();
    this.#silent = false;
    switch (message.kind) {
      case "beat":
        return;
      case "live-received":
        this.#liveUnderway = false;
        return;
      case "outcome-received": {
        const waiting = this.#outcome?.outcome;
        if (waiting?.trial === message.trial && waiting.attempt === message.attempt) this.#settleOutcome();
        return;
      }
      default:
        this.#listener?.onMessage(message);
    }
  }

  /** @param now s of wall time */
  #silentAt(now: number): boolean {
    return 1000 * (now - this.#lastHeard) > SILENCE_LIMIT_MS;
  }

  #settleOutcome(): void {
    if (this.#outcome === null) return;
    clearInterval(this.#outcome.repeat);
    this.#outcome.resolve();
    this.#outcome = null;
  }
}
