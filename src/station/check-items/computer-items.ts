/** Whether this computer can keep what a study brings: recordings are written, and there is room for all of them. */
import type { PreflightConfig } from "../../config/hardware-config.ts";
import type { Place } from "../disk-space.ts";
import type { ProbeResult } from "../recorder-probe.ts";
import { type CheckItem, inMilliseconds, itemsOf } from "./check-item.ts";

const item = itemsOf("computer");

/** A recorder that takes longer to finish a second of telemetry is behind before the first walk is over, s. */
const SLOW_DISK = 1;

/** @param probe null: nothing is recorded. @param folder for messages */
export function recorderItem(probe: ProbeResult | null, folder: string): CheckItem {
  const name = "recorder";
  if (probe === null) return item(name, "ok", "nothing is recorded");
  const { bytes, seconds, recorded, failure } = probe;
  if (failure !== null)
    return item(
      name,
      "missing",
      `a recording cannot be written: ${failure}`,
      `See that ${folder} can be written to, or run with --no-recording.`,
    );
  const words = `${recorded.toFixed(1)} s of telemetry in ${size(bytes)}, complete after ${(1000 * seconds).toFixed(0)} ms`;
  const measured = { value: inMilliseconds(seconds), unit: "ms", limit: inMilliseconds(SLOW_DISK) };
  if (seconds <= SLOW_DISK) return item(name, "ok", words, "", measured);
  return item(name, "warning", words, "Record to a faster disk, or close what else writes to it.", measured);
}

/**
 * @param need bytes that the study will still write there
 * @param basis what that is reckoned from, in words; "" when nothing is reckoned
 */
export function diskItem(
  { what, folder, free }: Place,
  need: number,
  basis: string,
  { minimumDiskSpace, diskSpaceWarning }: PreflightConfig,
): CheckItem {
  const name = what === "" ? "disk" : `disk of ${what}`;
  const refused = Math.max(minimumDiskSpace, need);
  const warned = Math.max(diskSpaceWarning, need + minimumDiskSpace);
  if (typeof free === "string")
    return item(name, "missing", `${folder}: ${free}`, "Give the study a folder on a disk that can be read.");
  const words = `${size(free)} free${need > 0 ? `, this study needs ${size(need)} (${basis})` : ""}`;
  const measured = { value: free, unit: "B", limit: refused };
  if (!(free >= refused))
    return item(
      name,
      "missing",
      `${words}, at least ${size(refused)} must be: ${folder}`,
      "Make room, take another disk, or run with --no-recording.",
      measured,
    );
  if (free < warned)
    return item(
      name,
      "warning",
      `${words}, less than ${size(warned)}: ${folder}`,
      "Make room before it runs out.",
      measured,
    );
  return item(name, "ok", words, "", measured);
}

const PREFIXES = ["B", "kB", "MB", "GB", "TB"];

function size(bytes: number): string {
  const power = Math.min(PREFIXES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${PREFIXES[power]}`;
}
