import { constants, setPriority } from "node:os";

/**
 * Gives way to whatever watches a robot, which must never wait for a core behind a model that is being fitted. On Linux
 * a priority is that of a thread (setpriority(2), notes); elsewhere it would hold the whole process back, and is left alone.
 */
export function stepBack(): void {
  if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
}
