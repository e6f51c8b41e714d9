/**
 * How the server finds messages in what a client sends (protocol.py): normally one text is one message; what cannot be read
 * is kept and prepended to the next one, in which a message is then sought from each opening bracket to each closing one.
 * A client that once sent rubbish with brackets may never be understood again.
 */
import { isWireObject, parseWire, type Wire } from "./wire-json.ts";

export type Envelope = { readonly [field: string]: Wire };

/** The real server keeps everything and tries everything; the simulated one gives up in time. */
const LONGEST_KEPT = 1_000_000;
const MOST_TRIED = 20_000;

export class IncomingText {
  #kept = "";
  #before = "";

  /** @param handle is called for every message, with or without an `op`, before the next one is sought */
  push(text: string, handle: (message: Envelope) => void): void {
    this.#kept += text;
    for (;;) {
      const message = this.#next();
      if (message === null) return;
      handle(message);
      // The server looks again for what is left, unless it has just looked at the same.
      if (message.op === undefined || this.#kept === "" || this.#kept === this.#before) return;
      this.#before = this.#kept;
    }
  }

  #next(): Envelope | null {
    const whole = read(this.#kept);
    if (whole !== undefined) {
      this.#kept = "";
      return isWireObject(whole) ? whole : null;
    }
    const found = this.#seek();
    if (this.#kept.length > LONGEST_KEPT) this.#kept = "";
    return found;
  }

  #seek(): Envelope | null {
    const text = this.#kept;
    let tried = 0;
    for (let start = text.indexOf("{"); start >= 0; start = text.indexOf("{", start + 1)) {
      let found: Envelope | null = null;
      for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}", end + 1)) {
        if (++tried > MOST_TRIED) return null;
        const value = read(text.slice(start, end + 1));
        if (!isWireObject(value)) continue;
        found = value;
        if (value.op === undefined || value.op === null) continue;
        this.#kept = text.slice(end + 1);
        break;
      }
      if (found !== null) return found;
    }
    return null;
  }
}

function read(text: string): Wire | undefined {
  try {
    return parseWire(text);
  } catch {
    return undefined;
  }
}
