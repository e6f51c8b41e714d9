/**
 * A serial line as a stream of bytes. serialport opens it (settings, lock); reading goes through a TTY stream and
 * writing through `writeSync`, both on a descriptor of our own: serialport itself reads and writes in libuv's thread
 * pool, where anything busy (a disk, a compressor) delays a stop by tens of milliseconds.
 */
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import { SerialPort } from "serialport";
import { fail } from "../../errors.ts";

export interface LineListener {
  onBytes(bytes: Uint8Array): void;
  /** The other end is gone; called at most once, never after `close`. */
  onLost(reason: string): void;
}

export class SerialLine {
  readonly #path: string;
  readonly #port: SerialPort;
  readonly #descriptor: number;
  readonly #stream: ReadStream;
  #open = true;

  /** @throws LINK_UNAVAILABLE */
  static async open(path: string, baud: number, listener: LineListener): Promise<SerialLine> {
    const port = new SerialPort({ path, baudRate: baud, autoOpen: false });
    await new Promise<void>((resolve, reject) =>
      port.open((error) => (error ? reject(error) : resolve())),
    ).catch((error: unknown) => unavailable(path, error));
    // FTDI adapters hold bytes back for 16 ms unless told not to; others, and pseudo-terminals, do not know the option.
    await port.port?.set({ lowLatency: true } as never).catch(() => {});
    try {
      return new SerialLine(path, port, listener);
    } catch (error) {
      port.close(() => {});
      return unavailable(path, error);
    }
  }

  private constructor(path: string, port: SerialPort, listener: LineListener) {
    this.#path = path;
    this.#port = port;
    port.on("error", () => {});
    this.#descriptor = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    try {
      this.#stream = new ReadStream(this.#descriptor);
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
    const lost = (reason: string) => (): void => {
      if (!this.#open) return;
      void this.close();
      listener.onLost(`${path}: ${reason}`);
    };
    this.#stream.on("data", (bytes: Uint8Array) => {
      if (this.#open) listener.onBytes(bytes);
    });
    this.#stream.on("error", lost("the device failed"));
    this.#stream.on("end", lost("the device hung up"));
    this.#stream.on("close", lost("the device was closed"));
  }

  /**
   * Hands the bytes to the kernel before it returns.
   *
   * @returns false when the kernel does not take them because nobody reads at the other end; part of them may be
   * on their way
   * @throws LINK_LOST when the device is gone
   */
  write(bytes: Uint8Array): boolean {
    if (!this.#open) this.#gone();
    let written = 0;
    while (written < bytes.length) {
      try {
        written += writeSync(this.#descriptor, bytes, written);
      } catch (error) {
        const code = error instanceof Error && "code" in error ? error.code : "";
        if (code === "EAGAIN") return false;
        if (code !== "EINTR") this.#gone(error);
      }
    }
    return true;
  }

  /** Throws away what the kernel has not sent yet, so that a stop does not wait behind it. */
  discardUnsent(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#port.isOpen) this.#port.flush(() => resolve());
      else resolve();
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.destroy();
    // serialport reports a device that vanished as a failure to close it.
    await new Promise<void>((resolve) => {
      if (this.#port.isOpen) this.#port.close(() => resolve());
      else resolve();
    });
  }

  #gone(cause?: unknown): never {
    return fail("LINK_LOST", {
      what: `the serial line ${this.#path} is gone`,
      where: this.#path,
      remedy: "Check cable and power; the robot stops by itself.",
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** What the system says when it refuses, and what that means. */
const REFUSALS: readonly (readonly [says: RegExp, what: string, remedy: string])[] = [
  [
    /permission|EACCES/i,
    "you may not open the serial port",
    "Add yourself to the group that owns it (often `dialout`), then log in again.",
  ],
  [/lock|busy/i, "another program has the serial port open", "Close that program, then try again."],
  [
    /inappropriate ioctl|ENOTTY|is a directory/i,
    "that is not a serial device",
    "Name the robot's serial port in link.path of the hardware config.",
  ],
];

function unavailable(path: string, cause: unknown): never {
  const words = cause instanceof Error ? cause.message : String(cause);
  const [, what, remedy] = REFUSALS.find(([says]) => says.test(words)) ?? [
    null,
    `the serial port cannot be opened: ${words.replace(/^Error:?\s+/, "")}`,
    "Check link.path in the hardware config, the cable and the robot's power.",
  ];
  return fail("LINK_UNAVAILABLE", { what, where: path, remedy, cause });
}
