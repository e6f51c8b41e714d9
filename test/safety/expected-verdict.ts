/** What the monitor is to say of a limit, written down a second time, from the definitions and without regard to speed. */
import type { Bounds, Debounce } from "../../src/safety/limit.ts";

/** A value and its time, s; NaN: not known then. */
export type Sequence = readonly (readonly [value: number, time: number])[];

/** The statistics against the upper and the lower bound after each value; NaN until there are enough. */
export function expectedStatistics(
  rule: Debounce,
  sequence: Sequence,
): { readonly high: number; readonly low: number }[] {
  const known: (readonly [number, number])[] = [];
  let last = { high: Number.NaN, low: Number.NaN };
  return sequence.map(([value, time]) => {
    if (!Number.isFinite(value)) return last;
    known.push([value, time]);
    last = rule.kind === "window" ? mean(known, rule.seconds) : streak(known, rule);
    return last;
  });
}

function streak(known: Sequence, rule: Debounce): { high: number; low: number } {
  const frames = rule.kind === "streak" ? rule.frames : 1;
  if (known.length < frames) return { high: Number.NaN, low: Number.NaN };
  const values = known.slice(-frames).map(([value]) => value);
  return { high: Math.min(...values), low: Math.max(...values) };
}

/** Of the last seconds, if values have come for that long without leaving the window empty. */
function mean(known: Sequence, seconds: number): { high: number; low: number } {
  const [, now] = known.at(-1)!;
  let first = known.length - 1;
  while (first > 0 && known[first]![1] - known[first - 1]![1] < seconds) first--;
  const inside = known.slice(first).filter(([, time]) => time > now - seconds);
  const full = now - known[first]![1] >= seconds;
  const value = full ? inside.reduce((sum, [one]) => sum + one, 0) / inside.length : Number.NaN;
  return { high: value, low: value };
}

export interface ExpectedVerdict {
  /** Which value crossed first, the bound it crossed and the statistic then; null: none did. */
  readonly hard: Crossing | null;
  /** The same of a soft bound, before the hard one is crossed. */
  readonly soft: Crossing | null;
  /** How close the extremes came, up to and with the value that crossed. */
  readonly constraint: number;
}

interface Crossing {
  readonly index: number;
  readonly value: number;
  readonly bound: number;
}

/** @param from how many of the values came before the walk: they count for the statistic only */
export function expectedVerdict(
  rule: Debounce,
  bounds: Bounds,
  sequence: Sequence,
  from: number,
): ExpectedVerdict {
  const { low, high, nominal } = bounds;
  const softLow = bounds.softLow ?? Number.NEGATIVE_INFINITY;
  const softHigh = bounds.softHigh ?? Number.POSITIVE_INFINITY;
  let hard: Crossing | null = null;
  let soft: Crossing | null = null;
  let constraint = -1;
  for (const [place, statistic] of expectedStatistics(rule, sequence).entries()) {
    const index = place - from;
    if (index < 0) continue;
    const share = (excess: number, scale: number): number =>
      Number.isFinite(excess) ? Math.min(0, Math.max(-1, excess / scale)) : -1;
    constraint = Math.max(
      constraint,
      share(statistic.high - high, high - nominal),
      share(low - statistic.low, nominal - low),
    );
    if (statistic.high > high) hard = { index, value: statistic.high, bound: high };
    else if (statistic.low < low) hard = { index, value: statistic.low, bound: low };
    if (hard !== null) break;
    if (soft !== null) continue;
    if (statistic.high > softHigh) soft = { index, value: statistic.high, bound: softHigh };
    else if (statistic.low < softLow) soft = { index, value: statistic.low, bound: softLow };
  }
  return { hard, soft, constraint };
}
