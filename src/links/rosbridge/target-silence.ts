/** Notices that no joint target has come for too long, from arming until the robot is off. */
import type { Clock } from "../../clock.ts";

export class TargetSilence {
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #missing: (silence: number) => void;
  #heardAt = Number.NaN;
  #timer: NodeJS.Timeout | null = null;

  /** @param timeout s @param missing called once, with how long it has been, s; then it has ended */
  constructor(timeout: number, clock: Clock, missing: (silence: number) => void) {
    this.#timeout = timeout;
    this.#clock = clock;
    this.#missing = missing;
  }

  begin(): void {
    this.end();
    this.heard();
    this.#look();
  }

  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #look = (): void => {
    const silence = this.#clock.now() - this.#heardAt;
    if (silence < this.#timeout) {
      this.#timer = setTimeout(this.#look, Math.ceil(1000 * (this.#timeout - silence)));
      return;
    }
    this.end();
    this.#missing(silence);
  };
}
