/**
 * The latched stop, wherever it comes from: a person, the robot's button, the e-stop socket, or a run that ended so badly that somebody
 * has to look at the robot. The order is always the same: the stop is written to the robot, then the latch to the disk, then it is told.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import { describeError } from "../errors.ts";
import type { Robot, StopLevel } from "../robot/robot.ts";
import type { LatchRecord } from "../safety/latch.ts";
import type { EStopExercise } from "./estop-exercise.ts";
import type { EStopLevel } from "./estop-socket.ts";
import { writeLatch } from "./latch-file.ts";
import type { EndReason, EStopWay } from "./messages.ts";
import type { ServiceChannel } from "./service-channel.ts";
import type { StationState } from "./station-state.ts";

/** Whether the robot of a walk has confirmed its stop is waited for this long, and looked for this often, ms. */
const CONFIRM_PATIENCE_MS = 1000;
const LOOK_MS = 10;

export interface LatchedStopParts {
  readonly wall: Clock;
  readonly channel: Pick<ServiceChannel, "send" | "log">;
  readonly exercise: Pick<EStopExercise, "take">;
  readonly state: StationState;
  /** The robot from the moment its link is opened; null before. */
  readonly robot: () => Robot | null;
}

export class LatchedStop {
  readonly #parts: LatchedStopParts;
  /** Of the latch; null before the station was told which robot it is for. */
  #folder: string | null = null;
  /** Closed before the robot's folder was known. */
  #unwritten: LatchRecord | null = null;

  constructor(parts: LatchedStopParts) {
    this.#parts = parts;
  }

  /**
   * A latched stop; between walks, where one was asked for, an exercise.
   *
   * @param mark of the station's own exercise
   * @returns whether the robot confirmed it
   */
  async eStop(
    code: string,
    words: string,
    way: EStopWay = "service",
    mark: string | null = null,
    level: EStopLevel = "settle",
  ): Promise<boolean> {
    const { wall, exercise, state, robot } = this.#parts;
    const run = state.underway;
    if (run !== null && run.result === null) {
      run.eStop(code, words, level);
      const until = wall.now() + CONFIRM_PATIENCE_MS / 1000;
      while (!run.stopConfirmed && wall.now() < until) await pause(LOOK_MS, undefined, { ref: false });
      return run.stopConfirmed;
    }
    const exercised = run === null && !state.handingOver ? exercise.take(words, way, mark) : null;
    if (exercised !== null) return exercised;
    const stopped = robot()?.stop("cut") ?? Promise.resolve({ confirmed: false });
    this.close({ code, words, time: Number.NaN, channel: null, value: null, limit: null }, "cut");
    return stopped.then(
      ({ confirmed }) => confirmed,
      () => false,
    );
  }

  /** The stop has been written. The file comes next; a disk that refuses does not set the robot free. */
  close(reason: EndReason, level: StopLevel): void {
    const { wall, channel, state } = this.#parts;
    state.latched = true;
    const now = wall.date().toISOString();
    const { id, at } = this.#write({
      id: `${process.pid}-${now}`,
      code: reason.code,
      words: reason.words,
      at: now,
    });
    channel.send({ kind: "latched", reason, id, at, level });
  }

  /** @param folder the robot's, from now on: a stop asked for before is kept there, and the robot is not claimed */
  keepIn(folder: string): void {
    this.#folder = folder;
    const latch = this.#unwritten;
    this.#unwritten = null;
    if (latch !== null) this.#write(latch);
  }

  /** @returns the latch as it now stands */
  #write(latch: LatchRecord): LatchRecord {
    if (this.#folder === null) {
      this.#unwritten ??= latch;
      return this.#unwritten;
    }
    try {
      return writeLatch(this.#folder, latch);
    } catch (error) {
      this.#parts.channel.log("error", `the latch could not be written: ${describeError(error)}`);
      return latch;
    }
  }
}
