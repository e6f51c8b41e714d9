/**
 * After an e-stop somebody has to look at the robot. Where a person is asked anyway the study waits for them, instead of ending:
 * they say what they checked, and what the walk before was.
 */
import { setTimeout as pause } from "node:timers/promises";
import { describeError } from "../errors.ts";
import type { PromptDesk } from "./prompt-desk.ts";
import type { AnswerTo, ClosedLatch } from "./prompts.ts";
import type { LatchClearance } from "./safety-log.ts";

/** The latch is closed after the stop is written; it is waited for so long, s. */
const CLOSING_PATIENCE = 3;
const LOOK_MS = 100;

/** The latch of the robot, and the station that knows it is closed. */
export interface RobotLatch {
  /** As it is closed now, or null. */
  closed(): ClosedLatch | null;
  /** On whose word this latch was opened, or null. */
  clearance(id: string): LatchClearance | null;
  /** @throws BAD_USAGE when it is not the latch that is closed now */
  open(id: string, by: string, checked: string): void;
  /** Ends the station: the next one reads the latch anew. */
  renewStation(): Promise<void>;
}

export type Clearing = Pick<AnswerTo<"clear-latch">, "answer" | "note">;

/**
 * @param desk where it is asked
 * @param trial that was stopped, or is walked next
 * @param walked the walk before, while it may still be judged, else null
 * @returns what the person says of it once the latch is open; null when a stop ended the wait
 */
export async function clearLatch(
  latch: RobotLatch,
  desk: Pick<PromptDesk, "ask" | "withdraw">,
  trial: number,
  walked: number | null,
  signal: AbortSignal,
): Promise<Clearing | null> {
  let refused = "";
  for (;;) {
    const closed = await closing(latch, signal);
    if (signal.aborted) return null;
    // Opened before anybody could be asked.
    if (closed === null) return { answer: "cleared", note: "" };
    const over = new AbortController();
    const elsewhere = opened(latch, closed.id, over.signal).then((words) => {
      if (words !== null) desk.withdraw(words, "clear");
      return words;
    });
    const answer = await desk.ask<"clear-latch">(
      { kind: "clear-latch", trial, walked, latch: closed, refused },
      signal,
    );
    over.abort();
    if ((await elsewhere) !== null) return { answer: "cleared", note: "" };
    if (answer === null) return null;
    try {
      latch.open(closed.id, answer.person, answer.checked);
      return answer;
    } catch (error) {
      // It is another latch by now, or its folder cannot be written: asked again, with the reason.
      refused = describeError(error);
    }
  }
}

async function closing(latch: RobotLatch, signal: AbortSignal): Promise<ClosedLatch | null> {
  for (let waited = 0; waited < 1000 * CLOSING_PATIENCE && !signal.aborted; waited += LOOK_MS) {
    const closed = latch.closed();
    if (closed !== null) return closed;
    await pause(LOOK_MS);
  }
  return null;
}

/** Waits until somebody else has opened it, as `gaitsmith clear` does. @returns on whose word; null when it is over before */
async function opened(latch: RobotLatch, id: string, over: AbortSignal): Promise<string | null> {
  for (;;) {
    if (over.aborted) return null;
    if (latch.closed()?.id !== id) {
      const clearance = latch.clearance(id);
      return clearance === null ? "the latch is gone" : `${clearance.by}, checked: ${clearance.checked}`;
    }
    await pause(LOOK_MS, null, { signal: over }).catch(() => {});
  }
}
