/** Which ROS is behind a rosbridge server, and how it writes times. */
import { fail } from "../../errors.ts";

export type Ros = 1 | 2;

/**
 * @param found what the server's own types say; null: it does not tell
 * @throws ROBOT_MISMATCH when the config says another one, or it cannot be found out
 */
export function settleRos(found: Ros | null, config: Ros | "auto", url: string): Ros {
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
