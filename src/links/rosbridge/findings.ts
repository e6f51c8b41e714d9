/** What a rosbridge link has found out about the robot and its config, for who wants to know whether a study could start. */
import type { RosbridgeLinkConfig } from "../../config/rosbridge-link.ts";
import { urlWarning } from "../../config/server-address.ts";
import type { LinkFinding } from "../../robot/robot.ts";
import type { Finding } from "./mapping/finding.ts";
import type { MappedTelemetry } from "./mapping/frame-assembly.ts";

/** Fewer messages than this share of what the config expects is worth a look. */
const SLOW = 0.8;
/** Shorter than this nothing can be said of a topic's rate, s. */
const LEAST_LISTENING = 1;

/** How long its topics have been listened to. */
export interface Listened {
  readonly mapped: MappedTelemetry;
  /** Messages that had come before, by topic. */
  readonly before: ReadonlyMap<string, number>;
  /** s, and now on the station's clock, s */
  readonly seconds: number;
  readonly now: number;
}

/**
 * @param checked of the config against the server
 * @param listened null when it did not come to that
 */
export function linkFindings(
  link: RosbridgeLinkConfig,
  checked: readonly Finding[],
  listened: Listened | null,
): LinkFinding[] {
  const address = urlWarning(link);
  const found = [...checked, ...(listened?.mapped.findings() ?? [])].map(
    ({ severity, ...finding }): LinkFinding => ({
      ...finding,
      severity: severity === "note" ? "info" : severity,
    }),
  );
  return [
    ...found,
    ...(address === null
      ? []
      : [{ severity: "warning" as const, where: "link.url", what: address, remedy: "" }]),
    ...(listened === null || listened.seconds < LEAST_LISTENING ? [] : topicFindings(link, listened)),
  ];
}

/** One line per topic: how often it came, of what was expected, and how long ago it did. */
function topicFindings(
  { telemetry }: RosbridgeLinkConfig,
  { mapped, before, seconds, now }: Listened,
): LinkFinding[] {
  return mapped.topics.map(({ topic, messages: all, heardAt }) => {
    const messages = all - (before.get(topic) ?? 0);
    const mapping = telemetry.topics.find((one) => one.topic === topic)!;
    const expected = mapping.throttle > 0 ? Math.min(mapping.rate, 1 / mapping.throttle) : mapping.rate;
    const rate = messages / seconds;
    if (messages === 0)
      return {
        severity: "error",
        where: topic,
        what: `nothing came in ${seconds.toFixed(1)} s`,
        remedy:
          "Start the node that publishes it, and see with `rostopic hz` or `ros2 topic hz` that it does.",
      };
    const words = `${rate.toFixed(1)} messages/s of ${expected} Hz, the newest ${Math.round(1000 * (now - heardAt))} ms ago`;
    // One message more or less is chance.
    const slow = messages + 1 < SLOW * expected * seconds;
    return slow
      ? {
          severity: "warning",
          where: topic,
          what: words,
          remedy: `Write the rate it really has in ${mapping.where}, or find what slows it down.`,
        }
      : { severity: "info", where: topic, what: words, remedy: "" };
  });
}
