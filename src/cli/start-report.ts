/** What `gaitsmith check` found of a robot: the table a person reads. */
import type { CheckItem, CheckResult } from "../station/check-items/check-item.ts";
import type { RobotCheck } from "../station/robot-check.ts";
import type { CheckedChannel } from "../station/robot-listening.ts";
import { number } from "./words.ts";

const MARKS: Readonly<Record<CheckResult, string>> = { ok: "ok  ", warning: "warn", missing: "MISS" };
const GROUPS: readonly (readonly [CheckItem["group"], string])[] = [
  ["robot", "Robot"],
  ["link", "Link"],
  ["telemetry", "Telemetry"],
  ["limits", "Limits"],
  ["parameters", "Parameters"],
  ["computer", "This computer"],
];

/** Longer names have a line to themselves. */
const WIDEST_NAME = 28;

/** One line per item, below a missing one what to do; then every channel with its live value; then the verdict. */
export function startText(name: string, { items, channels, ready }: RobotCheck): string {
  const width = nameWidth(items);
  const sections = GROUPS.flatMap(([group, title]) => {
    const own = items.filter((one) => one.group === group);
    return own.length === 0 ? [] : ["", title, ...own.flatMap((one) => itemLines(one, width))];
  });
  const missing = items.filter(({ result }) => result === "missing").length;
  const verdict = ready
    ? `${name} is ready: a study could start.`
    : `${name} is not ready: ${missing} ${missing === 1 ? "thing is" : "things are"} missing.`;
  return `${[...sections, ...channelLines(channels), "", verdict].join("\n").trimStart()}\n`;
}

/** What is looked at, as far as a line of the table needs it. */
type ItemLine = Pick<CheckItem, "item" | "result" | "words" | "remedy">;

export function nameWidth(items: readonly ItemLine[]): number {
  return Math.max(...items.map(({ item }) => item.length).filter((length) => length <= WIDEST_NAME), 0);
}

/** One line, and what to do about it below. @param width of the column of names */
export function itemLines({ item: name, result, words: found, remedy }: ItemLine, width: number): string[] {
  const mark = `  ${MARKS[result]}  `;
  const indent = " ".repeat(mark.length);
  // A place in a file is longer than any column.
  if (name.length > width)
    return [`${mark}${name}`, `${indent}${found}`, ...(remedy === "" ? [] : [`${indent}→ ${remedy}`])];
  const line = `${mark}${name.padEnd(width)}  ${found}`;
  return remedy === "" ? [line] : [line, `${indent}${" ".repeat(width)}  → ${remedy}`];
}

function channelLines(channels: readonly CheckedChannel[]): string[] {
  if (channels.length === 0) return [];
  const width = Math.max(...channels.map(({ name }) => name.length));
  const rows = channels.map(({ name, unit, source, value, plausible }) => {
    const shown = value === null ? "–" : number(value);
    const doubts = [
      ...(source === "commanded" ? ["commanded, not measured"] : []),
      ...(value !== null && plausible < 0.99 ? [`plausible in ${Math.floor(100 * plausible)} %`] : []),
    ];
    return `  ${name.padEnd(width)}  ${shown.padStart(9)} ${unit.padEnd(6)} ${doubts.join(", ")}`.trimEnd();
  });
  return ["", "Channels", ...rows];
}
