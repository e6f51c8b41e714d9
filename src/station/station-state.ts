/**
 * What the station is at, and what may begin beside it. A robot does one thing at a time; who begins or ends something says so here,
 * and everybody else reads it at the moment of acting, for between a frame and the next anything may have ended.
 */
import { GaitsmithError } from "../errors.ts";
import type { JogRun } from "./jog-run.ts";
import type { RobotRun } from "./robot-run.ts";
import type { StudyPreflight } from "./study-preflight.ts";
import type { TrialRun } from "./trial-run.ts";

export class StationState {
  /** The walk under way. */
  trial: TrialRun | null = null;
  /** The jog under way. */
  jog: JogRun | null = null;
  /** The look at everything before a study's first walk. */
  preflight: StudyPreflight | null = null;
  /** A parameter set is being read or written. */
  handingOver = false;
  latched = false;
  /** The robot cannot be used any more: no further walk begins. */
  failed = false;
  /** Everything is being given back. */
  exiting = false;

  /** What frames, ticks, robot events and stops go to. */
  get underway(): RobotRun | null {
    return this.trial ?? this.jog;
  }

  /** The robot is moved, or written to: no walk begins, and no e-stop is for exercise. */
  get busy(): boolean {
    return this.underway !== null || this.handingOver;
  }

  /** Nothing is under way, not even a look. */
  get idle(): boolean {
    return !this.busy && this.preflight === null;
  }

  /** @throws ROBOT_LATCHED */
  assertNotLatched(): void {
    if (!this.latched) return;
    throw new GaitsmithError("ROBOT_LATCHED", {
      what: "the robot is latched",
      remedy: "Look at the robot, then open the latch.",
    });
  }
}
