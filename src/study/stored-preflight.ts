/** The newest preflight of a study, as its attribute holds it. */
import type { JsonValue } from "../optimizer/trial.ts";

/** Study attribute, without the prefix. */
export const PREFLIGHT_ATTRIBUTE = "preflight";

/** One thing that was looked at before a study's first walk. */
export interface PreflightItem {
  readonly group: string;
  readonly item: string;
  /** What was measured, in `unit`; words where it is no number; null where nothing was. */
  readonly value: number | string | null;
  readonly unit?: string;
  readonly limit?: number;
  readonly result: "ok" | "warning" | "missing";
  readonly words: string;
  readonly remedy: string;
}

export interface PreflightRecord {
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly items: readonly PreflightItem[];
}

/** @returns null when there was none, or another version of gaitsmith kept something else */
export function readPreflight(stored: JsonValue | undefined): PreflightRecord | null {
  if (typeof stored !== "object" || stored === null || Array.isArray(stored)) return null;
  const { at, items } = stored as { readonly at?: JsonValue; readonly items?: JsonValue };
  if (typeof at !== "string" || !Array.isArray(items) || !items.every(isItem)) return null;
  return { at, items };
}

function isItem(value: unknown): value is PreflightItem {
  const { item, words, remedy, result } = (value ?? {}) as Partial<Record<keyof PreflightItem, unknown>>;
  return (
    [item, words, remedy].every((text) => typeof text === "string") &&
    (result === "ok" || result === "warning" || result === "missing")
  );
}
