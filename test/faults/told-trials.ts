/** What trials were and what came of them, without what differs when a walk was walked again: a retry has a number of its own. */
import type { StudyDocument } from "../../src/study/study-document.ts";

export function told({ trials }: StudyDocument): unknown[] {
  return trials
    .filter(({ state }) => state !== "interrupted")
    .map(({ suggestion, params, state, value, constraints }) => ({
      suggestion,
      params,
      state,
      value,
      constraints,
    }));
}
