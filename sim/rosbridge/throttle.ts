/** What lies between a topic and a client: at most one message in so long, and a queue whose oldest is dropped (subscription_modifiers.py). */
import type { Publication } from "./ros-graph.ts";

export interface Pace {
  /** ms between messages; 0: none */
  readonly throttleRate: number;
  /** Messages that may wait; 0: none, what comes too early is dropped. */
  readonly queueLength: number;
}

/** While more than this waits in the socket, a queue holds its messages back, bytes. */
const CONGESTED = 64 * 1024;
/** How often a congested socket is looked at, ms. */
const LOOK_AGAIN = 2;

export interface Outlet {
  send(publication: Publication): void;
  /** Bytes that wait in the socket. */
  readonly waiting: number;
}

export class Throttle {
  readonly #outlet: Outlet;
  #pace: Pace = { throttleRate: 0, queueLength: 0 };
  #lastSent = Number.NEGATIVE_INFINITY;
  #queue: Publication[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** Messages that came too early, or found the queue full. */
  dropped = 0;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  set pace(pace: Pace) {
    this.#pace = pace;
    const { queueLength } = pace;
    if (queueLength > 0) this.#shorten();
    // Without a queue what waits is sent, if its time has come, or forgotten.
    else if (this.#queue.length > 0) {
      const waiting = this.#queue;
      this.#queue = [];
      for (const publication of waiting) if (this.#remaining() <= 0) this.#send(publication);
    }
    this.#flush();
  }

  push(publication: Publication): void {
    if (this.#pace.queueLength <= 0) {
      if (this.#remaining() <= 0) this.#send(publication);
      else this.dropped++;
      return;
    }
    this.#queue.push(publication);
    this.#shorten();
    this.#flush();
  }

  close(): void {
    this.#queue = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #flush(): void {
    if (this.#timer !== null) return;
    while (this.#queue.length > 0) {
      const wait = this.#outlet.waiting > CONGESTED ? LOOK_AGAIN : this.#remaining();
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = null;
          this.#flush();
        }, Math.ceil(wait));
        this.#timer.unref();
        return;
      }
      this.#send(this.#queue.shift()!);
    }
  }

  #send(publication: Publication): void {
    this.#lastSent = performance.now();
    this.#outlet.send(publication);
  }

  #shorten(): void {
    while (this.#queue.length > this.#pace.queueLength) {
      this.#queue.shift();
      this.dropped++;
    }
  }

  /** ms */
  #remaining(): number {
    const { throttleRate } = this.#pace;
    return throttleRate <= 0 ? 0 : Math.max(0, this.#lastSent + throttleRate - performance.now());
  }
}
