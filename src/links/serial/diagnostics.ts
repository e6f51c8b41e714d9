/** How a serial link has done: its own figures, and those the robot counts at its end. */
import type { FrameReader } from "../../../firmware-protocol/codec/frame.ts";
import { type MessageOf, SCHEMA } from "../../../firmware-protocol/codec/message-table.ts";
import type { LinkDiagnostics } from "../../robot/robot.ts";
import type { ClockSync } from "../clock-sync.ts";
import type { EventLog } from "./events.ts";
import type { Requests } from "./requests.ts";
import type { TelemetryReceiver } from "./telemetry-receiver.ts";

export interface LinkFigures {
  readonly reader: FrameReader;
  readonly requests: Requests;
  readonly sync: ClockSync;
  /** null before the robot has introduced itself */
  readonly telemetry: TelemetryReceiver | null;
  readonly events: EventLog;
  /** Hash of the message table that the robot was built with. */
  readonly schema: number;
  /** Frames that were no messages. */
  readonly malformed: number;
  readonly keepalives: number;
}

/** @param robot what the robot counted, null when it was not asked or did not answer */
export function diagnosticsOf(link: LinkFigures, robot: MessageOf<"statistics"> | null): LinkDiagnostics {
  const { reader, requests, sync, telemetry, events, keepalives } = link;
  const { kind: _, ...robotCounts } = robot ?? { kind: "statistics" };
  return {
    telemetry: telemetry?.counts.telemetry ?? 0,
    telemetryMissed: telemetry?.counts.telemetryMissed ?? 0,
    malformed: link.malformed + (telemetry?.counts.malformed ?? 0),
    broken: brokenFrames(reader),
    eventsMissed: events.missed,
    keepalives,
    otherSchema: link.schema === SCHEMA ? 0 : 1,
    ...requests.counts,
    roundTripMedian: requests.roundTrips.quantile(0.5),
    roundTrip99: requests.roundTrips.quantile(0.99),
    clockOffset: sync.offset,
    clockDrift: sync.drift,
    clockUncertainty: sync.uncertainty,
    delayMedian: telemetry?.delays.quantile(0.5) ?? Number.NaN,
    delay99: telemetry?.delays.quantile(0.99) ?? Number.NaN,
    ...Object.fromEntries(
      Object.entries(robotCounts).map(([name, value]) => [`robot.${name}`, value as number]),
    ),
  };
}

/** What the host reads into from the middle of a frame, and what the robot has counted since its reset. */
const COUNTED_BEFORE = /^(broken|malformed|eventsMissed|robot\.(?!longestPeriod$).*)$/;

/**
 * The figures of this link alone.
 *
 * @param before those at its opening
 */
export function sinceOpening(figures: LinkDiagnostics, before: LinkDiagnostics): LinkDiagnostics {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => {
      const earlier = COUNTED_BEFORE.test(name) ? (before[name] ?? 0) : 0;
      // A counter that went back was begun anew.
      return [name, value < earlier ? value : value - earlier];
    }),
  );
}

/** Blocks that were no frames. */
export function brokenFrames({ dropped }: FrameReader): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}
