/** A preflight for a person: one line when all is well, else the whole table. */
import type { PreflightItem } from "../study/stored-preflight.ts";
import { itemLines, nameWidth } from "./start-report.ts";

/** Figures of a preflight in which all is well, in this order, where they were measured. */
const FIGURES = [
  "round trip",
  "telemetry age",
  "rate",
  "battery",
  "motor-temperature",
  "stop",
  "e-stop by hand",
];

export function preflightText(items: readonly PreflightItem[]): string {
  const count = (result: PreflightItem["result"]): number =>
    items.filter((one) => one.result === result).length;
  const [missing, warnings] = [count("missing"), count("warning")];
  if (missing + warnings === 0) {
    const figures = FIGURES.flatMap((name) => items.find(({ item }) => item === name) ?? []).flatMap(figure);
    return `preflight: ${items.length} items ok${figures.length === 0 ? "" : ` (${figures.join(", ")})`}`;
  }
  const sum = [
    ...(missing > 0 ? [`${missing} refuse${missing === 1 ? "s" : ""}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? "warning" : "warnings"}`] : []),
    `${items.length - missing - warnings} ok`,
  ].join(", ");
  const width = nameWidth(items);
  return [`preflight: ${sum}`, ...items.flatMap((one) => itemLines(one, width))].join("\n");
}

function figure({ item, value, unit }: PreflightItem): string[] {
  return typeof value === "number" ? [`${item} ${Number(value.toPrecision(3))} ${unit ?? ""}`.trimEnd()] : [];
}
