/** What the firmware prints: a buffer that the wire empties at its own pace, and noise on the way. */
import { systemClock } from "../../src/clock.ts";
import type { RandomStream } from "../random.ts";
import type { Life } from "./life.ts";

/** The wire of 115200 Bd carries so many bytes a second, and so many wait before a print blocks. */
const BYTES_PER_SECOND = 11_520;
const TRANSMIT_BUFFER = 128;

export class Printer {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #garbage: number;
  readonly #chance: RandomStream;
  #sentUntil = 0;

  /** @param garbage share of lines that are spoilt */
  constructor(write: (bytes: Uint8Array) => void, garbage: number, chance: RandomStream) {
    this.#write = write;
    this.#garbage = garbage;
    this.#chance = chance;
  }

  line(text: string): void {
    let line = `${text}\r\n`;
    if (this.#chance.uniform() < this.#garbage) {
      const at = Math.floor(this.#chance.uniform() * line.length);
      line = `${line.slice(0, at)}\u00fe\u00ff#${line.slice(at + 2)}`;
    }
    this.#write(Buffer.from(line, "latin1"));
    this.#sentUntil = Math.max(this.#sentUntil, systemClock.now()) + line.length / BYTES_PER_SECOND;
  }

  /** A print blocks while more waits to be sent than the buffer holds. */
  async room(life: Life): Promise<void> {
    const excess = this.#sentUntil - systemClock.now() - TRANSMIT_BUFFER / BYTES_PER_SECOND;
    if (excess > 0) await life.pass(1000 * excess);
  }
}
