/**
 * The limits that the robot enforces by itself, read back from it, beside those of the config. The config's end a walk; the
 * robot's save it when the computer is gone. So the robot's are to be the wider ones: inside the config's they stop walks that the
 * config allows, inside what a healthy walk needs they make every walk impossible.
 */
import type { HardwareConfig } from "../../config/hardware-config.ts";
import type { RobotLimit, RobotLimits } from "../../robot/robot.ts";
import { type Bounds, LIMIT_NAMES, type Limit, type LimitName } from "../../safety/limit.ts";
import { type CheckItem, type CheckResult, itemsOf } from "./check-item.ts";

const item = itemsOf("limits");

/** What robots call limits that the envelope knows by another name. */
const OTHER_NAMES: Readonly<Record<string, LimitName>> = {
  roll: "tilt",
  pitch: "tilt",
  "imu.roll": "tilt",
  "imu.pitch": "tilt",
  "trunk.height": "height",
  "battery.voltage": "battery-voltage",
};

/** Limits of a magnitude: their upper bound is one of the negative side too. */
const MAGNITUDES: ReadonlySet<LimitName> = new Set([
  "tilt",
  "joint-speed",
  "motor-speed",
  "motor-torque",
  "lateral-distance",
]);

/** Longer than this a robot on its own goes on walking for a whole step and more, s. */
const LONGEST_DEAD_MAN = 1;

const RANK: Readonly<Record<CheckResult, number>> = { ok: 0, warning: 1, missing: 2 };

interface Verdict {
  readonly result: CheckResult;
  readonly words: string;
  readonly remedy: string;
}

/** @param echoed what the robot said; null: its link has no such question; or why it did not answer, in words */
export function robotLimitItems(echoed: RobotLimits | null | string, config: HardwareConfig): CheckItem[] {
  const name = "limits of the robot";
  if (echoed === null)
    return [
      item(
        name,
        "warning",
        "this link cannot echo limits: only those of this computer are known",
        "See in the robot's own manual what it does by itself when this computer is gone.",
      ),
    ];
  if (typeof echoed === "string")
    return [
      item(name, "missing", `the robot does not tell its limits: ${echoed}`, "Check the robot's firmware."),
    ];
  const { limits, deadMan } = echoed;
  const items: CheckItem[] = [];
  if (deadMan !== null) items.push(deadManItem(deadMan));
  if (limits.length === 0)
    items.push(
      item(
        name,
        "warning",
        "it has none of its own: nothing but its dead-man stops it once this computer is gone",
        "Give the firmware limits, wider than those of the config.",
        { value: 0 },
      ),
    );
  for (const [kind, group] of grouped(limits)) items.push(kindItem(kind, group, config));
  return items;
}

function deadManItem({ settleAfter, cutAfter }: NonNullable<RobotLimits["deadMan"]>): CheckItem {
  const name = "dead-man of the robot";
  const words = `settles after ${settleAfter.toFixed(2)} s of silence, cuts after ${cutAfter.toFixed(2)} s`;
  const measured = { value: settleAfter, unit: "s", limit: LONGEST_DEAD_MAN };
  if (!(settleAfter > 0 && cutAfter > 0 && Number.isFinite(settleAfter) && Number.isFinite(cutAfter)))
    return item(
      name,
      "missing",
      `it has none (${words})`,
      "Give the firmware a dead-man: 0.3 s and 0.8 s.",
      measured,
    );
  if (settleAfter > LONGEST_DEAD_MAN)
    return item(
      name,
      "warning",
      words,
      `Shorten it in the firmware to ${LONGEST_DEAD_MAN} s or less.`,
      measured,
    );
  return item(name, "ok", words, "", measured);
}

/** By name, in the robot's order: one item is about all joints. */
function grouped(limits: readonly RobotLimit[]): Map<string, RobotLimit[]> {
  const groups = new Map<string, RobotLimit[]>();
  for (const limit of limits) groups.set(limit.name, [...(groups.get(limit.name) ?? []), limit]);
  return groups;
}

function kindItem(
  kind: string,
  group: readonly RobotLimit[],
  { envelope, source }: HardwareConfig,
): CheckItem {
  const name = limitNameOf(kind);
  const title = `robot's ${kind}`;
  const first = group[0]!;
  const figures = { value: rangeWords(first), unit: first.unit };
  if (name === null)
    return item(
      title,
      "ok",
      `${rangeWords(first)} ${first.unit}, ${first.action}; the config has none of that name`,
      "",
      figures,
    );
  const limit = envelope[name];
  if (limit.unwatched !== undefined)
    return item(
      title,
      "ok",
      `${rangeWords(first)} ${first.unit}, ${first.action}; this computer does not watch it`,
      "",
      figures,
    );
  const judged = group.map((own) => ({ own, verdict: verdictOf(own, limit, source.file) }));
  const worst = judged.reduce((a, b) => (RANK[b.verdict.result] > RANK[a.verdict.result] ? b : a));
  const { own, verdict } = worst;
  const bound = limit.joints?.[own.joint] ?? limit;
  const where =
    own.joint === "" ? "" : verdict.result === "ok" ? ` at ${group.length} joints` : ` at ${own.joint}`;
  return item(
    title,
    verdict.result,
    `${rangeWords(own)} ${own.unit}${where}, ${own.action}; the config's ${rangeWords(boundsOf(name, bound))}${verdict.words}`,
    verdict.remedy,
    { value: rangeWords(own), unit: own.unit },
  );
}

function limitNameOf(kind: string): LimitName | null {
  return LIMIT_NAMES.find((name) => name === kind) ?? OTHER_NAMES[kind] ?? null;
}

function verdictOf(own: RobotLimit, limit: Limit, file: string): Verdict {
  if (own.unit !== limit.unit)
    return {
      result: "missing",
      words: ` ${limit.unit}: another unit`,
      remedy: `Let the firmware count in ${limit.unit}.`,
    };
  const bounds = boundsOf(limit.name, limit.joints?.[own.joint] ?? limit);
  const [low, high] = MAGNITUDES.has(limit.name)
    ? [-bounds.nominal, bounds.nominal]
    : [bounds.nominal, bounds.nominal];
  // A limit with NaN for an end is none, and stops nothing or everything.
  if (!(own.low < low && own.high > high))
    return {
      result: "missing",
      words: `: a healthy walk (${bounds.nominal} ${limit.unit}) breaks it`,
      remedy: `Widen it in the firmware, or correct limits.${limit.name} in ${file}.`,
    };
  if (own.low > bounds.low || own.high < bounds.high)
    return {
      result: "warning",
      words: ": the robot stops walks that the config allows",
      remedy: `Widen it in the firmware beyond limits.${limit.name}, or narrow that in ${file}.`,
    };
  return { result: "ok", words: "", remedy: "" };
}

/** Of a magnitude both sides. */
function boundsOf(name: LimitName, { low, high, nominal }: Bounds): Bounds {
  return { low: MAGNITUDES.has(name) ? -high : low, high, nominal };
}

function rangeWords({ low, high }: Pick<Bounds, "low" | "high">): string {
  if (low === -high) return `±${figure(high)}`;
  if (low === Number.NEGATIVE_INFINITY) return `up to ${figure(high)}`;
  if (high === Number.POSITIVE_INFINITY) return `down to ${figure(low)}`;
  return `${figure(low)} to ${figure(high)}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
