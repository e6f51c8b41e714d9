/** The board from one reset to the next: what its firmware knows in that time, and its end. */
import type { CpgNumbers } from "./body.ts";

/** Thrown through the loop when the board resets or is switched off. */
export class PowerCut extends Error {}

export class Life {
  /** What keeps it busy: `r` a gait, `k` a posture. */
  token = "";
  lastToken = "";
  /** Posture it took last. */
  lastCommand = "";
  /** The IMU is reported without being asked. */
  printing = false;
  /** It reacts to its gyroscope. */
  balancing = true;
  /** It does things when nobody talks to it. */
  random = false;
  paused = false;
  gait: CpgNumbers | null = null;
  /** Of a cycle of the gait. */
  samples = 0;
  /** s */
  walked = 0;
  #over = false;

  end(): void {
    this.#over = true;
    this.token = "";
  }

  /** Nothing is heard meanwhile. @throws PowerCut when the life ended in that time */
  async pass(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (this.#over) throw new PowerCut();
  }
}
