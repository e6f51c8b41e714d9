/** What the link found out by itself, its round trip, its clocks and how old telemetry is. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { Capabilities, LinkDiagnostics, LinkFinding } from "../../robot/robot.ts";
import { quantile } from "../quantile.ts";
import type { Listening } from "../robot-listening.ts";
import { type CheckItem, type CheckResult, inMilliseconds, itemsOf, milliseconds } from "./check-item.ts";

const item = itemsOf("link");

const RESULT_OF: Readonly<Record<LinkFinding["severity"], CheckResult>> = {
  error: "missing",
  warning: "warning",
  info: "ok",
};

const DELAYED = "Find what delays it: distance, other traffic, a busy computer";

export function findingItem({ severity, where, what, remedy }: LinkFinding): CheckItem {
  return item(where, RESULT_OF[severity], what, remedy);
}

/** What was asked of the robot while it was listened to. */
export interface RoundTrips {
  /** s each; empty where the link has no question */
  readonly seconds: readonly number[];
  /** Why it could not be asked (any more), in words; null when it could. */
  readonly failure: string | null;
}

/** @param figures of the link, where it has any */
export function linkItems(
  figures: LinkDiagnostics,
  trips: RoundTrips,
  listening: Listening,
  { clock }: Pick<Capabilities, "clock">,
  { envelope }: HardwareConfig,
): CheckItem[] {
  const limit = envelope["frame-age"].high;
  const items: CheckItem[] = [];
  if (clock === "realtime") {
    items.push(...tripItems(figures, trips, limit));
    items.push(...clockItems(figures, limit));
  }
  const { median, high } = listening.ages;
  if (Number.isFinite(median)) items.push(ageItem(median, high, limit));
  return items;
}

/** A robot that hears of a stop later than the oldest frame it may be judged by is farther away than its limits allow for. */
function tripItems(figures: LinkDiagnostics, { seconds, failure }: RoundTrips, limit: number): CheckItem[] {
  const name = "round trip";
  if (failure !== null)
    return [item(name, "missing", `the robot does not answer: ${failure}`, "Check the link.")];
  const sorted = seconds.toSorted((a, b) => a - b);
  const [median, high] =
    sorted.length > 0
      ? [quantile(sorted, 0.5), quantile(sorted, 0.99)]
      : [figures["roundTripMedian"] ?? Number.NaN, figures["roundTrip99"] ?? Number.NaN];
  if (!Number.isFinite(median)) return [];
  const measured = { value: inMilliseconds(high), unit: "ms", limit: inMilliseconds(limit) };
  const words = `p50 ${milliseconds(median)}, p99 ${milliseconds(high)}`;
  if (high <= limit) return [item(name, "ok", words, "", measured)];
  const slow = `${words}, limit ${milliseconds(limit)} (limits.frame-age)`;
  return [item(name, median > limit ? "missing" : "warning", slow, `${DELAYED}.`, measured)];
}

function clockItems(figures: LinkDiagnostics, limit: number): CheckItem[] {
  const { clockOffset: offset, clockUncertainty: uncertainty = Number.NaN } = figures;
  if (offset === undefined) return [];
  const name = "clock offset";
  const measured = { value: inMilliseconds(uncertainty), unit: "ms", limit: inMilliseconds(limit) };
  if (!Number.isFinite(offset))
    return [
      item(
        name,
        "missing",
        "the robot's clock is not known",
        "Check that it answers questions for its time.",
      ),
    ];
  const words = `${offset.toFixed(3)} s ± ${milliseconds(uncertainty)}`;
  if (uncertainty <= limit) return [item(name, "ok", words, "", measured)];
  return [item(name, "warning", `${words}, more than limits.frame-age`, `${DELAYED}.`, measured)];
}

/** @param median of the ages, s, and so on */
function ageItem(median: number, high: number, limit: number): CheckItem {
  const words = `p50 ${milliseconds(median)}, p99 ${milliseconds(high)}, limit ${milliseconds(limit)}`;
  const measured = { value: inMilliseconds(high), unit: "ms", limit: inMilliseconds(limit) };
  if (!(high > limit)) return item("telemetry age", "ok", words, "", measured);
  // A computer that was busy for a moment is no reason to refuse.
  const result = median > limit ? "missing" : "warning";
  return item("telemetry age", result, words, `${DELAYED}; or allow more in limits.frame-age.`, measured);
}
