/**
 * Whatever watches a robot must never wait for a core behind a model that is being fitted. On Linux a priority is that of a
 * thread (setpriority(2), notes); elsewhere it would be the whole process's, and is left alone.
 */
import { constants, getPriority, setPriority } from "node:os";

const { PRIORITY_HIGH, PRIORITY_LOW, PRIORITY_NORMAL } = constants.priority;

/** This thread watches a robot. Not everybody may be urgent: then it is as it was. */
export function bePrompt(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(PRIORITY_HIGH);
  } catch {
    // It takes root, CAP_SYS_NICE or a limit of `nice` in limits.conf.
  }
}

/** What it inherits from a prompt thread is not for this one. */
export function beOrdinary(): void {
  if (process.platform === "linux" && getPriority() < PRIORITY_NORMAL) setPriority(PRIORITY_NORMAL);
}

/** This thread computes for seconds, and nobody waits for it. */
export function stepBack(): void {
  if (process.platform === "linux") setPriority(PRIORITY_LOW);
}
