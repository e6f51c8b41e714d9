/** Numbers as people read them. */
import type { Estimate } from "../study/study-document.ts";

/** Three significant digits or so, never exponential for the sizes rewards have. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return value.toFixed(digits);
}

/** `0.345 ± 0.012`, half the width of the 95 % interval. */
export function interval(estimate: Estimate): string {
  const [low, high] = estimate.ci95;
  return `${number(estimate.mean)} ± ${number((high - low) / 2)}`;
}

/** Seconds as `42 s`, `3 min 20 s`, `1 h 05 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}
