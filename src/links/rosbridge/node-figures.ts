/** How a conversation with a node has gone. */
import type { LinkDiagnostics } from "../../robot/robot.ts";
import type { NodeClient } from "./node-client.ts";

export function nodeFigures({ requests, sync, counts }: NodeClient): LinkDiagnostics {
  return {
    ...requests.counts,
    keepalives: counts.keepalives,
    conversationMalformed: counts.malformed,
    roundTripMedian: requests.roundTrips.quantile(0.5),
    roundTrip99: requests.roundTrips.quantile(0.99),
    clockOffset: sync.offset,
    clockDrift: sync.drift,
    clockUncertainty: sync.uncertainty,
  };
}
