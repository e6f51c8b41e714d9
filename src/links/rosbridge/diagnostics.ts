/** How a rosbridge link has done. */
import type { LinkDiagnostics } from "../../robot/robot.ts";
import type { Connections } from "./access.ts";
import type { MappedTelemetry } from "./mapping/frame-assembly.ts";
import type { TelemetryIntake } from "./telemetry-intake.ts";

/** Counts since it was opened; times in s. */
export function linkFigures(
  { telemetry, commands }: Connections,
  { counts }: MappedTelemetry,
  { delays }: TelemetryIntake,
): LinkDiagnostics {
  const both = [telemetry.counts, commands.counts];
  const sum = (of: (one: (typeof both)[number]) => number): number =>
    both.reduce((all, one) => all + of(one), 0);
  return {
    telemetry: counts.frames,
    telemetryMissed: counts.lost,
    telemetryMessages: counts.messages,
    telemetryStale: counts.stale,
    telemetryRepeated: counts.repeated,
    telemetryAhead: counts.ahead,
    telemetryUnstamped: counts.unstamped,
    implausible: counts.implausible,
    malformed: sum(({ malformed }) => malformed) + counts.undecodable,
    unknown: sum(({ unknown }) => unknown),
    withheld: sum(({ withheld }) => withheld),
    sent: sum(({ sent }) => sent),
    received: sum(({ received }) => received),
    bufferedMost: Math.max(...both.map(({ mostBuffered }) => mostBuffered)),
    pingMedian: commands.counts.pings.quantile(0.5),
    ping99: commands.counts.pings.quantile(0.99),
    telemetryPing99: telemetry.counts.pings.quantile(0.99),
    delayMedian: delays.quantile(0.5),
    delay99: delays.quantile(0.99),
  };
}
