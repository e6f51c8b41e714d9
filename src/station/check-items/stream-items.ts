/** How joint targets are to be streamed, and how steady this computer is. */
import type { Capabilities, LinkDiagnostics } from "../../robot/robot.ts";
import { blindRise } from "../stream-preconditions.ts";
import { type CheckItem, itemsOf, milliseconds } from "./check-item.ts";

/** More late or skipped targets than this share are worth knowing. */
const UNEVEN = 0.01;

const item = itemsOf("link");

/** @param rehearsed null in lockstep */
export function streamItems(
  { targets, joints, layout }: Capabilities,
  rehearsed: LinkDiagnostics | null,
): CheckItem[] {
  if (targets === undefined) return [];
  const { rate, timeout } = targets;
  const words = `${rate} Hz; without one for ${timeout} s the robot comes to rest by itself`;
  const items = [item("joint targets", "ok", words)];
  const blind = blindRise(joints, layout);
  if (blind !== null)
    items.push(item("rising", "warning", blind, "Let it stand, or hold it up, before a walk."));
  if (rehearsed !== null) items.push(rehearsalItem(rehearsed, timeout));
  return items;
}

/** @param timeout of the robot, s */
function rehearsalItem(rehearsed: LinkDiagnostics, timeout: number): CheckItem {
  const known = (name: string): number => rehearsed[name] ?? Number.NaN;
  const longest = known("targetsLongest");
  const words =
    `jitter p50 ${milliseconds(known("targetsJitterMedian"))}, p99 ${milliseconds(known("targetsJitter99"))}, ` +
    `longest interval ${milliseconds(longest)}`;
  const stopped = !(longest <= timeout);
  const uneven = known("targetsLate") + known("targetsSkipped") > UNEVEN * known("targets");
  if (!stopped && !uneven) return item("stream of this computer", "ok", words);
  const remedy = "Close other programs, or stream from a computer that has less to do.";
  return item("stream of this computer", stopped ? "missing" : "warning", words, remedy);
}
