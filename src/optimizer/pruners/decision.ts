/** The two verdicts, and the words and comparisons they are given in. */
import type { PruneDecision } from "../pruner.ts";
import type { Direction } from "../trial.ts";

export function goOn(reason: string, threshold: number | null = null): PruneDecision {
  return { prune: false, reason, threshold: drawable(threshold) };
}

export function stop(reason: string, threshold: number | null = null): PruneDecision {
  return { prune: true, reason, threshold: drawable(threshold) };
}

/** Where the walks it comes from had infinite rewards a threshold may be infinite too: then there is none to show. */
function drawable(threshold: number | null): number | null {
  return Number.isFinite(threshold) ? threshold : null;
}

/** False whenever one of the two is NaN. */
export function isBetter(a: number, b: number, direction: Direction): boolean {
  return direction === "maximize" ? a > b : a < b;
}

/** Best of some values, NaN ones left out; NaN when none is a number. */
export function bestOf(values: readonly number[], direction: Direction): number {
  let best = Number.NaN;
  for (const value of values) if (Number.isNaN(best) || isBetter(value, best, direction)) best = value;
  return best;
}

/** How a worse value lies to a better one. */
export function worseSide(direction: Direction): "below" | "above" {
  return direction === "maximize" ? "below" : "above";
}

/** A number for people, four digits. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
