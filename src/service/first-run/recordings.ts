/** Files of the walks of a first day. */
import { join } from "node:path";
import { makeFolder } from "../../paths.ts";
import type { FirstRunPorts } from "./ports.ts";

/** @returns a file that does not depend on earlier days, or null where nothing is recorded */
export function recordingOf({ recordings, now }: FirstRunPorts, walk: string): string | null {
  if (recordings === null) return null;
  makeFolder(recordings);
  const stamp = now().toISOString().replaceAll(/[:.]/g, "-");
  return join(recordings, `${walk}-${stamp}.mcap`);
}
