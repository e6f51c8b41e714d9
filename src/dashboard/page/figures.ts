/** Numbers as people read them. */

const NONE = "–";

/** Three significant figures, a real minus sign, and a dash for what is not a number. */
export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  const text =
    size < -4 || size > 5
      ? value.toExponential(digits - 1)
      : value.toFixed(Math.min(20, Math.max(0, digits - 1 - size)));
  return text.replace("-", "−");
}

/** Sign always shown, whole per cents from ten on. */
export function percent(share: number): string {
  const value = share * 100;
  const text = Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0);
  return `${value >= 0 ? "+" : ""}${text} %`.replace("-", "−");
}

/** `4 min 14 s`, `1 h 02 min`. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return NONE;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** The unit a column is shown in, and what its SI values are multiplied by. */
export interface Scale {
  readonly unit: string;
  readonly factor: number;
}

/** Lengths of a leg read better in millimetres; everything else stays as it is. */
export function scaleOf(unit: string, values: readonly unknown[]): Scale {
  const numbers = values.filter((value) => typeof value === "number");
  if (unit === "m" && numbers.every((value) => Math.abs(value) < 1)) return { unit: "mm", factor: 1000 };
  return { unit, factor: 1 };
}

/** A parameter's value in its column's unit, without the unit. */
export function parameterFigure(value: unknown, scale: Scale): string {
  return typeof value === "number"
    ? figure(value * scale.factor)
    : value === undefined
      ? NONE
      : String(value);
}

/** `ground_clearance` → `ground clearance`. */
export function spaced(name: string): string {
  return name.replaceAll("_", " ").replaceAll("-", " ");
}
