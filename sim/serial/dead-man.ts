/** The robot's dead-man: only answers to the challenges of fresh telemetry keep it from stopping. */
import { challengeOf, responseTo } from "../../firmware-protocol/codec/challenge.ts";

/** Silence of the host after which an armed robot damps, and after which it cuts, s. Real time only. */
export interface DeadManTimes {
  readonly settle: number;
  readonly cut: number;
}

export const DEAD_MAN_TIMES: DeadManTimes = { settle: 0.3, cut: 0.8 };

/** An answer to a frame older than this is stale, s. */
const FRESH = 0.2;

export class DeadMan {
  readonly #times: DeadManTimes;
  readonly #secret: number;
  /** When each fresh frame was sent, by its number, oldest first. */
  readonly #sent = new Map<number, number>();
  #fed = 0;
  #done: "settle" | "cut" | null = null;
  /** Keepalives that were not valid. */
  stale = 0;

  /** @param secret u32, another one after every boot */
  constructor(times: DeadManTimes, secret: number) {
    this.#times = times;
    this.#secret = secret;
  }

  /** @returns the challenge to send with this frame. @param now robot's clock, s */
  challenge(telemetrySeq: number, now: number): number {
    for (const [seq, at] of this.#sent) {
      // A clock that was set back makes everything before it stale.
      if (now - at >= 0 && now - at <= FRESH) break;
      this.#sent.delete(seq);
    }
    this.#sent.set(telemetrySeq, now);
    return challengeOf(this.#secret, telemetrySeq);
  }

  /** The robot has just got power: the host has the whole time to answer. */
  feed(now: number): void {
    this.#fed = now;
    this.#done = null;
  }

  /** A keepalive counts when it answers a fresh frame of this boot and comes from whoever holds the lease. */
  onKeepalive(telemetrySeq: number, response: number, leased: boolean, now: number): void {
    const sent = this.#sent.get(telemetrySeq);
    const fresh = sent !== undefined && now - sent >= 0 && now - sent <= FRESH;
    if (leased && fresh && response === responseTo(challengeOf(this.#secret, telemetrySeq))) this.feed(now);
    else this.stale++;
  }

  /** To be asked while the robot has power. @returns what to do now and has not been done yet, and after what silence, s */
  due(now: number): { readonly level: "settle" | "cut"; readonly silence: number } | null {
    const silence = now - this.#fed;
    const { settle, cut } = this.#times;
    const level = silence >= cut ? "cut" : silence >= settle ? "settle" : null;
    if (level === null || level === this.#done) return null;
    this.#done = level;
    return { level, silence };
  }
}
