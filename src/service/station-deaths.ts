/** Stations that die and links that are lost before a walk: how often they are started anew, and after what pause. */
import { setTimeout as pause } from "node:timers/promises";
import { codeOf } from "../errors.ts";

/** A station that dies this often in a row is not going to recover by itself. */
export const STATION_DEATHS_ALLOWED = 3;
/** Links that were lost before a walk had begun: a radio that comes and goes settles after a while. */
export const LINK_LOSSES_ALLOWED = 6;
/** Before such a link is opened anew; twice as long each time, s. */
const FIRST_PAUSE = 0.5;

/** Another station may do better. */
export function isWorthAnotherStation(error: unknown): boolean {
  const code = codeOf(error);
  return code === "STATION_FAILED" || code === "LINK_LOST";
}

/** @param deaths in a row, from 1 @param signal aborted: there is no other station to be paused for */
export function pauseAfter(deaths: number, signal: AbortSignal): Promise<void> {
  return pause(1000 * FIRST_PAUSE * 2 ** (deaths - 1), undefined, { signal }).catch(() => {});
}
