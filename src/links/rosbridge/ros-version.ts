/** Which ROS is behind a rosbridge server, and what differs: names of types, stamps, and who keeps parameters. */
import { fail } from "../../errors.ts";
import type { ServerConnection } from "./server-connection.ts";

export type Ros = 1 | 2;

/** What the server says is there: topics with their types, and the text of those. */
export interface KnownTopics {
  readonly topics: readonly string[];
  readonly types: readonly string[];
  /** Definitions with all that they depend on, as `gendeps --cat` writes them; "" where the server cannot tell. */
  readonly definitions: readonly string[];
}

/** rosapi asks every topic's type over the network: that takes a while on a large robot, s. */
const ASKING = 10;

/**
 * Asks rosapi, which stands beside every rosbridge server.
 *
 * @returns null when there is no rosapi
 * @throws LINK_LOST when the server does not answer at all
 */
export async function askTopics(connection: ServerConnection): Promise<KnownTopics | null> {
  const { result, values } = await connection.call("/rosapi/topics_and_raw_types", {}, ASKING);
  if (!result || typeof values !== "object" || values === null) return null;
  const { topics, types, typedefs_full_text: definitions } = values as Readonly<Record<string, unknown>>;
  if (!isTextArray(topics) || !isTextArray(types) || topics.length !== types.length) return null;
  return { topics, types, definitions: isTextArray(definitions) ? definitions : [] };
}

/** @throws ROBOT_MISMATCH when the config says another one, or it cannot be found out */
export function rosVersion(known: KnownTopics | null, config: Ros | "auto", url: string): Ros {
  const found = known === null ? null : versionOf(known.types);
  if (config === "auto")
    return (
      found ??
      fail("ROBOT_MISMATCH", {
        what: "the server does not say whether it is ROS 1 or ROS 2",
        where: url,
        remedy: "Start rosapi beside rosbridge, or write `link.ros: 1` or `link.ros: 2`.",
      })
    );
  if (found !== null && found !== config)
    fail("ROBOT_MISMATCH", {
      what: `the server speaks ROS ${found}, the config says ROS ${config}`,
      where: url,
      remedy: `Write \`link.ros: ${found}\`, or check link.url.`,
    });
  return config;
}

/** `sensor_msgs/msg/Imu` is how ROS 2 calls what is `sensor_msgs/Imu` in ROS 1. */
function versionOf(types: readonly string[]): Ros | null {
  const typed = types.filter((type) => type.includes("/"));
  if (typed.length === 0) return null;
  return typed.some((type) => type.includes("/msg/")) ? 2 : 1;
}

/** A type as that ROS spells it. */
export function spelled(ros: Ros, type: string, folder: "msg" | "srv" | "action" = "msg"): string {
  const short = type.replace(/^([^/]+)\/(?:msg|srv|action)\/([^/]+)$/, "$1/$2");
  return ros === 1 ? short : short.replace("/", `/${folder}/`);
}

/** A point or length of time in a message. @param seconds s */
export function rosTime(ros: Ros, seconds: number): Readonly<Record<string, number>> {
  let whole = Math.floor(seconds);
  let nanos = Math.round((seconds - whole) * 1e9);
  if (nanos >= 1e9) {
    whole++;
    nanos -= 1e9;
  }
  return ros === 1 ? { secs: whole, nsecs: nanos } : { sec: whole, nanosec: nanos };
}

function isTextArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
