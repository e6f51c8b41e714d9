/** Which messages carry a stamp of their own, as far as that can be known before a server is asked. */
import { createRequire } from "node:module";

/** Loaded when it is needed: configs of other links do not wait for it. */
const load = createRequire(import.meta.url);

/**
 * Whether a type has a `std_msgs/Header header`; null: neither the common types nor the file say.
 *
 * @param type `sensor_msgs/Imu`
 * @param definitions `.msg` text of the robot's own types, by name; they come first
 */
export function hasHeader(type: string, definitions: Readonly<Record<string, string>>): boolean | null {
  const own = Object.hasOwn(definitions, type) ? definitions[type] : undefined;
  if (own !== undefined) {
    // Another type's text may follow, after a line of equals signs.
    const [text = ""] = own.split(/^={3,}/m);
    return /^\s*(std_msgs\/(msg\/)?)?Header\s+header\b/m.test(text);
  }
  const { ros1 } = load("@foxglove/rosmsg-msgs-common") as typeof import("@foxglove/rosmsg-msgs-common");
  const common: Readonly<Record<string, (typeof ros1)["std_msgs/Header"]>> = ros1;
  if (!Object.hasOwn(common, type)) return null;
  const fields = common[type]?.definitions ?? [];
  return fields.some((field) => field.name === "header" && field.type === "std_msgs/Header");
}
