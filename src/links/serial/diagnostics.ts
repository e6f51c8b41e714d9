/** How a serial link has done: its own figures, and those the robot counts at its end. */
import type { FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import type { MessageOf } from "../../../firmware-protocol/codec/message-table.ts";
import type { LinkDiagnostics } from "../../robot/robot.ts";
import type { ClockSync } from "./clock-sync.ts";
import type { Durations } from "./durations.ts";
import type { EventLog } from "./events.ts";
import type { Requests } from "./requests.ts";

export interface LinkFigures {
  readonly reader: FrameReader;
  readonly requests: Requests;
  readonly sync: ClockSync;
  readonly delays: Durations;
  readonly events: EventLog;
  readonly counts: TelemetryCounts;
}

export interface TelemetryCounts {
  /** Telemetry frames handed on. */
  telemetry: number;
  /** Gaps in their numbers. */
  telemetryMissed: number;
  /** Frames that were no messages, or had samples of other channels. */
  malformed: number;
  keepalives: number;
}

/** @param robot what the robot counted, null when it was not asked or did not answer */
export function diagnosticsOf(link: LinkFigures, robot: MessageOf<"statistics"> | null): LinkDiagnostics {
  const { reader, requests, sync, delays, events, counts } = link;
  const { kind: _, ...robotCounts } = robot ?? { kind: "statistics" };
  return {
    ...counts,
    broken: brokenFrames(reader),
    eventsMissed: events.missed,
    ...requests.counts,
    roundTripMedian: requests.roundTrips.quantile(0.5),
    roundTrip99: requests.roundTrips.quantile(0.99),
    clockOffset: sync.offset,
    clockDrift: sync.drift,
    clockUncertainty: sync.uncertainty,
    delayMedian: delays.quantile(0.5),
    delay99: delays.quantile(0.99),
    ...Object.fromEntries(
      Object.entries(robotCounts).map(([name, value]) => [`robot.${name}`, value as number]),
    ),
  };
}

/** Blocks that were no frames. */
export function brokenFrames({ dropped }: FrameReader): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}
