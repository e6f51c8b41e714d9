/** The `link:` blocks of robots with a link of their own: Petoi, mjbots. */
import type { ConfigSource } from "./config-source.ts";
import type { MjbotsLinkConfig } from "./mjbots-link.ts";
import type { WrittenMjbotsLink } from "./mjbots-schema.ts";
import type { PetoiLinkConfig } from "./petoi-link.ts";
import type { WrittenPetoiLink } from "./petoi-schema.ts";
import type { Written } from "./schema-fields.ts";
import { readBaud, readDevice } from "./serial-link-section.ts";
import { readServerUrl } from "./server-address.ts";
import { type SiUnit, toSi } from "./units.ts";

const PETOI_BAUD = 115_200;
const PETOI_RATE = 25;
const PETOI_LONGEST_CYCLE = 0.7;
const MJBOTS_RATE = 50;
/** Of the robot's own control loop, Hz: asking faster tells nothing new. */
const MJBOTS_FASTEST = 400;
/** How long a study waits for a robot that is gone, s. */
const USUAL_PATIENCE = 60;

/** What is wrong is reported to the source. */
export function readPetoiLink(source: ConfigSource, written: WrittenPetoiLink): PetoiLinkConfig {
  return {
    kind: "petoi",
    clock: "realtime",
    ...readDevice(
      source,
      written,
      "Add `path:` (a device) or `id:` (its name in /dev/serial/by-id/, or its USB vendor).",
    ),
    baud: written.baud === undefined ? PETOI_BAUD : readBaud(source, written.baud),
    ...(written.model === undefined ? {} : { model: written.model }),
    telemetryRate: above(source, "telemetry_rate", written.telemetry_rate, "Hz", PETOI_RATE),
    longestCycle: above(source, "longest_cycle", written.longest_cycle, "s", PETOI_LONGEST_CYCLE),
    deadMan: written.dead_man,
    reconnectWithin: readPatience(source, written.reconnect_within),
  };
}

/** What is wrong is reported to the source. */
export function readMjbotsLink(source: ConfigSource, written: WrittenMjbotsLink): MjbotsLinkConfig {
  const telemetryRate = above(source, "telemetry_rate", written.telemetry_rate, "Hz", MJBOTS_RATE);
  if (telemetryRate > MJBOTS_FASTEST)
    source.report({
      path: ["link", "telemetry_rate"],
      what: `the robot's own loop runs at ${MJBOTS_FASTEST} Hz`,
      remedy: `Write ${MJBOTS_FASTEST} Hz or less.`,
    });
  return {
    kind: "mjbots",
    clock: "realtime",
    url: readServerUrl(source, ["link", "url"], written.url),
    telemetryRate,
    deadMan: written.dead_man,
    reconnectWithin: readPatience(source, written.reconnect_within),
  };
}

function above(
  source: ConfigSource,
  field: string,
  written: Written | undefined,
  si: SiUnit,
  usual: number,
): number {
  if (written === undefined) return usual;
  const value = toSi(written, si);
  if (!(value > 0))
    source.report({
      path: ["link", field],
      what: "it is not above zero",
      remedy: "Leave it out for the usual.",
    });
  return value;
}

function readPatience(source: ConfigSource, written: Written | undefined): number {
  const seconds = written === undefined ? USUAL_PATIENCE : toSi(written, "s");
  if (seconds < 0)
    source.report({
      path: ["link", "reconnect_within"],
      what: "it is below zero",
      remedy: "Write 0 s to end the study at once.",
    });
  return seconds;
}
