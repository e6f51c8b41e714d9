/**
 * Sees a run through to its end. In lockstep it moves the robot's clock; in real time it only waits for what frames, ticks and
 * the service's messages do to the run. Here is also who notices that the service owes a decision for too long.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { driveLockstep } from "./lockstep-drive.ts";
import type { RobotClaim } from "./robot-claim.ts";
import type { RobotRun } from "./robot-run.ts";
import type { TrialRun } from "./trial-run.ts";

/** A report that nobody decides on for this long, ms of wall time, is the service's silence. */
const DECISION_PATIENCE_MS = 30_000;
/** While nothing changes, that is looked for this often, ms. */
const LOOK_MS = 1000;
/** At the end of a walk its last decisions are waited for this long, ms, and looked for this often. */
const LAST_DECISIONS_MS = 1000;
const LAST_LOOK_MS = LAST_DECISIONS_MS / 10;

export class RunDriver {
  readonly #wall: Clock;
  readonly #onForgotten: () => void;
  #wake: () => void = () => {};
  /** Of the report that the service owes a decision on, s of wall time. */
  #reportedAt = Number.POSITIVE_INFINITY;

  /** @param onForgotten the service does not decide on a report */
  constructor(wall: Clock, onForgotten: () => void) {
    this.#wall = wall;
    this.#onForgotten = onForgotten;
  }

  /** A report goes to the service, which owes a decision from now on. */
  reported(): void {
    this.#reportedAt = this.#wall.now();
  }

  decided(): void {
    this.#reportedAt = Number.POSITIVE_INFINITY;
  }

  /** Something changed that the driver may be waiting for. */
  wake(): void {
    this.#wake();
  }

  /** Resolves when the run is over. */
  async drive(
    run: RobotRun,
    { robot, clock, capabilities }: Pick<RobotClaim, "robot" | "clock" | "capabilities">,
  ): Promise<void> {
    // What an earlier run's end left undecided is nobody's debt any more.
    this.decided();
    if (capabilities.clock === "lockstep")
      await driveLockstep(run, {
        robot,
        clock,
        changed: () => this.#changed(),
        breathe: () => new Promise((resolve) => setImmediate(resolve)),
      });
    while (run.result === null) await this.#changed();
  }

  /**
   * In real time the walk may be over before the service has decided on its last report.
   *
   * @param service of which nothing is expected once it is not connected
   */
  async lastDecisions(
    run: Pick<TrialRun, "undecided">,
    service: { readonly connected: boolean },
  ): Promise<void> {
    const until = this.#wall.now() + LAST_DECISIONS_MS / 1000;
    while (run.undecided > 0 && service.connected && this.#wall.now() < until)
      await Promise.race([this.#changed(), pause(LAST_LOOK_MS, undefined, { ref: false })]);
  }

  /** Resolves at the next change, or soon enough to notice that the service has forgotten a report. */
  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        if (1000 * (this.#wall.now() - this.#reportedAt) > DECISION_PATIENCE_MS) this.#onForgotten();
        resolve();
      }, LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
