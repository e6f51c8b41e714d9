/**
 * A walk that waits for its robot's motors to cool: whoever is there is shown it, and need not do anything. The station goes on
 * by itself when they are cool, and the prompt closes.
 */
import { GaitsmithError } from "../errors.ts";
import { type Cooling, preflightPlace } from "../station/messages.ts";
import type { Operator } from "./operator.ts";

export interface CoolDownParts {
  readonly trial: number;
  /** Absent where nobody is asked anything. */
  readonly operator: Pick<Operator, "attends" | "mend" | "withdraw"> | undefined;
  /** A stop ends the wait. */
  readonly signal: AbortSignal;
  /** Writes down whether the walk still waits. */
  readonly remember: (waits: boolean) => Promise<void>;
  /** Ends the station's wait. */
  readonly giveUp: () => void;
  /** It has begun to wait. */
  readonly onWait: (cooling: Cooling) => void;
}

export class CoolDown {
  readonly #parts: CoolDownParts;
  #now: Cooling | null = null;
  #asking: Promise<void> | null = null;
  #remembered: Promise<void> = Promise.resolve();
  #skipped: string | null = null;

  constructor(parts: CoolDownParts) {
    this.#parts = parts;
  }

  /** The person's note when they gave the trial up, else null. */
  get skipped(): string | null {
    return this.#skipped;
  }

  /** @param cooling as the station tells it; null: it waits no longer */
  heard(cooling: Cooling | null): void {
    const waited = this.#now !== null;
    this.#now = cooling;
    if (waited !== (cooling !== null)) this.#remember(cooling !== null);
    if (cooling === null) {
      if (waited) this.#parts.operator?.withdraw("the motors are cool");
      return;
    }
    if (!waited) this.#parts.onWait(cooling);
    if (this.#parts.operator?.attends === true) this.#asking ??= this.#ask(this.#parts.operator);
  }

  /** The walk is over, however it went. */
  async end(): Promise<void> {
    this.heard(null);
    await this.#asking;
    await this.#remembered;
  }

  #remember(waits: boolean): void {
    this.#remembered = this.#remembered.then(() => this.#parts.remember(waits));
    // Told by `end`.
    this.#remembered.catch(() => {});
  }

  async #ask(operator: Pick<Operator, "mend">): Promise<void> {
    const { trial, signal, giveUp } = this.#parts;
    // Saying that it is done does not cool a motor: as long as they are hot, it is asked again.
    while (this.#now !== null && this.#skipped === null && !signal.aborted) {
      const hot = new GaitsmithError("PREFLIGHT_REFUSED", {
        what: coolingWords(this.#now),
        where: preflightPlace("motor-temperature"),
      });
      const answer = await operator.mend(hot, trial, signal);
      if (answer?.answer !== "skip") continue;
      this.#skipped = answer.note;
      giveUp();
    }
    this.#asking = null;
  }
}

/** `the hottest motor is at 71.2 °C and is to cool to 60 °C`. */
export function coolingWords({ hottest, wanted }: Cooling): string {
  return `the hottest motor is at ${hottest.toFixed(1)} °C and is to cool to ${wanted.toFixed(0)} °C`;
}
