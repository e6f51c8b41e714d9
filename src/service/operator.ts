/** The person at the robot, as the study runner meets them: which prompt is raised when. */
import { GaitsmithError } from "../errors.ts";
import type { ParameterSet } from "../optimizer/search-space.ts";
import { type PreflightItem, preflightPlace } from "../station/messages.ts";
import { type Clearing, clearLatch, type RobotLatch } from "./latch-clearing.ts";
import type { PromptDesk } from "./prompt-desk.ts";
import type { AnswerTo, MendKind } from "./prompts.ts";

export interface OperatorParts {
  readonly desk: Pick<PromptDesk, "ask" | "withdraw">;
  /** Whether the robot needs a person to get back to its start line; known once its station is ready. */
  readonly places: () => boolean;
  /** Whether this study has a person at its robot at all. */
  readonly attends: () => boolean;
  /** Asks before every walk, with its parameters. */
  readonly confirmNext: boolean;
  /** A distance typed beyond this is taken for a slip, m. */
  readonly longestDistance: number;
  /** SI unit of each tuned parameter, by name. */
  readonly units: Readonly<Record<string, string>>;
}

export interface NextWalk {
  readonly trial: number;
  readonly parameters: ParameterSet;
  readonly note: string;
}

/** What has to be done about a preflight item; what is neither battery nor heat is a fault to be looked for. */
const REMEDIES: readonly (readonly [PreflightItem, MendKind])[] = [
  ["battery", "swap-battery"],
  ["motor-temperature", "let-motors-cool"],
];

/** Every method resolves to null when a stop ended the wait. */
export class Operator {
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /**
   * Whether a walk that is over may still be walked again or discarded. Then it is not told before the next one begins; a
   * robot that returns by itself has nobody who would say so.
   */
  get judges(): boolean {
    return this.#parts.places();
  }

  /** @param walked the walk that may still be judged, or null */
  clearLatch(
    latch: RobotLatch,
    trial: number,
    walked: number | null,
    signal: AbortSignal,
  ): Promise<Clearing | null> {
    return clearLatch(latch, this.#parts.desk, trial, walked, signal);
  }

  /** @param walked the walk that may still be judged, or null */
  async beforeWalk(
    next: NextWalk,
    walked: number | null,
    signal: AbortSignal,
  ): Promise<AnswerTo<"place-on-start-line"> | null> {
    const { desk, confirmNext, places, units } = this.#parts;
    const { trial, note } = next;
    if (confirmNext) {
      const parameters = Object.entries(next.parameters).map(([name, value]) => {
        return { name, value, unit: units[name] ?? "" };
      });
      const answer = await desk.ask<"confirm-next">(
        { kind: "confirm-next", trial, note, parameters },
        signal,
      );
      if (answer?.answer !== "continue" || !places()) return answer;
    }
    if (!places()) return { answer: "continue", note: "" };
    return desk.ask<"place-on-start-line">({ kind: "place-on-start-line", trial, walked }, signal);
  }

  /** Whether there is somebody at the robot. */
  get attends(): boolean {
    return this.#parts.attends();
  }

  /** Closes the prompt that is open, since what it asks for has come about by itself. */
  withdraw(words: string): void {
    this.#parts.desk.withdraw(words);
  }

  /** What refuses before a walk and a person can mend: battery, heat, posture, a cable, whatever the robot itself says. */
  canMend(error: unknown): error is GaitsmithError {
    if (!(error instanceof GaitsmithError) || !this.#parts.attends()) return false;
    return error.code === "PREFLIGHT_REFUSED" || error.code === "ROBOT_REFUSED";
  }

  /** @param beforeStudy there is no trial yet that could be given up */
  mend(
    { where, message }: GaitsmithError,
    trial: number,
    signal: AbortSignal,
    beforeStudy = false,
  ): Promise<AnswerTo<MendKind> | null> {
    const kind = REMEDIES.find(([item]) => preflightPlace(item) === where)?.[1] ?? "clear-fault";
    const request = { kind, trial, reason: message, ...(beforeStudy && ({ beforeStudy } as const)) };
    return this.#parts.desk.ask(request, signal);
  }

  distance(trial: number, signal: AbortSignal): Promise<AnswerTo<"distance-walked"> | null> {
    const { desk, longestDistance } = this.#parts;
    return desk.ask<"distance-walked">({ kind: "distance-walked", trial, longest: longestDistance }, signal);
  }
}
