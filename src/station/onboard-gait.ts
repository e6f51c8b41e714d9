/** The robot runs the gait by itself: it is told what to do, command by command. */
import type { CommandSender } from "./command-sender.ts";
import { startWalk, type WalkStart } from "./walk-start.ts";
import type { Walker } from "./walker.ts";

export class OnboardGait implements Walker {
  readonly targets = null;
  readonly #commands: CommandSender;
  readonly #stopNeutral: () => void;

  /** @param stopNeutral writes the stop `neutral` */
  constructor(commands: CommandSender, stopNeutral: () => void) {
    this.#commands = commands;
    this.#stopNeutral = stopNeutral;
  }

  get underway(): Promise<void> | null {
    return this.#commands.underway;
  }

  arm(armed: () => void): void {
    this.#commands.send({ kind: "arm" }, armed);
  }

  start(walk: WalkStart): void {
    startWalk(this.#commands, walk);
  }

  rampOut(): void {
    this.#stopNeutral();
  }

  disarm(disarmed: () => void, refused: () => boolean): void {
    this.#commands.send({ kind: "disarm" }, disarmed, refused);
  }

  onFrame(): void {}

  halt(): void {}
}
