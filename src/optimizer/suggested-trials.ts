/** A sampler's own sequence among the trials of a study. */
import type { ObservedTrial } from "./trial.ts";

/**
 * The latest trial of each suggestion, in order of suggestion. Only suggested trials belong: replicates, baseline walks
 * and enqueued trials are not of the sampler's making.
 */
export function latestBySuggestion(trials: readonly ObservedTrial[]): ObservedTrial[] {
  const latest = new Map<number, ObservedTrial>();
  let highest = Number.NEGATIVE_INFINITY;
  let inOrder = true;
  for (const trial of trials) {
    if (trial.role !== "suggested") continue;
    const { suggestion } = trial;
    if (suggestion > highest) highest = suggestion;
    else {
      const known = latest.get(suggestion);
      if (known !== undefined && known.number > trial.number) continue;
      if (known === undefined) inOrder = false;
    }
    latest.set(suggestion, trial);
  }
  const found = [...latest.values()];
  return inOrder ? found : found.sort((a, b) => a.suggestion - b.suggestion);
}

/**
 * Suggestions of the study before this one, retries counted once: the rank of this one in a design, and how far a study is
 * where a sampler hands over.
 */
export function suggestionsBefore(trials: readonly ObservedTrial[], suggestion: number): number {
  const earlier = new Set<number>();
  for (const trial of trials) {
    if (trial.role === "suggested" && trial.suggestion < suggestion) earlier.add(trial.suggestion);
  }
  return earlier.size;
}
