/**
 * How OpenCatEsp32 takes a command out of its receive buffer (`read_serial` in `src/moduleManager.h`): the first byte is the
 * token, and everything that is there by then belongs to it. Two commands that wait together become one, of which the
 * second is lost or misread; hosts must not send one before the last is answered.
 */
import { systemClock } from "../../src/clock.ts";
import type { Life } from "./life.ts";

/** A command ends when nothing has come for so long, ms. */
const SERIAL_TIMEOUT = 10;

export interface ReadCommand {
  readonly token: string;
  /** What follows the token, up to its first terminator or the end. */
  readonly text: string;
  /** The length the firmware counts, which a second terminator makes differ from `text`'s. */
  readonly length: number;
}

/** Upper-case tokens carry bytes and end with `~`, the others text and end with a newline. */
export function terminatorOf(token: string): string {
  return isBinary(token) ? "~" : "\n";
}

function isBinary(token: string): boolean {
  return token >= "A" && token <= "Z";
}

/** @param taken everything that was read for this command, its token first */
export function asCommand(taken: string): ReadCommand {
  const token = taken[0] ?? "";
  let text = taken.slice(1);
  const terminator = terminatorOf(token);
  if (isBinary(token)) {
    if (text.endsWith(terminator)) text = text.slice(0, -1);
    return { token, text, length: text.length };
  }
  text = text.replace(/^[ \t]+/, "");
  // Every line end becomes the end of the text and takes one off its length.
  const ends = text.match(/[\r\n]/g)?.length ?? 0;
  const length = text.length - ends;
  const cut = text.replaceAll(/[\r\n]/g, "\0").slice(0, length);
  const end = cut.indexOf("\0");
  return { token, text: end < 0 ? cut : cut.slice(0, end), length };
}

export class ReceiveBuffer {
  #waiting = "";

  add(bytes: Uint8Array): void {
    this.#waiting += Buffer.from(bytes).toString("latin1");
  }

  clear(): void {
    this.#waiting = "";
  }

  /** @returns null when nothing waits */
  async read(life: Life): Promise<ReadCommand | null> {
    if (this.#waiting === "") return null;
    let taken = this.#waiting[0]!;
    this.#waiting = this.#waiting.slice(1);
    await life.pass(1);
    let heard = systemClock.now();
    while (true) {
      if (this.#waiting !== "") {
        taken += this.#waiting;
        this.#waiting = "";
        heard = systemClock.now();
      }
      if (taken.length > 1 && taken.endsWith(terminatorOf(taken[0]!))) break;
      if (1000 * (systemClock.now() - heard) >= SERIAL_TIMEOUT) break;
      await life.pass(1);
    }
    return asCommand(taken);
  }
}
