/** One thing that was looked at, its measured value, and what came of it. */

/** `missing` keeps a study from starting; `warning` is worth knowing. */
export type CheckResult = "ok" | "warning" | "missing";

export interface CheckItem {
  readonly group: "robot" | "link" | "telemetry" | "limits" | "parameters" | "stop" | "computer";
  readonly item: string;
  /** What was measured, in `unit`; words where it is no number (a firmware's name); null where nothing was. Plain JSON. */
  readonly value: number | string | null;
  readonly unit?: string;
  /** The bound that the value was held against, in the same unit. */
  readonly limit?: number;
  readonly result: CheckResult;
  /** What was found, with its figure. */
  readonly words: string;
  /** What to do about it; "" when there is nothing to do. */
  readonly remedy: string;
}

/** A figure of an item; one that is not finite is left out, because JSON has no word for it. */
export interface Measured {
  readonly value: number | string;
  readonly unit?: string;
  readonly limit?: number;
}

export type ItemMaker = (
  item: string,
  result: CheckResult,
  words: string,
  remedy?: string,
  measured?: Measured,
) => CheckItem;

/** Makes the items of a group. */
export function itemsOf(group: CheckItem["group"]): ItemMaker {
  return (item, result, words, remedy = "", measured) => {
    const { value = null, unit, limit } = measured ?? {};
    return {
      group,
      item,
      value: typeof value === "number" ? rounded(value) : value,
      ...(unit === undefined ? {} : { unit }),
      ...(limit === undefined || !Number.isFinite(limit) ? {} : { limit: rounded(limit) ?? 0 }),
      result,
      words,
      remedy,
    };
  };
}

/** To six digits, which is more than is measured. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

export function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(1)} ms`;
}

/** As a measured value. */
export function inMilliseconds(seconds: number): number {
  return 1000 * seconds;
}
