/** Waits for what others do in real time. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** Looks every 2 ms. @param within s @throws when it did not come about in that time */
export async function until(condition: () => boolean, within = 2): Promise<void> {
  const end = performance.now() + 1000 * within;
  while (!condition()) {
    assert.ok(performance.now() < end, "nothing happened in time");
    await pause(2);
  }
}
