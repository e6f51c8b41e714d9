/** What the link found out by itself, its round trip, its clocks and how old telemetry is. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { LinkDiagnostics, LinkFinding } from "../../robot/robot.ts";
import type { Listening } from "../robot-listening.ts";
import { type CheckItem, type CheckResult, itemsOf, milliseconds } from "./check-item.ts";

const item = itemsOf("link");

const RESULT_OF: Readonly<Record<LinkFinding["severity"], CheckResult>> = {
  error: "missing",
  warning: "note",
  info: "ok",
};

export function findingItem({ severity, where, what, remedy }: LinkFinding): CheckItem {
  return item(where, RESULT_OF[severity], what, remedy);
}

/** @param figures of the link, where it has any */
export function linkItems(
  figures: LinkDiagnostics | null,
  listening: Listening,
  { envelope }: HardwareConfig,
): CheckItem[] {
  const items: CheckItem[] = [];
  const known = (name: string): number => figures?.[name] ?? Number.NaN;
  const trip = known("roundTripMedian");
  if (Number.isFinite(trip))
    items.push(
      item("round trip", "ok", `p50 ${milliseconds(trip)}, p99 ${milliseconds(known("roundTrip99"))}`),
    );
  const offset = known("clockOffset");
  if (Number.isFinite(offset))
    items.push(
      item("clock offset", "ok", `${offset.toFixed(3)} s ± ${milliseconds(known("clockUncertainty"))}`),
    );
  const { median, high } = listening.ages;
  if (Number.isFinite(median)) items.push(ageItem(median, high, envelope["frame-age"].high));
  return items;
}

/** @param median of the ages, s, and so on */
function ageItem(median: number, high: number, limit: number): CheckItem {
  const words = `p50 ${milliseconds(median)}, p99 ${milliseconds(high)}, limit ${milliseconds(limit)}`;
  if (!(high > limit)) return item("telemetry age", "ok", words);
  const remedy =
    "Find what delays it: distance, other traffic, a busy computer; or allow more in limits.frame-age.";
  return item("telemetry age", "missing", words, remedy);
}
