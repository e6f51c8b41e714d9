/**
 * Asking an mjbots quad for its state at a steady rate, each question with the command that is to hold, and waiting for what
 * its answers say.
 */
import type { Clock } from "../../clock.ts";
import { Durations } from "../durations.ts";
import { QuadConnection } from "./connection.ts";
import { type QuadStatus, readStatus } from "./status.ts";

/** Questions that may be unanswered: more only make what is heard older. */
const MOST_UNANSWERED = 2;

/** `mech/quadruped_command.h`, as far as it is used. */
export interface QuadCommand {
  readonly mode: "stopped" | "zero_velocity" | "rest" | "walk";
  readonly v_R?: readonly [number, number, number];
  readonly w_R?: readonly [number, number, number];
  readonly walk?: { readonly step_height: number; readonly maximize_flight: boolean };
}

interface Waiter {
  readonly holds: (status: QuadStatus) => boolean;
  readonly settle: (held: boolean) => void;
}

export interface QuadDialogueOptions {
  readonly url: string;
  /** Questions a second, Hz. */
  readonly rate: number;
  readonly clock: Clock;
  /** Told of every answer before those who wait for one are. @param now when it came, s */
  readonly onStatus: (status: QuadStatus, now: number) => void;
  readonly onLost: (reason: string) => void;
}

export class QuadDialogue {
  readonly #options: QuadDialogueOptions;
  readonly #roundTrips = new Durations();
  #connection: QuadConnection | null = null;
  #status: QuadStatus | null = null;
  /** What is to hold; null: nothing is asked of it. */
  #wanted: QuadCommand | null = null;
  #wish = 0;
  #waiters: Waiter[] = [];
  #askedAt: number[] = [];
  #poll: NodeJS.Timeout | null = null;
  #malformed = 0;
  #over = false;

  constructor(options: QuadDialogueOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#connection !== null;
  }

  /** Its newest answer; only to be asked for when there has been one. */
  get status(): QuadStatus {
    return this.#status!;
  }

  /** Counts changes of what is wanted: a later step of a stop is left out when something else is wanted by then. */
  get wish(): number {
    return this.#wish;
  }

  get figures(): Readonly<Record<string, number>> {
    return {
      malformed: this.#malformed,
      unanswered: this.#connection?.unanswered ?? 0,
      roundTripMedian: this.#roundTrips.quantile(0.5),
      roundTrip99: this.#roundTrips.quantile(0.99),
    };
  }

  /** Rejects with words when nobody is there. */
  async connect(): Promise<void> {
    const { url, onLost } = this.#options;
    this.#connection = await QuadConnection.open(url, { onReply: (text) => this.#onReply(text), onLost });
  }

  /** Timers come late, by a millisecond or more: what is missed by less than a period is caught up with. */
  askSteadily(): void {
    const { clock, rate } = this.#options;
    const period = 1 / rate;
    let due = clock.now();
    const tick = (): void => {
      const now = clock.now();
      if (now >= due) {
        this.#ask();
        due = Math.max(due + period, now - period);
      }
      this.#poll = setTimeout(tick, Math.max(1, Math.floor(1000 * (due - clock.now()))));
    };
    tick();
  }

  /** Written before this returns, and again with every question. @returns the wish */
  want(command: QuadCommand): number {
    this.#wanted = command;
    this.#wish++;
    this.#send();
    return this.#wish;
  }

  /** It is somebody else's again, or is not to be disturbed. */
  wantNothing(): void {
    this.#wanted = null;
  }

  /** Whether something will be true of its state within so many seconds; only of what it says from now on. */
  until(holds: (status: QuadStatus) => boolean, seconds: number): Promise<boolean> {
    if (this.#over) return Promise.resolve(false);
    // Answers to what was asked before tell of the time before.
    let earlier = this.#connection?.unanswered ?? 0;
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.settle(false), 1000 * seconds);
      const waiter: Waiter = {
        holds: (status) => --earlier < 0 && holds(status),
        settle: (held) => {
          clearTimeout(timer);
          this.#waiters = this.#waiters.filter((one) => one !== waiter);
          resolve(held);
        },
      };
      this.#waiters.push(waiter);
    });
  }

  /** Nothing more is asked, and nobody waits any longer. */
  end(): void {
    this.#over = true;
    if (this.#poll !== null) clearTimeout(this.#poll);
    for (const waiter of this.#waiters) waiter.settle(false);
  }

  async disconnect(): Promise<void> {
    this.end();
    await this.#connection?.close();
    this.#connection = null;
  }

  #ask(): void {
    if ((this.#connection?.unanswered ?? MOST_UNANSWERED) < MOST_UNANSWERED) this.#send();
  }

  #send(): void {
    const message = this.#wanted === null ? {} : { command: this.#wanted };
    if (this.#connection?.send(message)) this.#askedAt.push(this.#options.clock.now());
  }

  #onReply(text: string): void {
    const now = this.#options.clock.now();
    this.#roundTrips.add(now - (this.#askedAt.shift() ?? now));
    const status = readStatus(text);
    if (status === null) {
      this.#malformed++;
      return;
    }
    this.#status = status;
    this.#options.onStatus(status, now);
    for (const waiter of [...this.#waiters]) if (waiter.holds(status)) waiter.settle(true);
  }
}
