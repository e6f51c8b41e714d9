/** The battery, and what the firmware says and does when it is low (`src/reaction.h`). */
import { systemClock } from "../../src/clock.ts";
import type { Printer } from "./printer.ts";

/** V */
const LOW_VOLTAGE = 7.0;
const NO_BATTERY = 6.8;

export class Battery {
  /** V */
  voltage: number;
  readonly #printer: Printer;
  readonly #onLow: () => void;
  #low = false;
  #lastVoltage = 0;
  #warnings = 0;
  #checkedAt = -1;

  /** @param onLow the robot lies down */
  constructor(voltage: number, printer: Printer, onLow: () => void) {
    this.voltage = voltage;
    this.#printer = printer;
    this.#onLow = onLow;
  }

  /** Servos are not driven any more. */
  get low(): boolean {
    return this.#low;
  }

  /** The firmware has started anew. */
  forget(): void {
    this.#low = false;
    this.#warnings = 0;
    this.#checkedAt = -1;
  }

  /** Once a second, whenever the loop comes by. */
  check(): void {
    const second = Math.floor(systemClock.now());
    if (second === this.#checkedAt) return;
    this.#checkedAt = second;
    const volts = this.voltage;
    const steady = Math.abs(volts - this.#lastVoltage) < 0.2;
    this.#lastVoltage = volts;
    if (volts > NO_BATTERY && volts < LOW_VOLTAGE && steady) {
      if (!this.#low) this.#onLow();
      this.#low = true;
      if (this.#warnings++ % 10 === 0) {
        this.#printer.line(`Low power: ${volts.toFixed(2)}V. The robot won't move.`);
        this.#printer.line("Long-press the battery's button to turn it on!");
      }
    } else if (this.#low && volts > LOW_VOLTAGE + 0.2) {
      this.#printer.line(`Got ${volts.toFixed(2)} V power`);
      this.#low = false;
      this.#warnings = 0;
    }
  }
}
