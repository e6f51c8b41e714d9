/** One thing that a step of the first day looked at, and what came of it: as an item of `gaitsmith check`. */
import type { CheckItem } from "../../station/messages.ts";

/** `missing` fails the step, `warning` is worth knowing. */
export type Finding = Omit<CheckItem, "group">;

export function found(
  item: string,
  result: Finding["result"],
  words: string,
  more: { readonly value?: number; readonly unit?: string; readonly remedy?: string } = {},
): Finding {
  const { value = Number.NaN, unit, remedy = "" } = more;
  const measured = { value: Number.isFinite(value) ? value : null, ...(unit === undefined ? {} : { unit }) };
  return { item, ...measured, result, words, remedy };
}

/** `0.25 rad`; NaN is unknown. */
export function figure(value: number, unit: string, digits = 3): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(digits))} ${unit}`.trimEnd() : "unknown";
}
