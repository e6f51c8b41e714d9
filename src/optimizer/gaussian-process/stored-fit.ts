/**
 * The hyperparameters a suggestion was made with, as they are stored with its trial. The next fit begins from them, so that
 * a sampler restarted from its trials continues exactly as one that never stopped.
 */
import type { JsonValue, ObservedTrial } from "../trial.ts";

export interface StoredFit {
  /** Observations behind the last full fit. */
  readonly observations: number;
  /** Log hyperparameters of the objective. */
  readonly objective: Float64Array;
  /** Log hyperparameters of each modelled constraint. */
  readonly constraints: ReadonlyMap<number, Float64Array>;
}

export function storeFit(fit: StoredFit): JsonValue {
  return {
    fit: {
      observations: fit.observations,
      objective: [...fit.objective],
      constraints: [...fit.constraints].map(([index, values]) => [index, ...values]),
    },
  };
}

/** The fit stored with the latest suggestion before `suggestion`, or null. */
export function latestStoredFit(trials: readonly ObservedTrial[], suggestion: number): StoredFit | null {
  let latest: { readonly suggestion: number; readonly fit: StoredFit } | null = null;
  for (const trial of trials) {
    if (trial.role !== "suggested" || trial.suggestion >= suggestion) continue;
    // Also what another bracket of Hyperband looks like: its fit is of other data.
    if (trial.state === "abandoned") continue;
    if (latest !== null && trial.suggestion <= latest.suggestion) continue;
    const fit = readFit(trial.bookkeeping);
    if (fit !== null) latest = { suggestion: trial.suggestion, fit };
  }
  return latest?.fit ?? null;
}

function readFit(bookkeeping: JsonValue): StoredFit | null {
  const stored = member(bookkeeping, "fit");
  const observations = member(stored, "observations");
  const objective = numbers(member(stored, "objective"));
  const rows = member(stored, "constraints");
  if (typeof observations !== "number" || objective === null || !Array.isArray(rows)) return null;
  const constraints = new Map<number, Float64Array>();
  for (const row of rows as readonly JsonValue[]) {
    const values = numbers(row);
    if (values !== null && values.length > 1) constraints.set(values[0]!, values.slice(1));
  }
  return { observations, objective, constraints };
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: JsonValue })[name];
}

function numbers(value: JsonValue | undefined): Float64Array | null {
  if (!Array.isArray(value)) return null;
  const list = value as readonly JsonValue[];
  return list.every((one) => typeof one === "number" && Number.isFinite(one))
    ? Float64Array.from(list as number[])
    : null;
}
