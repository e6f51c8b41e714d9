/** Which limits are watched, and which channels say nothing. */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import { LIMIT_NAMES } from "../../safety/limit.ts";
import type { SafetyMonitor } from "../../safety/monitor.ts";
import type { CheckedChannel } from "../robot-listening.ts";
import { type CheckItem, itemsOf } from "./check-item.ts";

const item = itemsOf("limits");

export function limitItems(
  { problems }: SafetyMonitor,
  { envelope, source }: HardwareConfig,
  channels: readonly CheckedChannel[],
): CheckItem[] {
  const silent = channels.filter(({ value }) => value === null);
  const unwatched = LIMIT_NAMES.filter((name) => envelope[name].unwatched !== undefined);
  const watched = LIMIT_NAMES.length - unwatched.length - problems.length;
  return [
    item("watched", "ok", `${watched} of ${LIMIT_NAMES.length} limits`, "", {
      value: watched,
      limit: LIMIT_NAMES.length,
    }),
    ...problems.map((words) =>
      item(
        words.split(" ")[0]!,
        "missing",
        words,
        `Let the robot report it, or say in ${source.file} why the limit may go unwatched.`,
      ),
    ),
    ...unwatched.map((name) =>
      item(name, "warning", `not watched: ${envelope[name].unwatched}`, "Watch it by eye."),
    ),
    ...silent.map(({ name }) =>
      item(name, "missing", "no plausible value came", "Check the sensor, its cable and its mapping."),
    ),
  ];
}
