/** One thing that was looked at, and what came of it. */

/** `missing` keeps a study from starting; `note` is worth knowing. */
export type CheckResult = "ok" | "note" | "missing";

export interface CheckItem {
  readonly group: "robot" | "link" | "telemetry" | "limits" | "parameters";
  readonly name: string;
  readonly result: CheckResult;
  /** What was found, with its figure. */
  readonly found: string;
  /** What to do about it; "" when there is nothing to do. */
  readonly remedy: string;
}

export type ItemMaker = (name: string, result: CheckResult, found: string, remedy?: string) => CheckItem;

/** Makes the items of a group. */
export function itemsOf(group: CheckItem["group"]): ItemMaker {
  return (name, result, found, remedy = "") => ({ group, name, result, found, remedy });
}

export function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(1)} ms`;
}
