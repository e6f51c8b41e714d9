/**
 * Whether the node on the robot still says that it is there. Telemetry may come from other nodes: without the watchdog it
 * would go on, and nobody would stop the robot if the station died.
 */

import { CountedSilence } from "./counted-silence.ts";

/** The node tells its state ten times a second; silent for this long while the robot is armed, it counts as gone, s. */
const PATIENCE = 1;
const LOOK_EVERY_MS = 100;
/** Silence is counted in steps no longer than this: while this process itself stands still nobody is silent, s. */
const LONGEST_STEP = 0.2;

export class NodePresence {
  readonly #silence: CountedSilence;
  readonly #onGone: (seconds: number) => void;
  readonly #timer: NodeJS.Timeout;
  #armed = false;
  /** At the last look, s. */
  #before = 0;

  /**
   * @param now s, monotonic
   * @param onGone called once for each silence
   */
  constructor(now: () => number, onGone: (seconds: number) => void) {
    this.#silence = new CountedSilence(now, LONGEST_STEP);
    this.#onGone = onGone;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** @param armed what it says of the robot */
  heard(armed: boolean): void {
    this.#armed = armed;
    this.#silence.heard();
    this.#before = 0;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const silence = this.#silence.look();
    const gone = this.#before <= PATIENCE && silence > PATIENCE;
    this.#before = silence;
    if (this.#armed && gone) this.#onGone(silence);
  }
}
