/**
 * Whether the server at the other end of a socket still answers. rosbridge tells nobody when a computer is gone, and TCP
 * needs minutes to notice; a WebSocket's ping is answered by the server itself, whatever the robot does.
 *
 * Pinging every few milliseconds has a second use: a server that leaves Nagle's algorithm on holds small messages back until
 * the last one is acknowledged, which the kernel delays by 40 ms; something that has to be answered is acknowledged at once.
 */
import { CountedSilence } from "./counted-silence.ts";
import type { SocketTransport } from "./socket-transport.ts";

/** While the robot may move: ping this often, and give up after this long without a pong, s. */
const WATCHFUL = { every: 0.005, patience: 0.3 };
const AT_REST = { every: 0.2, patience: 1 };
/** A server that computes while we wait answers late, and a robot whose clock stands still cannot run away. */
const IN_LOCKSTEP = { every: 0.2, patience: 30 };
/** Looks come more often than this, s: what takes longer is this process standing still. */
const LONGEST_STEP = 0.05;

export interface LivenessOptions {
  readonly transport: SocketTransport;
  readonly lockstep: boolean;
  /** The station's clock, s; wall time. */
  readonly now: () => number;
  readonly onSilence: (seconds: number) => void;
}

export class Liveness {
  readonly #options: LivenessOptions;
  #timer: NodeJS.Timeout | null = null;
  #rhythm: { readonly every: number; readonly patience: number };
  #silence: CountedSilence;
  #pongAt = Number.NEGATIVE_INFINITY;
  #pingedAt = Number.NEGATIVE_INFINITY;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#rhythm = options.lockstep ? IN_LOCKSTEP : AT_REST;
    this.#silence = new CountedSilence(options.now, LONGEST_STEP);
  }

  /** The robot may move from now on, or may not. */
  set watchful(watchful: boolean) {
    if (this.#options.lockstep) return;
    this.#rhythm = watchful ? WATCHFUL : AT_REST;
    if (this.#timer !== null) this.start();
  }

  start(): void {
    this.stop();
    this.#silence = new CountedSilence(this.#options.now, LONGEST_STEP);
    const every = Math.min(this.#rhythm.every, LONGEST_STEP);
    this.#timer = setInterval(() => this.#check(), 1000 * every);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #check(): void {
    const { transport, now, onSilence } = this.#options;
    const { every, patience } = this.#rhythm;
    const time = now();
    let silence = this.#silence.look();
    if (transport.pongAt > this.#pongAt) {
      this.#pongAt = transport.pongAt;
      this.#silence.heard();
      silence = 0;
    }
    if (silence > patience) {
      this.stop();
      onSilence(silence);
      return;
    }
    // A timer comes a little late: half a step early is closer than a whole step late.
    if (time - this.#pingedAt < every - 0.0025) return;
    this.#pingedAt = time;
    transport.ping();
  }
}
