/** Asking again for what a robot does not give yet. */
import { setTimeout as pause } from "node:timers/promises";
import { systemClock } from "../clock.ts";

/** A lease whose holder has been silent for 2 s may be taken over: it may have died a moment ago, s. */
export const LEASE_PATIENCE = 2.5;
const LOOK_AGAIN = 250;

/**
 * @param notYet whether it is worth asking again after this answer
 * @param seconds for how long after the first answer, wall time
 * @returns the last answer
 */
export async function askWhile<Answer>(
  ask: () => Promise<Answer>,
  notYet: (answer: Answer) => boolean | Promise<boolean>,
  seconds: number,
): Promise<Answer> {
  let answer = await ask();
  const until = systemClock.now() + seconds;
  while (systemClock.now() < until && (await notYet(answer))) {
    await pause(LOOK_AGAIN);
    answer = await ask();
  }
  return answer;
}
