/**
 * The cable between a robot in this process and whoever opens its path: a pseudo-terminal with a wire in each direction.
 * The path is a link to the present pseudo-terminal, so that it stays the same when the cable is pulled and put back.
 */
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/clock.ts";
import { type LineFaults, NO_FAULTS } from "./line-faults.ts";
import { PseudoTerminal } from "./pseudo-terminal.ts";
import { Wire } from "./wire.ts";

export interface LineOptions {
  /** Bits per second; Infinity (the default) takes no time. */
  readonly baud?: number;
  readonly faults?: LineFaults;
  /** Bytes from the host, as they arrive at the robot's UART. */
  readonly onBytes: (bytes: Uint8Array) => void;
}

export interface LineTap {
  toHost?: ((bytes: Uint8Array) => Uint8Array) | undefined;
  toRobot?: ((bytes: Uint8Array) => Uint8Array) | undefined;
}

export interface LineStatistics {
  readonly cuts: number;
  /** Frames by what befell them, per direction; empty without faults. */
  readonly toRobot: Wire["faults"];
  readonly toHost: Wire["faults"];
  /** Bytes for the host that found no room. */
  readonly dropped: number;
}

export class Line {
  /** What a program opens as its serial device. */
  readonly path: string;
  /** Somebody between the two ends, who hears what is sent, and may send something else instead. */
  readonly tap: LineTap = {};
  readonly #folder: string;
  readonly #options: LineOptions;
  #faults: LineFaults;
  readonly #toRobot: Wire;
  readonly #toHost: Wire;
  #terminal: PseudoTerminal | null = null;
  #pump: NodeJS.Timeout | null = null;
  #cut: NodeJS.Timeout | null = null;
  #closed = false;
  #cuts = 0;
  #dropped = 0;

  static async open(options: LineOptions): Promise<Line> {
    const line = new Line(options);
    try {
      await line.replug();
    } catch (error) {
      line.close();
      throw error;
    }
    return line;
  }

  private constructor(options: LineOptions) {
    this.#options = options;
    this.#faults = options.faults ?? NO_FAULTS;
    const wire = { baud: options.baud ?? Number.POSITIVE_INFINITY, faults: this.#faults };
    this.#toRobot = new Wire({ ...wire, direction: "to the robot" });
    this.#toHost = new Wire({ ...wire, direction: "to the host" });
    this.#folder = mkdtempSync(join(tmpdir(), "gaitsmith-serial-"));
    this.path = join(this.#folder, "tty");
  }

  /** Other faults from now on. How often the cable is cut stays as it was. */
  change(faults: LineFaults): void {
    this.#faults = { ...faults, cutEvery: this.#faults.cutEvery, cutFor: this.#faults.cutFor };
    this.#toRobot.change(faults);
    this.#toHost.change(faults);
  }

  /** Puts bytes on the line to the robot, as another host would. */
  inject(bytes: Uint8Array): void {
    this.#options.onBytes(bytes);
  }

  /** The robot's UART sends; without a cable the bytes are lost. */
  write(bytes: Uint8Array): void {
    if (this.#terminal === null) return;
    this.#toHost.push(this.tap.toHost?.(bytes) ?? bytes, systemClock.now());
    this.#deliver();
  }

  /** Puts bytes on the line to the host as noise would. */
  disturb(bytes: Uint8Array): void {
    this.#terminal?.write(bytes);
  }

  /** Pulls the cable: the device hangs up and its path is gone. Idempotent. */
  unplug(): void {
    if (this.#terminal === null) return;
    this.#cuts++;
    rmSync(this.path, { force: true });
    this.#toRobot.cut();
    this.#toHost.cut();
    this.#hangUp();
  }

  /** Puts the cable back. Idempotent. */
  async replug(): Promise<void> {
    if (this.#terminal !== null || this.#closed) return;
    const terminal = await PseudoTerminal.open((bytes) => {
      if (this.#terminal !== terminal) return;
      this.#toRobot.push(this.tap.toRobot?.(bytes) ?? bytes, systemClock.now());
      this.#deliver();
    });
    if (this.#closed) return terminal.close();
    this.#terminal = terminal;
    symlinkSync(terminal.path, this.path);
    const { cutEvery, cutFor } = this.#faults;
    if (cutEvery === 0) return;
    this.#cut = setTimeout(() => {
      this.unplug();
      this.#cut = setTimeout(() => void this.replug(), 1000 * cutFor);
    }, 1000 * cutEvery);
  }

  get statistics(): LineStatistics {
    return {
      cuts: this.#cuts,
      toRobot: this.#toRobot.faults,
      toHost: this.#toHost.faults,
      dropped: this.#dropped + this.#toHost.dropped + (this.#terminal?.dropped ?? 0),
    };
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#cut !== null) clearTimeout(this.#cut);
    this.#hangUp();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #hangUp(): void {
    if (this.#pump !== null) clearTimeout(this.#pump);
    this.#pump = null;
    this.#dropped += this.#terminal?.dropped ?? 0;
    this.#terminal?.close();
    this.#terminal = null;
  }

  /** Hands over what has arrived, and comes back for the rest. */
  #deliver(): void {
    const now = systemClock.now();
    const up = this.#toHost.take(now);
    if (up.length > 0) this.#terminal?.write(up);
    const down = this.#toRobot.take(now);
    if (down.length > 0) this.#options.onBytes(down);
    const next = Math.min(this.#toHost.nextArrival, this.#toRobot.nextArrival);
    if (this.#pump !== null || next === Number.POSITIVE_INFINITY) return;
    // Adapters pass bytes on in blocks, and timers are no finer: once a millisecond.
    this.#pump = setTimeout(() => {
      this.#pump = null;
      this.#deliver();
    }, 1);
  }
}
