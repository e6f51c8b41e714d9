/**
 * The e-stop, exercised while the robot has no torque: it stops the robot as any other, and latches nothing, because it was asked for.
 *
 * Nothing here can weaken a real e-stop. An exercise is open only between walks; the station asks here only when no walk is in
 * progress, and a walk that begins ends it. The station's own exercise takes only the e-stop that carries its mark; a person's takes
 * whatever comes, since that is what they were asked for.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { ExercisedStop } from "./check-items/stop-items.ts";
import { sendEStop } from "./estop-socket.ts";
import type { EStopWay, StationMessage } from "./messages.ts";

/** One press may come by several ways, and a person presses twice: what follows within this time is the same one, s. */
const SAME_PRESS = 1;

export interface EStopExerciseParts {
  /** Wall time, s. */
  readonly wall: Clock;
  /** Cuts the robot. @returns whether it confirmed */
  readonly cut: () => Promise<boolean>;
  readonly tell: (message: Extract<StationMessage, { kind: "e-stop-exercised" }>) => void;
  readonly say: (words: string) => void;
}

type Asked = "own" | "first" | "again";

export class EStopExercise {
  readonly #parts: EStopExerciseParts;
  /** Of the station's own; null: none is underway. */
  #mark: string | null = null;
  #ownConfirmed = false;
  /** A person has been asked, and has not pressed yet. */
  #open = false;
  #pressedAt = Number.NaN;
  /** The robot's button is still down from its exercise; what is to be told once it is up. */
  #held: (() => void) | null = null;

  constructor(parts: EStopExerciseParts) {
    this.#parts = parts;
  }

  /**
   * The station's own: over the link alone, and as anybody's e-stop, through its socket.
   *
   * @param stateDir of the robot
   */
  async own(stateDir: string): Promise<readonly [direct: ExercisedStop, socket: ExercisedStop]> {
    const mark = randomUUID();
    const direct = await this.#timed(() => this.#parts.cut());
    this.#ownConfirmed = false;
    this.#mark = mark;
    const socket = await this.#timed(
      async () => (await sendEStop(stateDir, "preflight", mark)) && this.#ownConfirmed,
    );
    this.#mark = null;
    return [direct, socket];
  }

  /** A person has been asked to press. */
  ask(): void {
    this.#open = true;
    this.#pressedAt = Number.NaN;
  }

  /** It is over, done or not: from now on every e-stop is a real one. */
  close(): void {
    this.#open = false;
    this.#pressedAt = Number.NaN;
    this.#mark = null;
    this.#held = null;
  }

  /**
   * An e-stop has come while no walk is in progress.
   *
   * @param mark that it carries
   * @returns whether the robot confirmed the cut; null when it was not asked for: it is a real one
   */
  take(reason: string, way: EStopWay, mark: string | null): Promise<boolean> | null {
    const asked = this.#asked(mark);
    return asked === null ? null : this.#carryOut(asked, reason, way);
  }

  /** To be told of every frame between walks. @returns whether the button is down from its exercise, which is no news */
  button(pressed: boolean): boolean {
    if (this.#held === null || pressed) return this.#held !== null;
    this.#held();
    this.#held = null;
    return false;
  }

  #asked(mark: string | null): Asked | null {
    if (mark !== null) return mark === this.#mark ? "own" : null;
    const now = this.#parts.wall.now();
    if (!this.#open) return now - this.#pressedAt <= SAME_PRESS ? "again" : null;
    this.#open = false;
    this.#pressedAt = now;
    return "first";
  }

  async #carryOut(asked: Asked, reason: string, way: EStopWay): Promise<boolean> {
    const { tell, say } = this.#parts;
    let result: ExercisedStop | null = null;
    const told = (): void => {
      if (result !== null) tell({ kind: "e-stop-exercised", way, reason, ...result });
    };
    const byButton = asked === "first" && way === "button";
    if (byButton) {
      say("the stop button was pressed: release it, and the study goes on");
      this.#held = told;
    }
    result = await this.#timed(() => this.#parts.cut());
    if (asked === "own") this.#ownConfirmed = result.confirmed;
    // A button that was up again before the robot answered.
    if (asked === "first" && (!byButton || this.#held === null)) told();
    return result.confirmed;
  }

  async #timed(stop: () => Promise<boolean>): Promise<ExercisedStop> {
    const { wall } = this.#parts;
    const began = wall.now();
    const confirmed = await stop().catch(() => false);
    return { confirmed, seconds: wall.now() - began };
  }
}
