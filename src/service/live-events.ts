/** What the service tells its pages while a study runs: the events of the live stream, as plain JSON. */

import type { Channel } from "../robot/telemetry-frame.ts";
import type { Envelope } from "../safety/limit.ts";
import type { TrialPhase } from "../station/messages.ts";
import type { StudyDocument } from "../study/study-document.ts";
import type { AnsweredBy, ClosedPrompt, Prompt, WrittenAnswer } from "./prompts.ts";

/** Of an e-stop: `settle` is damped where the robot stands, `cut` is torque off at once. */
export type EStopLevel = "settle" | "cut";

export interface RobotStatus {
  readonly id: string;
  readonly name: string;
  readonly phase: TrialPhase;
  /** Why it is latched, or null. */
  readonly latched: string | null;
  readonly channels: readonly Channel[];
  readonly envelope: Envelope;
}

export interface StudyStatus {
  readonly study: string;
  /** `waiting` for a station, `running`, `paused`, `finished` its budget, or `stopped` by a person or a failure. */
  readonly state: "waiting" | "running" | "paused" | "finished" | "stopped";
  /** Why nothing new is walked, while that is so; there from when the pause was asked for, also while a walk still ends. */
  readonly paused?: string;
  /** Suggestions told so far and in all. */
  readonly done: number;
  readonly planned: number;
  /** Seconds of wall time until the budget is spent, or null while unknown. */
  readonly timeLeft: number | null;
  readonly words: string;
}

/** What a person at a robot is asked now, and what became of the prompt before. */
export interface PromptState {
  readonly open: Prompt | null;
  readonly closed: ClosedPrompt | null;
}

export type LiveEvent =
  | { readonly kind: "study"; readonly status: StudyStatus }
  | { readonly kind: "robot"; readonly robot: RobotStatus }
  /** A prompt was raised or closed. */
  | ({ readonly kind: "prompt"; readonly robot: string } & PromptState)
  /** Which tab holds the robot, by the name that its lease gave it; null: none does. */
  | { readonly kind: "seat"; readonly robot: string; readonly holder: string | null }
  /** A preflight is over: fetch the study's document again. */
  | { readonly kind: "preflight"; readonly study: string }
  /** A trial began, ended or changed: fetch the study's document again. */
  | { readonly kind: "trial"; readonly study: string; readonly trial: number }
  /** A report of the walk in progress, with the value the pruner wanted to see. */
  | {
      readonly kind: "report";
      readonly study: string;
      readonly trial: number;
      readonly step: number;
      readonly value: number | null;
      readonly threshold: number | null;
    }
  /** The robot's state now; at most 30 a second. `values` in the order of the robot's channels, null for NaN. */
  | {
      readonly kind: "frame";
      readonly robot: string;
      readonly trial: number | null;
      readonly phase: TrialPhase;
      readonly tRobot: number;
      readonly values: readonly (number | null)[];
      readonly margins: readonly (number | null)[];
    };

/** What the HTTP API needs of the service; the study runner implements it, tests drive it with a real one. */
export interface ServiceDoor {
  studies(): Promise<readonly StudyStatus[]>;
  document(study: string): Promise<StudyDocument | null>;
  robots(): readonly RobotStatus[];
  /** Latched stop; resolves once the station (or its local socket) has taken it. */
  eStop(
    robotId: string,
    reason: string,
    level?: EStopLevel,
  ): Promise<{ readonly taken: boolean; readonly words: string }>;
  /**
   * Opens a latch on a person's word.
   * @throws REQUEST_INVALID when it is not that one that is closed, ROBOT_LATCHED's own errors where it stays closed
   */
  clear(
    robotId: string,
    release: { readonly id: string; readonly by: string; readonly checked: string },
  ): void;
  /** The tab that held the robot is gone and did not say so: a walk in progress is stopped. */
  holderGone(robotId: string): void;
  prompt(robotId: string): PromptState;
  /** @throws PROMPT_CLOSED when that prompt is not open (any more), REQUEST_INVALID when it takes no such answer */
  answerPrompt(robotId: string, number: number, answer: WrittenAnswer, by: AnsweredBy): void;
  /**
   * Nothing new is walked until {@link resume}; the walk under way ends by itself, unless `now`: then it is stopped in a
   * controlled way, says nothing against its gait, and is walked again. Pausing twice changes nothing.
   *
   * @throws STUDY_UNKNOWN
   */
  pause(study: string, words: string, how?: { readonly now?: boolean }): void;
  /** @throws STUDY_UNKNOWN */
  resume(study: string): void;
  /** @returns unsubscribe */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}
