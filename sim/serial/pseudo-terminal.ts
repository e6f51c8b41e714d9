/**
 * A pseudo-terminal: a serial line without a wire. What is written to the path on one side is read here, and back.
 *
 * Processes that are started while it is open inherit this side of it: as long as one of them lives and has not closed it,
 * the line does not hang up.
 */
import { closeSync, constants, openSync, writeSync } from "node:fs";
import type { ReadStream } from "node:tty";

/** What node-pty's `open` returns and its types leave out. */
interface Pair {
  readonly _master: ReadStream;
  readonly _slave: ReadStream;
  readonly _fd: number;
  readonly _pty: string;
}

/** Bytes that may wait for a reader; a robot's UART drops what nobody takes. */
const MOST_WAITING = 1 << 16;

export class PseudoTerminal {
  /** What a program opens as its serial device. */
  readonly path: string;
  readonly #master: ReadStream;
  readonly #descriptor: number;
  /** Keeps the line up while no program has it open. */
  readonly #holder: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #open = true;
  /** Bytes thrown away because nobody read. */
  dropped = 0;

  /** @param onBytes gets what the other side writes */
  static async open(onBytes: (bytes: Uint8Array) => void): Promise<PseudoTerminal> {
    // A native module that only this needs.
    const { default: pty } = await import("@lydell/node-pty");
    const { open } = pty as unknown as { open(options: { encoding: null }): Pair };
    return new PseudoTerminal(open({ encoding: null }), onBytes);
  }

  private constructor(pair: Pair, onBytes: (bytes: Uint8Array) => void) {
    this.path = pair._pty;
    this.#holder = openSync(pair._pty, constants.O_RDWR | constants.O_NOCTTY);
    // node-pty reads its own end of the line, and would take bytes from whoever opens the path.
    pair._slave.destroy();
    this.#master = pair._master;
    this.#descriptor = pair._fd;
    this.#master.on("data", onBytes);
    this.#master.on("error", () => this.close());
  }

  write(bytes: Uint8Array): void {
    if (!this.#open) return;
    if (this.#waitingBytes + bytes.length > MOST_WAITING) {
      this.dropped += bytes.length;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#timer === null) this.#drain();
  }

  /** The other side sees its device hang up. Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#master.destroy();
    closeSync(this.#holder);
  }

  #drain(): void {
    this.#timer = null;
    while (this.#open && this.#waiting.length > 0) {
      const bytes = this.#waiting[0]!;
      let written = 0;
      try {
        written = writeSync(this.#descriptor, bytes);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) {
          this.close();
          return;
        }
      }
      this.#waitingBytes -= written;
      if (written === bytes.length) this.#waiting.shift();
      else {
        this.#waiting[0] = bytes.subarray(written);
        this.#timer = setTimeout(() => this.#drain(), 1);
        return;
      }
    }
  }
}
