/**
 * Drives a trial whose robot's clock moves only when told to. The clock stands still while a command is unanswered or a
 * report undecided; between any two frames the loop yields, so that a stop is seen.
 */
import type { Clock } from "../clock.ts";
import { describeError } from "../errors.ts";
import type { Robot } from "../robot/robot.ts";
import type { RobotRun } from "./robot-run.ts";

export interface LockstepParts {
  readonly robot: Robot;
  /** The station's clock, which the robot moves. */
  readonly clock: Clock;
  /** Resolves when something about the trial has changed. */
  changed(): Promise<void>;
  /** Lets the process read its messages. */
  breathe(): Promise<void>;
}

/** Resolves when the trial is over. */
export async function driveLockstep(run: RobotRun, parts: LockstepParts): Promise<void> {
  while (run.result === null) {
    if (run.awaitingAnswer !== null) await run.awaitingAnswer;
    else if (run.awaitingDecision) await parts.changed();
    else {
      try {
        await parts.robot.advance();
      } catch (error) {
        run.linkLost(describeError(error));
      }
      // A robot may be silent: then the clock has moved and no frame has come.
      run.onTick(parts.clock.now());
      await parts.breathe();
    }
  }
}
