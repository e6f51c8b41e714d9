/**
 * Brings the robot to rest and sees it through: the stop is written at once, made harder when something worse turns up,
 * followed by a cut when the robot does not confirm it, and watched until it rests.
 */
import type { Clock } from "../clock.ts";
import { describeError } from "../errors.ts";
import type { Robot, StopLevel } from "../robot/robot.ts";
import type { EventLevel } from "./trial-parts.ts";

/** After the stop is confirmed the way to rest is watched and recorded for this long, s: longer than settling takes. */
const REST_SECONDS = 0.6;
/** A stop that is not confirmed within this time is followed by a cut, and that one is waited for as long, s. */
const CONFIRM_PATIENCE = 0.5;

/** @param tRobot robot time, s; null: that of the newest frame */
export type Note = (level: EventLevel, name: string, words: string, tRobot: number | null) => void;

export class SafeStop {
  readonly #robot: Robot;
  readonly #clock: Clock;
  readonly #note: Note;
  #level: StopLevel | null = null;
  #firstLevel: StopLevel = "cut";
  #since = 0;
  #confirmed = false;
  #eStop = false;

  constructor(robot: Robot, clock: Clock, note: Note) {
    this.#robot = robot;
    this.#clock = clock;
    this.#note = note;
  }

  /** A safe stop is under way or done. */
  get engaged(): boolean {
    return this.#level !== null;
  }

  /** A person asked for it: it latches. */
  get isEStop(): boolean {
    return this.#eStop;
  }

  /** The level it began with or was made to by a later cause; a cut for want of confirmation does not count. */
  get level(): StopLevel {
    return this.#firstLevel;
  }

  get confirmed(): boolean {
    return this.#confirmed;
  }

  /** Writes the stop before anything else. A milder level never softens a harder one. */
  engage(level: "settle" | "cut", eStop: boolean): void {
    if (this.#level === null || (level === "cut" && this.#level !== "cut")) {
      this.#firstLevel = level;
      this.#begin(level);
    }
    this.#eStop ||= eStop;
  }

  /**
   * To be called on every frame and tick while engaged.
   *
   * @returns whether the robot rests: confirmed and watched, or cut and given up on
   */
  watch(): boolean {
    if (this.#level === null) return false;
    const waited = this.#clock.now() - this.#since;
    if (this.#confirmed) {
      if (waited < REST_SECONDS) return false;
      // Settling ends without torque; saying so once more leaves no doubt.
      if (this.#level !== "cut") void this.#write("cut");
      return true;
    }
    if (waited < CONFIRM_PATIENCE) return false;
    if (this.#level === "cut") return true;
    this.#begin("cut");
    return false;
  }

  #begin(level: "settle" | "cut"): void {
    this.#level = level;
    this.#since = this.#clock.now();
    this.#confirmed = false;
    void this.#write(level).then((confirmed) => {
      this.#confirmed ||= confirmed;
    });
  }

  #write(level: StopLevel): Promise<boolean> {
    return writeStop(this.#robot, level, this.#note);
  }
}

/** Writes a stop, notes when it was sent and when it took effect. Never rejects. @returns whether it was confirmed */
export async function writeStop(robot: Robot, level: StopLevel, note: Note): Promise<boolean> {
  try {
    const sent = robot.stop(level);
    note("info", "stop-sent", level, null);
    const { confirmed, tRobot } = await sent;
    if (confirmed) note("info", "stop-confirmed", level, tRobot);
    else note("warn", "stop-unconfirmed", unconfirmedWords(level), tRobot);
    return confirmed;
  } catch (error) {
    note("error", "stop-failed", describeError(error), null);
    return false;
  }
}

function unconfirmedWords(level: StopLevel): string {
  return level === "cut"
    ? "the robot did not confirm that it cut its torque: its own dead-man must have stopped it, look at it"
    : `the robot did not confirm the stop (${level})`;
}
