/** The robot's end of a link that is measured: telemetry at a rate, counted, and silence when it is asked for. */
import { machineTime } from "../machine-clock.ts";

/** `hush`: no telemetry from now on; `talk`: telemetry, counted from zero. */
export type TalkRequest = "talk" | "hush";

export class Talking {
  readonly #send: (seq: number) => void;
  #period = Number.POSITIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;
  #seq = 0;
  #counted = 0;

  /** @param send sends the frame of that number, now */
  constructor(send: (seq: number) => void) {
    this.#send = send;
    process.on("message", (request: TalkRequest) => this.#obey(request));
    this.#tick();
  }

  /** @param rate Hz */
  start(rate: number): void {
    this.#period = 1 / rate;
    this.#due = machineTime();
  }

  /** A timer alone would be late every time: what is due meanwhile is sent as well. */
  #tick(): void {
    const now = machineTime();
    for (; this.#due <= now; this.#due += this.#period) {
      this.#counted++;
      this.#send(++this.#seq);
    }
    setTimeout(() => this.#tick(), 1);
  }

  #obey(request: TalkRequest): void {
    process.send?.(this.#counted);
    if (request === "hush") this.#due = Number.POSITIVE_INFINITY;
    else {
      this.#counted = 0;
      this.#due = machineTime();
    }
  }
}
