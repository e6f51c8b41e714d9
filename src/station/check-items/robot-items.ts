/** Who the robot is, and what ended a check of it. */
import { describeError, GaitsmithError } from "../../errors.ts";
import type { Capabilities } from "../../robot/robot.ts";
import { type CheckItem, itemsOf } from "./check-item.ts";

const item = itemsOf("robot");

export function introduced({ robotId, joints, clock, runsGait }: Capabilities): CheckItem {
  const how = runsGait ? "runs the gait itself" : "follows joint targets";
  return item("robot", "ok", `${robotId}, ${joints.length} joints, ${clock}, ${how}`, "", { value: robotId });
}

/** What it runs and what it speaks; a robot that speaks no version of ours has been refused before. */
export function versionItems(
  { firmware, protocol }: Capabilities,
  { otherSchema = 0 }: Readonly<Record<string, number>>,
): CheckItem[] {
  const items = [item("firmware", "ok", firmware, "", { value: firmware })];
  if (protocol === undefined) return items;
  const [result, remedy] =
    otherSchema > 0
      ? (["warning", "Build firmware and gaitsmith from the same version."] as const)
      : (["ok", ""] as const);
  items.push(item("protocol", result, protocol, remedy, { value: protocol }));
  return items;
}

/** Something that ended the check. */
export function failureItem(error: unknown): CheckItem {
  if (!(error instanceof GaitsmithError)) return item("robot", "missing", describeError(error));
  const where = error.where === undefined ? "" : ` (${error.where})`;
  return item(error.code, "missing", `${error.message}${where}`, error.remedy);
}
