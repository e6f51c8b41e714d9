/** Who the robot is, and whether it could be armed as it stands. */
import { describeError, GaitsmithError } from "../../errors.ts";
import type { Capabilities } from "../../robot/robot.ts";
import { type CheckItem, itemsOf } from "./check-item.ts";

const item = itemsOf("robot");

/** What preflight holds against the robot at the end of listening; null: nothing. */
export type Refusal = GaitsmithError | null | "unfinished";

export function introduced({ robotId, firmware, joints, clock, runsGait }: Capabilities): CheckItem {
  const how = runsGait ? "runs the gait itself" : "follows joint targets";
  return item("robot", "ok", `${robotId}, ${firmware}, ${joints.length} joints, ${clock}, ${how}`);
}

/** Something that ended the check. */
export function failureItem(error: unknown): CheckItem {
  if (!(error instanceof GaitsmithError)) return item("robot", "missing", describeError(error));
  const where = error.where === undefined ? "" : ` (${error.where})`;
  return item(error.code, "missing", `${error.message}${where}`, error.remedy);
}

export function stanceItem(refusal: Refusal): CheckItem {
  if (refusal === null)
    return item("preflight", "ok", "battery, temperatures and posture would let it be armed");
  if (refusal === "unfinished")
    return item("preflight", "missing", "not enough telemetry to judge by", "Check the telemetry first.");
  return item("preflight", "missing", refusal.message, refusal.remedy);
}
