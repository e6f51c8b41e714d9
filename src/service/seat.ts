/**
 * Which browser tab holds a robot. Anybody may look and e-stop; to answer prompts, to pause and resume and to clear a latch a tab
 * holds the seat, while one does. It is a lease: its token goes with every request, and it ends when its tab is gone: the tab's
 * WebSocket is closed, or answers no pings (which browsers answer also for tabs whose timers they throttle), and the tab does
 * not come back with the same token, as it does after a reload.
 */
import { randomBytes } from "node:crypto";
import { fail } from "../errors.ts";

/** A tab that answers no ping for so long is taken for closed, s. */
export const PONG_PATIENCE = 3;
/** A tab that is closed may come back within this time, s. */
export const RELOAD_GRACE = 3;

export interface SeatParts {
  readonly robot: string;
  /** s, monotonic */
  readonly now: () => number;
  /** Somebody else sits there now, or nobody. */
  readonly onChange: () => void;
  /** Whoever sat there is gone, and did not say so. */
  readonly onGone: () => void;
}

interface Sitting {
  /** Known to the tab alone. */
  readonly token: string;
  /** Known to everybody. */
  readonly holder: string;
  /** Connections that have shown the token, and when they were last heard of. */
  readonly connections: Map<object, number>;
  /** Since when it has none, s. */
  alone: number;
}

export class Seat {
  readonly #parts: SeatParts;
  #sitting: Sitting | null = null;

  constructor(parts: SeatParts) {
    this.#parts = parts;
  }

  /** Who holds the robot, by a name that tells tabs apart; null: no tab. */
  get holder(): string | null {
    return this.#sitting?.holder ?? null;
  }

  /**
   * @param token of a tab that has had the seat, or null
   * @param take from the tab that has it; somebody has confirmed it
   * @throws SEAT_TAKEN
   */
  acquire(token: string | null, take: boolean): { readonly token: string; readonly holder: string } {
    const sitting = this.#sitting;
    if (sitting !== null && sitting.token === token) return sitting;
    if (sitting !== null && !take) this.#refuse();
    const made = {
      token: randomBytes(18).toString("base64url"),
      holder: randomBytes(6).toString("base64url"),
    };
    this.#sitting = { ...made, connections: new Map(), alone: this.#parts.now() };
    this.#parts.onChange();
    return made;
  }

  /** Gives the seat back, if that tab has it. */
  release(token: string): boolean {
    if (this.#sitting?.token !== token) return false;
    this.#sitting = null;
    this.#parts.onChange();
    return true;
  }

  /** @throws SEAT_TAKEN when another tab has the seat; where none has, any program may act */
  assertMayAct(token: string | null): void {
    if (this.#sitting !== null && this.#sitting.token !== token) this.#refuse();
  }

  /** A connection shows its token, answers a ping, or both. @returns whether it is the holder's */
  heard(connection: object, token: string | null): boolean {
    const sitting = this.#sitting;
    if (sitting === null) return false;
    if (token !== null && token !== sitting.token) return false;
    if (token === null && !sitting.connections.has(connection)) return false;
    sitting.connections.set(connection, this.#parts.now());
    return true;
  }

  closed(connection: object): void {
    const sitting = this.#sitting;
    if (sitting?.connections.delete(connection) && sitting.connections.size === 0)
      sitting.alone = this.#parts.now();
  }

  /** To be called often: sees that the holder is gone. */
  watch(): void {
    const sitting = this.#sitting;
    if (sitting === null) return;
    const now = this.#parts.now();
    for (const [connection, at] of sitting.connections) if (now - at > PONG_PATIENCE) this.closed(connection);
    if (sitting.connections.size > 0 || now - sitting.alone <= RELOAD_GRACE) return;
    this.#sitting = null;
    this.#parts.onChange();
    this.#parts.onGone();
  }

  #refuse(): never {
    fail("SEAT_TAKEN", {
      what: `another browser tab holds ${this.#parts.robot}`,
      remedy:
        "Take it over there with its button, or over HTTP: POST …/lease with {take: true, confirm: the robot's id}.",
    });
  }
}
