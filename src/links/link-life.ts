/** The life of a link: not open yet, open, lost, closed; who listens to it, and what is said to whoever uses it too late. */
import { fail } from "../errors.ts";
import type { RobotEvent } from "../robot/robot.ts";
import type { TelemetryFrame } from "../robot/telemetry-frame.ts";

export interface LinkLifeOptions {
  /** Device or address. */
  readonly where: () => string;
  /** What to do about a link that is gone. */
  readonly remedy: string;
  /** Told once when the link is lost, before the listener is. */
  readonly onLost: () => void;
}

export class LinkLife {
  /** Listeners of the robot, see `Robot.onFrame` and `Robot.onEvent`. */
  onFrame: (frame: TelemetryFrame) => void = () => {};
  onEvent: (event: RobotEvent) => void = () => {};
  readonly #options: LinkLifeOptions;
  #open = false;
  #closed = false;
  #lost: string | null = null;

  constructor(options: LinkLifeOptions) {
    this.#options = options;
  }

  /** Whether it has been opened, whatever came of it since. */
  get wasOpened(): boolean {
    return this.#open;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Why it was lost; null: it was not. */
  get lost(): string | null {
    return this.#lost;
  }

  opened(): void {
    this.#open = true;
  }

  closed(): void {
    this.#closed = true;
  }

  /** The first reason counts. Whoever is still opening the link hears of it from that. */
  lose(reason: string): void {
    if (this.#lost !== null || this.#closed) return;
    this.#lost = reason;
    this.#options.onLost();
    if (this.#open) this.onEvent({ kind: "link-lost", reason });
  }

  /** Frames that come while the link is being opened are nobody's. */
  deliver(frame: TelemetryFrame): void {
    if (this.#open) this.onFrame(frame);
  }

  /** @throws LINK_LOST, or LINK_UNAVAILABLE when it was closed */
  assertNotOver(): void {
    if (this.#closed || this.#lost !== null) this.gone();
  }

  /** @throws LINK_LOST, or LINK_UNAVAILABLE when it was closed or never opened */
  assertOpen(): void {
    if (!this.#open || this.#closed || this.#lost !== null) this.gone();
  }

  gone(): never {
    const { where, remedy } = this.#options;
    return fail(this.#lost === null ? "LINK_UNAVAILABLE" : "LINK_LOST", {
      what: this.#lost ?? "the link is closed",
      where: where(),
      remedy,
    });
  }
}
