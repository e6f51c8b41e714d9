/** One thing that a step of the first day looked at, and what came of it. */

export interface Finding {
  readonly item: string;
  /** As measured, SI; null where it is no number or was not seen. */
  readonly value: number | null;
  readonly unit: string;
  /** `missing` fails the step, `warning` is worth knowing. */
  readonly result: "ok" | "warning" | "missing";
  /** What was found, with its figure. */
  readonly words: string;
  /** What to do about it; "" when there is nothing to do. */
  readonly remedy: string;
}

export function found(
  item: string,
  result: Finding["result"],
  words: string,
  more: { readonly value?: number; readonly unit?: string; readonly remedy?: string } = {},
): Finding {
  const { value = Number.NaN, unit = "", remedy = "" } = more;
  return { item, value: Number.isFinite(value) ? value : null, unit, result, words, remedy };
}

/** `0.25 rad`; NaN is unknown. */
export function figure(value: number, unit: string, digits = 3): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(digits))} ${unit}`.trimEnd() : "unknown";
}
